"""An assignment: a folder, and in it ``assignment.toml`` and what was handed in.

assignment.toml         which exercises, for how many points
submitted/STUDENT/      one or more notebooks
graded/STUDENT.json     the record, made by ``grade``
grades.csv, grades.json the table
"""

import json
import os
import re
import secrets
import stat
import tomllib
from dataclasses import dataclass
from pathlib import Path

from dlcourse.classroom.slices import LARGEST
from dlcourse.start.problem import Problem
from dlcourse.teach.course import lesson
from dlcourse.teach.exercise import find
from dlcourse.whole import write_whole

__all__ = ["Assignment", "new", "read"]

FILE = "assignment.toml"
CREDIT = 0.5  # of the points, for a mistake that is known and has a diagnosis


@dataclass(frozen=True)
class Assignment:
    """What ``assignment.toml`` says; ``points``: {exercise: points}."""

    folder: Path
    title: str
    seed: int
    credit: float
    points: dict

    def students(self):
        """Their names: those of the folders in ``submitted``."""
        room = self.folder / "submitted"
        if not room.is_dir():
            raise Problem(f"{room} is missing: one folder for each student lies in it.")
        return sorted(
            each.name
            for each in room.iterdir()
            if each.is_dir() and not each.is_symlink() and each.name[0] != "."
        )

    def notebooks(self, student):
        """{path below the student's folder: bytes}, of plain files: no links."""
        top = self.folder / "submitted" / student
        return {
            str(path.relative_to(top)): raw
            for path in sorted(top.rglob("*.ipynb"))
            if ".ipynb_checkpoints" not in path.parts
            and (raw := _plain_bytes(path)) is not None
        }

    def worth(self, name, verdict):
        """The points for this verdict on the exercise ``name``."""
        share = {"passed": 1, "known mistake": self.credit}.get(verdict, 0)
        return share * self.points[name]


def _plain_bytes(path):
    """What a file holds, if it is one; of a large one as much as shows that it is."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with open(fd, "rb") as file:
            if stat.S_ISREG(os.fstat(fd).st_mode):
                return file.read(LARGEST + 1)
    except OSError:
        pass
    return None


def read(folder):
    """The Assignment in ``folder``; raises Problem where it cannot be used."""
    file = Path(folder) / FILE
    try:
        said = tomllib.loads(file.read_text("utf-8"))
        made = Assignment(
            Path(folder),
            str(said["title"]),
            int(said["seed"]),
            float(said.get("credit", CREDIT)),
            {name: float(points) for name, points in said["points"].items()},
        )
    except FileNotFoundError:
        raise Problem(
            f"There is no {file}: `new {folder} EXERCISE ...` makes one."
        ) from None
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Problem(f"{file} cannot be read: {error!r}") from None
    for name in made.points:
        _exercise(name)
    return made


def new(folder, names=(), lessons=(), core=False):
    """Make an assignment of the exercises ``names`` and of all those of ``lessons``.

    "he_std:inputs_first_std" is a variant; its function is inputs_first_std.
    ``core``: of their core paths only. Raises Problem where there is one already.
    """
    names = list(names)
    for each in lessons:
        try:
            found = lesson(each)
        except LookupError as error:
            raise Problem(f"{error}") from None
        names += (found.core if core else found.whole).exercises
    if not names:
        raise Problem("Which exercises? Give their names, or --lesson 03.")
    names = [_exercise(name).__name__ for name in names]
    folder = Path(folder)
    if (folder / FILE).exists():
        raise Problem(f"{folder / FILE} is there already.")
    (folder / "submitted").mkdir(parents=True, exist_ok=True)
    lines = [
        f"title = {json.dumps(folder.resolve().name)}",
        "# The inputs that are tried follow from it: it stays with you.",
        f"seed = {secrets.randbelow(2**31)}",
        "# The share of the points for a mistake that check knows and explains.",
        f"credit = {CREDIT}",
        "",
        "[points]",
        *(f"{name} = 1" for name in dict.fromkeys(names)),
    ]
    write_whole(folder / FILE, "\n".join(lines) + "\n")
    return read(folder)


def _exercise(name):
    try:
        if not re.fullmatch(r"(\w+:)?\w+", name):
            raise LookupError(f"{name!r} is no exercise's name")
        return find(name)
    except LookupError as error:
        raise Problem(f"{error}") from None
