"""What the course contains: its lectures, lessons, claims, exercises and fixtures.

All of it lies in ``dlcourse/lessons``: ``course.toml`` lists the lessons in their
order, and each has a folder. A lesson's number, title and file names follow from its
line in that list, here and nowhere else.
"""

import importlib
import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from types import MappingProxyType

__all__ = [
    "CLAIMS",
    "LECTURES",
    "LESSONS",
    "SECTIONS",
    "Lesson",
    "Part",
    "lesson",
    "lesson_of",
]

PACKAGE = "dlcourse.lessons"
ROOM = files("dlcourse").joinpath("lessons")


@dataclass(frozen=True)
class Part:
    """What learners meet in a part of a lesson, by name, in its order."""

    exercises: tuple = ()
    predictions: tuple = ()
    claims: tuple = ()

    @classmethod
    def of(cls, source):
        """Of the code cells of this Markdown."""
        code = "\n".join(re.findall(r"^```\{code-cell\}.*?^```", source, re.M | re.S))
        calls = (
            r"\bcheck\(\s*([a-z]\w*)",
            r"\bpredict\(\s*\"([^\"]+)\"",
            r"\bclaim\(\s*\"([^\"]+)\"",
        )
        return cls(*(tuple(dict.fromkeys(re.findall(c, code))) for c in calls))


@dataclass(frozen=True)
class Lesson:
    """A lesson, by its ``folder`` ("01_backprop") and its ``topic`` ("Backprop")."""

    folder: str
    topic: str

    @property
    def number(self):
        """Two digits."""
        return self.folder[:2]

    @property
    def title(self):
        """Its heading, and what learners are told to read again: "01 Backprop"."""
        return f"{self.number} {self.topic}"

    @property
    def notebook(self):
        return f"{self.folder}.ipynb"

    @property
    def solution(self):
        """The solved notebook, seen from the learner's."""
        return f"solutions/{self.notebook}"

    @cached_property
    def exercises(self):
        """The names of its exercises, sorted."""
        return self._declared("exercises")

    @cached_property
    def variants(self):
        """The names of its exercises' variants, which its text does not pose."""
        return self._declared("exercises/variants")

    def _declared(self, room):
        folder = ROOM.joinpath(self.folder, room)
        if not folder.is_dir():
            return ()
        names = (file.name for file in folder.iterdir())
        return tuple(
            sorted(
                name.removesuffix(".py")
                for name in names
                if name.endswith(".py") and not name.startswith("_")
            )
        )

    @cached_property
    def source(self):
        """Its text; "" where it is not written yet."""
        file = ROOM.joinpath(self.folder, "lesson.md")
        return file.read_text("utf-8") if file.is_file() else ""

    @cached_property
    def whole(self):
        """The :class:`Part` that is all of it."""
        return Part.of(self.source)

    @cached_property
    def core(self):
        """The :class:`Part` that stands before the first section ``Deeper: ...``."""
        return Part.of(re.split(r"^## Deeper:", self.source, maxsplit=1, flags=re.M)[0])

    def module(self, name):
        """One of its modules, imported: "exercises.sweep", "fixtures"."""
        return importlib.import_module(f"{PACKAGE}.{self.folder}.{name}")

    def toml(self, name):
        """What stands in ``name``.toml of its folder; {} where there is none."""
        file = ROOM.joinpath(self.folder, f"{name}.toml")
        return tomllib.loads(file.read_text("utf-8")) if file.is_file() else {}


_course = tomllib.loads(ROOM.joinpath("course.toml").read_text("utf-8"))
LECTURES = MappingProxyType(_course["lectures"])
SECTIONS = tuple(_course["sections"])
LESSONS = tuple(Lesson(*line) for line in _course["lessons"].items())


def lesson(name):
    """The lesson of this folder, number or title.

    Raises LookupError where there is none.
    """
    for each in LESSONS:
        if name in (each.folder, each.number, each.title):
            return each
    raise LookupError(
        f"there is no lesson {name!r}; there are: "
        + ", ".join(each.folder for each in LESSONS)
    )


def lesson_of(module):
    """The lesson whose folder the module of this name lies in; None where none is."""
    room, _, inner = module.partition(f"{PACKAGE}.")
    return lesson(inner.partition(".")[0]) if inner and not room else None


def fixture(lesson_name, name):
    """What a lesson is given to work on: ``name`` in the ``fixtures.py`` of its folder.

    Raises LookupError where there is none.
    """
    module = lesson(lesson_name).module("fixtures")
    if not hasattr(module, name):
        raise LookupError(f"{module.__name__} has no {name!r}")
    return getattr(module, name)


def _claims():
    """Every claim by its name, with the ``lesson`` that settles it."""
    found = {}
    for each in LESSONS:
        for name, entry in each.toml("claims").items():
            if name in found:
                raise ValueError(
                    f"{each.folder} and {found[name]['lesson'].folder} both have the "
                    f"claim {name!r}: one lesson settles it, `also` names the other"
                )
            if entry["section"] not in SECTIONS:
                raise ValueError(
                    f"{each.folder}: the claim {name!r} has the section "
                    f"{entry['section']!r}, which course.toml does not list"
                )
            found[name] = {**entry, "lesson": each}
    return MappingProxyType(found)


CLAIMS = _claims()
