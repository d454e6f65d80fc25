"""What a class hands in, from any channel, into ``submitted/STUDENT/handed-in-N/``.

A hand-in is never changed: what is newer gets the next number, and the last counts.
"""

import contextlib
import csv
import datetime
import json
import os
import re
import shutil
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from dlcourse.classroom.assignment import HANDED_IN
from dlcourse.classroom.commits import last_commit
from dlcourse.classroom.slices import LARGEST
from dlcourse.classroom.unpack import Refused, entries
from dlcourse.classroom.words import separator
from dlcourse.start.problem import Problem
from dlcourse.whole import write_whole

__all__ = ["ABOUT", "about", "collect", "read_roster"]

ABOUT = "handed-in.json"
STUDENT = re.compile(r"(?![.\- ])[\w@.+' -]{1,100}(?<! )")
MOST = 2 * LARGEST  # bytes of one student's notebooks

CHANNELS = {  # What a student can choose, the file's name, comes last in all of them.
    # Jane Doe_12345_assignsubmission_file/hw1.ipynb; without the folder, too. A group
    # has its own number, and who is in none the "Default group" without one.
    "Moodle": re.compile(r"(?:[^/_]+_)?(?P<id>[^/_]+)_assignsubmission_.*"),
    # LATE_anon_a1B2c_67890_hw1.ipynb, where students are not to be known
    "Canvas, anonymous": re.compile(r"(?P<late>LATE_)?(?P<id>anon_[^/_]+)_\d+_.+"),
    # doejane_LATE_12345_67890_hw1.ipynb, where the mark of lateness may be missing
    "Canvas": re.compile(
        r"[^/]+?_(?P<late>LATE_)?(?P<id>\d+)_(\d+_.+|(text|link)\.html)"
    ),
    # nbgrader's exchange: jane+hw1+2026-10-12 21:59:00.12 UTC+random/hw1.ipynb
    "exchange": re.compile(
        r"(?P<id>[^/]+?)\+[^/+]+\+(?P<when>\d{4}-[^/+]+)(\+[^/+]*)?/.+"
    ),
    # a folder for each: nbgrader's submitted/, clones, folders made by hand
    "folder": re.compile(r"(?P<id>[^/]+)/.+"),
    "file": re.compile(r"(?P<id>[^/]+)\.ipynb"),
}


@dataclass
class Handed:
    """What one student handed in at one time."""

    origin: str
    received: str | None = None  # an ISO time with its zone
    late: bool = False  # says Canvas, which does not say since when
    notebooks: dict = field(default_factory=dict)
    others: list = field(default_factory=list)
    within: set = field(default_factory=set)  # whose it would be without its folder

    @property
    def told(self):
        return {"origin": self.origin, "received": self.received, "late": self.late}


def collect(assignment, sources, roster=None, prefix=""):
    """Bring what is in the ``sources``, folders and zips, into the assignment.

    Args:
        roster: {a name or number that a channel has: the student's}.
        prefix: with which the names of clones begin, "hw1-".

    Returns (students with something new, sentences about what was left out).
    """
    problems, new = [], []
    (assignment.folder / "submitted").mkdir(exist_ok=True)
    for source in map(Path, sources):
        found = {}
        for entry in entries(source, problems):
            _sort_in(entry, found, source, roster or {}, prefix, problems)
        for (student, _), handed in found.items():
            if len(found) == 1 and len(handed.within) > 1:
                problems.append(
                    f"{source.name}: all of it counts as {student}'s. Is it a folder "
                    f"of many? Take submitted/{student} away, unpack it, and give the "
                    "folder in it"
                )
        for (student, _), handed in sorted(found.items(), key=str):
            if not handed.notebooks:
                few = ", ".join(handed.others[:3])
                problems.append(
                    f"{student}: no notebook among what was handed in: {few}"
                )
            elif _keep(assignment, student, handed, problems):
                new.append(student)
    return sorted(set(new)), problems


def about(folder):
    """What is told of the hand-in in ``folder``; {} where it was put there by hand."""
    try:
        return json.loads((folder / ABOUT).read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}


def read_roster(file):
    """{each other cell of a line: its cell in the column "student"}, of a CSV file."""
    found = {}
    try:
        with open(file, newline="", encoding="utf-8-sig") as stream:
            between = separator(stream.readline())
            stream.seek(0)
            lines = csv.DictReader(stream, delimiter=between)
            if "student" not in (lines.fieldnames or ()):
                raise Problem(f"{file}: one of its columns must be named student.")
            for line in lines:
                for key, value in line.items():
                    if key and value and key != "student":
                        if found.setdefault(value, line["student"]) != line["student"]:
                            raise Problem(f"{file}: {value!r} stands for two students.")
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Problem(f"{file} cannot be read: {error}.") from None
    return found


def _sort_in(entry, found, source, roster, prefix, problems):
    """Put an entry to what its student handed in."""
    name = unicodedata.normalize("NFC", entry.name)
    channel, match = _channel(name)
    if not match or (channel == "file" and source.suffix.lower() == ".zip"):
        problems.append(f"{source.name}: whose is {name!r:.120}?")
        return
    who = match["id"].removeprefix(prefix)
    student = roster.get(who, who)
    if not STUDENT.fullmatch(student):
        problems.append(f"{source.name}: {student!r:.80} is no student's name")
        return
    parts = match.groupdict()
    when = _time(parts.get("when"))
    handed = found.setdefault(
        (student, when or ""), Handed(f"{channel}: {source.name}")
    )
    handed.received = handed.received or when
    handed.late = handed.late or bool(parts.get("late"))
    if channel == "folder" and not handed.received and source.is_dir():
        handed.received = last_commit(source / match["id"])
    file, is_stamp = name.rpartition("/")[2], name.endswith("/timestamp.txt")
    if not (is_stamp or file.lower().endswith(".ipynb")):
        handed.others.append(file[:60])
        return
    inner, other = _channel(name.partition("/")[2])
    if channel == "folder" and other and inner != "file":
        handed.within.add(other["id"])
    try:
        room = MOST - sum(map(len, handed.notebooks.values()))
        if room <= 0:
            raise Refused(f"more than {MOST:,} bytes of one student's")
        raw = entry.read()
    except Refused as refused:
        problems.append(f"{student}: {name!r:.120}: {refused}")
        return
    if is_stamp:
        handed.received = _time(raw[:60].decode(errors="replace")) or handed.received
    else:
        handed.notebooks[_file_name(file, handed.notebooks)] = raw


def _channel(name):
    for channel, pattern in CHANNELS.items():
        if match := pattern.fullmatch(name):
            return channel, match
    return None, None


def _file_name(name, taken):
    """A plain name for a notebook that no other has."""
    stem = re.sub(r"[^\w-]+", "_", name[: -len(".ipynb")])[:60] or "notebook"
    names = (f"{stem}{f'-{n}' if n else ''}.ipynb" for n in range(len(taken) + 1))
    return next(each for each in names if each not in taken)


def _keep(assignment, student, handed, problems):
    """Store a hand-in, unless it is there or a newer one is; whether it was stored."""
    top = assignment.folder / "submitted" / student
    top.mkdir(parents=True, exist_ok=True)
    last = assignment.handed_in(student)
    if last != top:
        before = about(last).get("received")
        if before and handed.received and handed.received < before:
            problems.append(f"{student}: older than what is there: {handed.origin}")
            return False
    if assignment.notebooks(student) == handed.notebooks:
        return False
    part = top / f".part-{os.getpid()}"
    shutil.rmtree(part, ignore_errors=True)
    for name, raw in handed.notebooks.items():
        write_whole(part / name, raw)
    write_whole(part / ABOUT, json.dumps(handed.told, indent=1) + "\n")
    number = int(HANDED_IN.fullmatch(last.name)[1]) + 1 if last != top else 1
    os.rename(part, top / f"handed-in-{number:03}")
    return True


def _time(text):
    """An ISO time in UTC of a stamp of nbgrader's; None where it is none."""
    text = (text or "").strip().removesuffix(" UTC")
    with contextlib.suppress(ValueError, OverflowError):
        when = datetime.datetime.fromisoformat(text)
        when = when if when.tzinfo else when.replace(tzinfo=datetime.UTC)
        return when.astimezone(datetime.UTC).isoformat()
    return None
