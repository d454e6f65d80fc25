"""What an instructor decides by hand: points, another due time, when it came in.

``overrides.json`` lists every decision with its reason. The last one counts, and none
is lost.
"""

import datetime
import json

from dlcourse.classroom.words import counted
from dlcourse.start.problem import Problem
from dlcourse.whole import write_whole

__all__ = ["GRADED", "Decided", "override", "overrides"]

FILE = "overrides.json"
GRADED = "graded"  # for the points: those of the grader again


class Decided:
    """What stands for one student, of all that was decided.

    Attributes:
        points: {exercise: (points, reason, digests of the notebooks it was about)}.
        due, received: times with their zone, or None.
        reasons: of the times.
    """

    def __init__(self):
        self.points, self.due, self.received, self.reasons = {}, None, None, []

    def add(self, said):
        """Take a decision into account."""
        for name, points in said["points"].items():
            self.points.pop(name, None)
            if points != GRADED:
                self.points[name] = points, said["reason"], said["notebooks"]
        for key in ("due", "received"):
            if said[key]:
                setattr(self, key, datetime.datetime.fromisoformat(said[key]))
                self.reasons.append(f"{key} {said[key]}: {said['reason']}")


def overrides(assignment):
    """{student: Decided}; raises Problem where the file cannot be read."""
    found = {}
    for said in _all(assignment):
        try:
            found.setdefault(said["student"], Decided()).add(said)
        except (TypeError, KeyError, ValueError, AttributeError) as error:
            raise Problem(f"{assignment.folder / FILE}: {said!r}: {error!r}") from None
    return found


def override(assignment, student, points, reason, record, due=None, received=None):
    """Write down a decision.

    Args:
        points: {exercise: points, or GRADED}.
        record: the student's, or None; what is handed in later is told by it.
        due, received: ISO times, or None.

    Raises Problem where it makes no sense, or has no reason.
    """
    if not (reason or "").strip():
        raise Problem("Say why, with --reason: it stands in the student's report.")
    if student not in assignment.students():
        raise Problem(f"There is no student {student!r} in {assignment.folder}.")
    for name, value in points.items():
        if name not in assignment.points:
            known = ", ".join(assignment.points)
            raise Problem(f"{name!r} is no exercise of this assignment: {known}.")
        most = assignment.points[name]
        if value != GRADED and not 0 <= value <= most:
            words = counted(most, "point")
            raise Problem(f"{name} has {words} at most, and 0 at least.")
    times = [text and assignment.at(text).isoformat() for text in (due, received)]
    if not (points or any(times)):
        raise Problem("What is decided? EXERCISE=POINTS, --due or --received.")
    said = {
        "student": student,
        "points": points,
        "due": times[0],
        "received": times[1],
        "reason": reason.strip(),
        "at": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "notebooks": (record or {}).get("notebooks", {}),
    }
    text = json.dumps([*_all(assignment), said], ensure_ascii=False, indent=1)
    write_whole(assignment.folder / FILE, text + "\n")


def _all(assignment):
    try:
        said = json.loads((assignment.folder / FILE).read_text("utf-8"))
        if not isinstance(said, list):
            raise ValueError("it is no list")
        return said
    except FileNotFoundError:
        return []
    except ValueError as error:
        raise Problem(f"{assignment.folder / FILE} cannot be read: {error}.") from None
