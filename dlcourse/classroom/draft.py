"""A new assignment: its file, with comments from which an instructor can go on."""

import json
import secrets
from pathlib import Path

from dlcourse.classroom.assignment import CREDIT, FILE, Late, declared, read
from dlcourse.classroom.guesses import found_by_guessing, not_told_apart
from dlcourse.classroom.own import sources
from dlcourse.classroom.proofs import prove
from dlcourse.start.problem import Problem
from dlcourse.teach.course import lesson
from dlcourse.teach.exercise import PUBLIC
from dlcourse.whole import write_whole

__all__ = ["new"]

TRIES = 20  # seeds, for one that tells all known mistakes apart
WIDTH = 100  # of a line that quotes a diagnosis

HEAD = """\
# An assignment. What is changed here counts from the next `grade` and `report` on.

title = {title}

# When it is due, as a clock shows it there. Without these two lines nothing is late.
# due = 2026-12-06T23:59:00
# time_zone = "Europe/Berlin"

# The inputs on which answers are tried follow from it. Keep it to yourself.
seed = {seed}

# The share of an exercise's points for a mistake that check knows and explains. A line
# below can give another share to a mistake; 0 stands there for what needs no thought.
credit = {credit}

[late]
grace_minutes = {late.grace_minutes}   # after the due time in which nothing is late
per_day = {late.per_day}        # the share of the points that each day costs once begun
at_most_days = {late.at_most_days}     # after these, nothing is left
"""


def new(folder, names=(), lessons=(), core=False):
    """Make an assignment of the exercises ``names`` and of all those of ``lessons``.

    "he_std:inputs_first_std" is a variant; its function is inputs_first_std.
    What has a file ``exercises/NAME.py`` in the folder is the instructor's own.
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
    folder = Path(folder)
    if (folder / FILE).exists():
        raise Problem(f"{folder / FILE} is there already.")
    own = sources(folder, names)
    exercises = list(dict.fromkeys(_declared(name, own, folder) for name in names))
    prove(own)
    seed = _seed(exercises)
    head = HEAD.format(
        title=json.dumps(folder.resolve().name), seed=seed, credit=CREDIT, late=Late()
    )
    parts = [head, *(_part(each, seed) for each in exercises)]
    if not folder.exists():  # where others work, too, the seed and the grades are yours
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(0o700)
    write_whole(folder / FILE, "\n".join(parts))
    (folder / "submitted").mkdir(exist_ok=True)
    return read(folder)


def _declared(name, own, folder):
    try:
        return declared(name, own)
    except Problem as problem:
        place = f"Your own go to {folder / 'exercises'}, a file NAME.py for each."
        raise Problem(f"{problem}\n{place}") from None


def _seed(exercises):
    """A random seed with which the solutions pass and all mistakes are told apart."""
    for _ in range(TRIES):
        seed = secrets.randbelow(2**31)
        odd = [name for each in exercises for name in not_told_apart(each, seed)]
        if not odd:
            return seed
    raise Problem(f"With none of {TRIES} seeds these are told apart: {', '.join(odd)}.")


def _part(exercise, seed):
    """The exercise's table, with a line for each of its known mistakes."""
    lazy, _ = found_by_guessing(exercise, seed)
    lines = [
        f"[exercises.{exercise.__name__}]  # {exercise.lesson.title}: "
        f"{exercise.section}",
        "points = 1",
    ]
    lazy = {PUBLIC: "printed in the lesson", **lazy}
    said = None
    for mistake in exercise.mistakes:
        setting = f"credit.{mistake.name} = {0 if mistake.name in lazy else CREDIT}"
        words = "the same" if mistake.diagnosis == said else mistake.diagnosis
        if mistake.name in lazy:
            words = f"({lazy[mistake.name]}) {words}"
        said = mistake.diagnosis
        line = f"{'' if mistake.name in lazy else '# '}{setting}  # {words}"
        lines.append(line if len(line) <= WIDTH else f"{line[: WIDTH - 4]} ...")
    return "\n".join(lines) + "\n"
