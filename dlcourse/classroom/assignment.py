"""An assignment: a folder, and in it ``assignment.toml`` and what was handed in.

assignment.toml         exercises and points, when it is due, what mistakes cost
exercises/NAME.py       an exercise of the instructor's own
release/, source/       the notebooks for students, and for nbgrader; of ``release``
submitted/STUDENT/      one or more notebooks; or hand-ins, of ``collect``
graded/STUDENT.json     the record, made by ``grade``
overrides.json          what was decided by hand
grades.csv, grades.json the table
reports/                a page for each student, the class; of ``report``
"""

import datetime
import math
import os
import re
import stat
import zoneinfo
from dataclasses import dataclass, field
from pathlib import Path

from dlcourse.classroom.own import found, sources
from dlcourse.classroom.settings import read_settings
from dlcourse.classroom.slices import LARGEST
from dlcourse.start.problem import Problem

__all__ = ["CREDIT", "FILE", "HANDED_IN", "Assignment", "Late", "declared", "read"]

FILE = "assignment.toml"
CREDIT = 0.5  # of the points, for a mistake that is known and has a diagnosis
HANDED_IN = re.compile(r"handed-in-(\d+)")  # a folder that collect has made


@dataclass(frozen=True)
class Late:
    """What lateness costs.

    Attributes:
        grace_minutes: after the due time in which nothing is late.
        per_day: the share of the points that each day takes that has begun.
        at_most_days: after so many, nothing is left.
    """

    grace_minutes: float = 10
    per_day: float = 0.1
    at_most_days: float = 3

    def days(self, received, due):
        """How many days late, the last having begun; 0 where a time is not known."""
        if received is None or due is None:
            return 0
        minutes = (received - due).total_seconds() / 60 - self.grace_minutes
        return max(0, math.ceil(minutes / (24 * 60)))

    def share(self, days):
        """What is left of the points."""
        if days > self.at_most_days:
            return 0.0
        return max(0.0, 1 - self.per_day * days)


@dataclass(frozen=True)
class Assignment:
    """What ``assignment.toml`` says.

    Attributes:
        points: {exercise: points}.
        credit: the share of the points for a known mistake; ``credits``
            {exercise: {mistake: share}} where it is another.
        due: a time with its zone, or None.
        own: {exercise: text of its file} of those that lie in the folder.
    """

    folder: Path
    title: str
    seed: int
    points: dict
    credit: float = CREDIT
    credits: dict = field(default_factory=dict)
    due: datetime.datetime | None = None
    late: Late = field(default_factory=Late)
    own: dict = field(default_factory=dict)

    def exercise(self, name):
        """The Exercise of this name."""
        return declared(name, self.own)

    @property
    def most(self):
        """The points for everything."""
        return sum(self.points.values())

    def worth(self, name, verdict, mistake=None):
        """The points for this verdict on the exercise ``name``."""
        share = 1.0 if verdict == "passed" else 0.0
        if verdict == "known mistake":
            share = self.credits.get(name, {}).get(mistake, self.credit)
        return share * self.points[name]

    def students(self):
        """Their names: those of the folders in ``submitted``."""
        room = self.folder / "submitted"
        if not room.is_dir():
            raise Problem(f"{room} is missing: one folder for each student lies in it.")
        return sorted(each.name for each in _folders(room))

    def handed_in(self, student):
        """The folder of what counts: the last hand-in, or the student's own folder."""
        top = self.folder / "submitted" / student
        numbers = [(int(m[1]), f) for f in _folders(top) if (m := _number(f))]
        return max(numbers)[1] if numbers else top

    def notebooks(self, student):
        """{path below that folder: bytes}, of plain files: no links."""
        top = self.handed_in(student)
        return {
            str(path.relative_to(top)): raw
            for path in sorted(top.rglob("*.ipynb"))
            if not any(part[0] == "." for part in path.relative_to(top).parts)
            and (raw := _plain_bytes(path)) is not None
        }

    def at(self, text):
        """The time that ``text`` says, ISO; in the assignment's zone where it has none.

        Raises Problem.
        """
        try:
            said = datetime.datetime.fromisoformat(text)
        except ValueError:
            raise Problem(
                f"{text!r} is no time: write it as 2026-12-06T23:59."
            ) from None
        return said if said.tzinfo else said.replace(tzinfo=self.zone)

    @property
    def zone(self):
        return self.due.tzinfo if self.due else datetime.UTC


def _folders(room):
    return [
        each
        for each in room.iterdir()
        if each.is_dir() and not each.is_symlink() and each.name[0] != "."
    ]


def _number(folder):
    return HANDED_IN.fullmatch(folder.name)


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
    folder = Path(folder)
    said = read_settings(folder / FILE, f": `new {folder} EXERCISE ...` makes one")
    title = said.take("title", "a text", lambda v: isinstance(v, str) and v)
    seed = said.take(
        "seed", "a whole number from 0", lambda v: type(v) is int and v >= 0
    )
    credit = said.take("credit", *SHARE, CREDIT)
    due = _due(said)
    late = said.table("late", {})
    policy = Late(
        late.take("grace_minutes", *FROM_0, Late.grace_minutes),
        late.take("per_day", *SHARE, Late.per_day),
        late.take("at_most_days", *FROM_0, Late.at_most_days),
    )
    late.end()
    points, credits, tables = {}, {}, said.table("exercises").tables()
    own = sources(folder, tables)
    for name, about in tables.items():
        known = [mistake.name for mistake in declared(name, own).mistakes]
        points[name] = about.take("points", *FROM_0)
        shares = about.table("credit", {})
        credits[name] = {m: shares.take(m, *SHARE) for m in known if m in shares.values}
        shares.known = known
        shares.end()
        about.end()
    said.end()
    if not points:
        said.wrong("it has no exercises: each is a table such as [exercises.he_std]")
    return Assignment(folder, title, seed, points, credit, credits, due, policy, own)


def _is_number(value):
    return type(value) in (int, float) and math.isfinite(value)


FROM_0 = "a number from 0", lambda v: _is_number(v) and v >= 0
SHARE = "a share from 0 to 1", lambda v: _is_number(v) and 0 <= v <= 1


def _due(said):
    """When it is due, with the zone; None for never."""
    zone = said.take(
        "time_zone", 'a place such as "Europe/Berlin", or "UTC"', _is_zone, None
    )
    due = said.take(
        "due",
        "a date and a time, without quotes: 2026-12-06T23:59:00",
        lambda v: isinstance(v, datetime.datetime),
        None,
    )
    if due and bool(due.tzinfo) == bool(zone):
        said.wrong(
            "due needs its time zone, once: write the time that a clock shows there, "
            'and a line such as time_zone = "Europe/Berlin"'
        )
    return due.replace(tzinfo=zoneinfo.ZoneInfo(zone)) if due and zone else due


def _is_zone(value):
    try:
        return isinstance(value, str) and bool(zoneinfo.ZoneInfo(value))
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        return False


def declared(name, own):
    """The exercise ``name``, of ``own`` or of the course; raises Problem."""
    try:
        if not re.fullmatch(r"(\w+:)?\w+", name):
            raise LookupError(f"{name!r} is no exercise's name")
        return found(name, own)
    except LookupError as error:
        raise Problem(f"{error}") from None
