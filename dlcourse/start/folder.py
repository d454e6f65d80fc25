"""A learner's own folder, filled from the built lessons.

What somebody wrote is never overwritten: a lesson that is missing is copied, one that
they have not changed is brought up to date, and beside one that they have changed the
new one is put, once. What they were given is kept in a record in the folder; where it
says nothing, a notebook whose every cell is as the build wrote it is unchanged.
"""

import itertools
import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from dlcourse.shipped import PACKAGE, shipped
from dlcourse.start.notebook import SOURCE, as_built, digest, linked, moved, written
from dlcourse.start.problem import Problem
from dlcourse.whole import write_whole

__all__ = ["DEFAULT", "News", "fill", "own"]

DEFAULT = "my-lessons"
RECORD = ".dlcourse-lessons.json"
PROGRESS = ".dlcourse-progress.json"  # what dlcourse.teach.book keeps beside notebooks
LESSONS = ("[0-9][0-9]_*.ipynb", "solutions/[0-9][0-9]_*.ipynb")
PATIENCE = 60  # seconds to wait for another command


@dataclass
class News:
    """What has happened: names of files, and sentences that ask to be read."""

    new: list = field(default_factory=list)
    updated: list = field(default_factory=list)
    sentences: list = field(default_factory=list)

    def lines(self):
        """All of it as lines; none where nothing has happened."""
        for names, said in ((self.new, "new"), (self.updated, "brought up to date")):
            if names:
                few = ", ".join(names) if len(names) < 5 else f"{len(names)} files"
                yield f"{said}: {few}"
        yield from self.sentences


def own(name=None):
    """The learner's folder: ``name``, or where there is none the DEFAULT.

    In a folder that was filled before, the default is that one. Raises Problem where
    it is the course's own.
    """
    here = Path.cwd()
    if name is None:
        name = here if (here / RECORD).exists() else DEFAULT
    folder = (here / Path(name).expanduser()).resolve()
    source = shipped("notebooks").resolve()
    if source == folder or source in folder.parents:
        raise Problem(
            f"{folder} holds the lessons as they were built: take another folder, "
            "which will be yours, as in `dlcourse lab my-lessons`."
        )
    return folder


def fill(folder, source=None):
    """Bring the lessons of ``source``, default the package's, into ``folder``.

    Returns the :class:`News`. Raises Problem where the folder cannot be written, where
    another command has it, or where there are no lessons. What was there stays whole.
    """
    source = shipped("notebooks") if source is None else source
    news = News()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder):
            _Filling(folder, news).run(source)
    except OSError as error:
        done = "".join(f"{line}\n" for line in news.lines())
        where = error.filename or folder
        raise Problem(
            f"{done}The lessons could not be brought into {folder}: "
            f"{error.strerror or error} ({where}). What was there before is whole. "
            "Mend that, or take another folder: `dlcourse lab FOLDER`."
        ) from error
    return news


class _Filling:
    def __init__(self, folder, news):
        self.folder, self.news = folder, news
        self.record = self._read_record()
        self.files = self.record["files"]

    def run(self, source):
        before = json.dumps(self.record)
        try:
            self._take_over_progress(source)
            for name, content, built in _lessons(source):
                self._bring(name, content, built)
        finally:  # what was brought is remembered, even where the next does not fit
            if json.dumps(self.record) != before:
                text = json.dumps(self.record, indent=1, sort_keys=True)
                write_whole(self.folder / RECORD, text.encode())

    def _bring(self, name, new, built):
        """Bring one file; ``built``: it is as built, nobody's work is in it."""
        mine, given = self._read(name), self.files.get(name, {})
        text = written(new)
        if mine is None:
            self._put(name, new, built)
            self.news.new.append(name)
            if not built:
                self.news.sentences.append(
                    f"{name}: there was work of yours in notebooks/; it came along"
                )
        elif mine == new or written(mine) == text:
            if mine != new and digest(mine) == given.get("bytes"):
                self._put(name, new, built)  # newer outputs, and nobody has run it
            else:
                self.files[name] = given | {"text": text if built else None}
        elif _unchanged(mine, given):
            self._put(name, new, built)
            self.news.updated.append(name)
        elif text not in (given.get("text"), given.get("beside")):
            beside = self._put_beside(name, new, built)
            self.files[name] = given | {"beside": text}
            self.news.sentences.append(
                f"{name}: yours is kept as it is; the new version lies beside it, as "
                f"{beside}"
            )

    def _put(self, name, new, built):
        write_whole(self.folder / name, new)
        self.files[name] = {
            "bytes": digest(new) if built else None,
            "text": written(new) if built else None,
        }

    def _put_beside(self, name, new, built):
        """Put the file beside ``name``; where, is returned."""
        path = Path(name)
        for number in itertools.count(1):
            word = "new" if number == 1 else f"new{number}"
            place = path.with_name(f"{path.stem}.{word}{path.suffix}").as_posix()
            mine, given = self._read(place), self.files.get(place, {})
            same = mine is None or written(mine) == written(new)
            if same or _unchanged(mine, given):
                self._put(place, new, built)
                return place

    def _read(self, name):
        try:
            return (self.folder / name).read_bytes()
        except FileNotFoundError:
            return None

    def _read_record(self):
        content = self._read(RECORD)
        if content is None:
            return {"files": {}}
        try:
            record = json.loads(content)
            if all(isinstance(given, dict) for given in record["files"].values()):
                return record
        except (ValueError, TypeError, KeyError, AttributeError):
            pass
        self.news.sentences.append(
            f"{RECORD}, the record of what you were given, is damaged and begun anew"
        )
        return {"files": {}}

    def _take_over_progress(self, source):
        """Once: whoever deletes their progress wants to start anew."""
        old, new = source / PROGRESS, self.folder / PROGRESS
        if self.record.get("progress") or not old.is_file():
            return
        if not new.exists():
            write_whole(new, old.read_bytes())
            self.news.sentences.append(f"your progress was taken over from {source}")
        self.record["progress"] = "taken over"


def _unchanged(mine, given):
    """Whether these bytes say what was ``given``, or if none was, what was built."""
    return written(mine) == given["text"] if "text" in given else as_built(mine)


def _lessons(source):
    """(name in the learner's folder, bytes, whether as built) of every file."""
    paths = [path for pattern in LESSONS for path in sorted(source.glob(pattern))]
    if not paths:
        raise Problem(f"There are no lessons in {source}: install dlcourse again.")
    links = set()
    for path in paths:
        content = path.read_bytes()
        links.update(linked(content))
        name = path.relative_to(source).as_posix()
        yield name, moved(content), as_built(content)
    for link in sorted(links):
        target = PACKAGE / link
        for file in [target] if target.is_file() else sorted(target.glob("*.py")):
            name = f"{SOURCE}/{file.relative_to(PACKAGE).as_posix()}"
            yield name, file.read_bytes(), True


@contextmanager
def _alone(folder):
    """While no other command fills ``folder``; where there are no locks, all the same.

    Raises Problem where another does not end, OSError where nothing can be written.
    """
    from filelock import FileLock, Timeout  # --version does without

    lock = FileLock(folder / ".dlcourse-lessons.lock", PATIENCE, poll_interval=0.05)
    try:
        lock.acquire()
    except Timeout:
        raise Problem(
            f"Another command is bringing lessons into {folder}: wait until it ends."
        ) from None
    except NotImplementedError:
        pass
    try:
        yield
    finally:
        lock.release()
