"""The records of an assignment: one file for each student, written whole or not at all.

A record has a key, made of all that decides it: the notebooks, the exercises as they
are declared, the seed and the limits. What has a record with its key is not graded
again: so after ``kill -9`` a second ``grade`` goes on, and a new hand-in or a changed
exercise regrades just what it touches.
"""

import contextlib
import hashlib
import json
import os
from dataclasses import astuple
from importlib.util import find_spec
from pathlib import Path

from dlcourse.classroom.alone import each_alone
from dlcourse.classroom.engine import each_by_joblib
from dlcourse.classroom.grade import digests_of, graded
from dlcourse.classroom.remote import prepared
from dlcourse.classroom.sandbox import Limits
from dlcourse.start.problem import Problem
from dlcourse.teach.course import PACKAGE
from dlcourse.whole import write_whole

__all__ = ["grade", "record_of"]

VERSION = 2


def record_of(assignment, student):
    """A student's record, or None."""
    try:
        return json.loads(_file(assignment, student).read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return None


def grade(
    assignment, kind, jobs=None, limits=None, again=False, students=None, engine=None
):
    """Yield (student, problem) for each who is graded, as it is done and written down.

    Those whose record has its key already are left out, but where ``again`` says
    otherwise; yielded at first is how many there are. ``problem`` is None, or a
    sentence: then the student is *not graded*. ``students``: these only. ``engine``:
    of joblib, as "dask:ADDRESS"; else processes of this machine.
    """
    limits, names = limits or Limits(), list(assignment.points)
    declared = [_source(assignment.exercise(name)) for name in names]
    parts = VERSION, kind, assignment.seed, astuple(limits)
    parts = *parts, names, declared, assignment.own

    def key(digests):
        text = repr((*parts, sorted(digests.items())))
        return hashlib.sha256(text.encode()).hexdigest()

    def is_new(student):
        found = key(digests_of(assignment.notebooks(student)))
        return again or (record_of(assignment, student) or {}).get("key") != found

    def arguments(student):
        notebooks = assignment.notebooks(student)
        return notebooks, names, assignment.seed, kind, limits, assignment.own

    known = assignment.students()
    for student in students or ():
        if student not in known:
            raise Problem(f"There is no student {student!r} in {assignment.folder}.")
    work = [student for student in students or known if is_new(student)]
    yield len(work)
    seconds = 60 + 2 * limits.wall * (len(names) + 1)
    if engine:
        done = each_by_joblib(work, graded, arguments, engine, jobs, seconds)
    else:
        jobs = jobs or os.cpu_count() or 1
        for name in names if work else ():  # once, for all the copies of this process
            with contextlib.suppress(Exception):  # each record will tell
                prepared(assignment.exercise(name), assignment.seed)
        done = each_alone(work, lambda who: graded(*arguments(who)), jobs, seconds)
    for student, record, problem in done:
        if record is None:
            record = {"problem": problem, "exercises": {}, "notes": []}
        else:  # of what was graded: it may have been another a moment ago
            record["key"] = key(record["notebooks"])
        record = {"student": student, **record}
        write_whole(_file(assignment, student), json.dumps(record, indent=1) + "\n")
        yield student, problem


def _file(assignment, student):
    return assignment.folder / "graded" / f"{student}.json"


def _source(exercise):
    """Digests of what it is made of in the course.

    That is its own file, and its lesson's fixtures and answers.
    """
    if exercise is None:
        return []
    lesson = f"{PACKAGE}.{exercise.lesson.folder}"
    names = {exercise.reference.__module__, f"{lesson}.fixtures"}
    names = sorted(name for name in names if name.startswith(PACKAGE))
    found = [spec.origin for name in names if (spec := find_spec(name))]
    if spec := find_spec(f"{lesson}.answers"):
        found += sorted(Path(spec.origin).parent.glob("*.py"))
    own = [hashlib.sha256(Path(file).read_bytes()).hexdigest() for file in found]
    return own + _source(exercise.variant_of)
