"""A file of settings in TOML, read key by key; what is odd is told, with its place."""

import difflib
import tomllib

from dlcourse.start.problem import Problem

__all__ = ["Settings", "read_settings"]

NOTHING = object()


def read_settings(file, hint=""):
    """The Settings in ``file``; raises Problem, with a ``hint`` where it is absent."""
    try:
        return Settings(file, tomllib.loads(file.read_text("utf-8")))
    except FileNotFoundError:
        raise Problem(f"There is no {file}{hint}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Problem(f"{file} is no TOML: {error}.") from None


class Settings:
    """A table; ``place`` is its name, as it stands in brackets in the file."""

    def __init__(self, file, values, place=""):
        self.file, self.values, self.place, self.known = file, values, place, []

    def take(self, key, wanted, fits, default=NOTHING):
        """The value of ``key``, which must be ``wanted``, in words: ``fits(value)``.

        Raises Problem where it is not, or is absent and has no ``default``.
        """
        self.known.append(key)
        if key not in self.values:
            if default is NOTHING:
                self.wrong(f"{key} is missing: it is {wanted}")
            return default
        value = self.values[key]
        if not fits(value):
            self.wrong(f"{key} must be {wanted}, not {value!r}")
        return value

    def table(self, key, default=NOTHING):
        """The table of this name, as Settings."""
        values = self.take(key, "a table", lambda v: isinstance(v, dict), default)
        place = f"{self.place}.{key}" if self.place else key
        return Settings(self.file, values, place)

    def tables(self):
        """{name: Settings} of all that is in it."""
        return {key: self.table(key) for key in self.values}

    def end(self):
        """Raise Problem where there is a key that was not taken: it has no effect."""
        for key in self.values:
            if key not in self.known:
                near = difflib.get_close_matches(key, self.known, n=1)
                hint = (
                    f"is it {near[0]}?" if near else f"known: {', '.join(self.known)}"
                )
                self.wrong(f"{key} is no setting; {hint}")

    def wrong(self, words):
        """Raise Problem with these words and the place."""
        where = f", [{self.place}]" if self.place else ""
        raise Problem(f"{self.file}{where}: {words}.")
