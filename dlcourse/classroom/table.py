"""The table of a class: each student's points, and what they follow from.

It is made anew from the records, so that a changed credit, due time or decision counts
without grading again.
"""

import csv
import datetime
import io
import json

from dlcourse.classroom.collect import about
from dlcourse.classroom.grade import printable
from dlcourse.classroom.overrides import Decided, overrides
from dlcourse.classroom.records import record_of
from dlcourse.whole import write_whole

__all__ = ["cell", "table", "write_tables"]


def table(assignment):
    """A dict for each student.

    Its "points" are None where there is a "problem": not graded. Else there are
    "before" lateness, "days_late", and "parts", {exercise: {"verdict", "mistake",
    "points", and the "reason" where they were given by hand}}; and "notes".
    """
    decided = overrides(assignment)
    return [
        _row(assignment, student, decided.get(student, Decided()))
        for student in assignment.students()
    ]


def _row(assignment, student, decided):
    record = record_of(assignment, student) or {"problem": "not graded yet"}
    row = {"student": student, "points": None, "problem": record.get("problem")}
    if row["problem"]:
        return row
    told, notes, parts = about(assignment.handed_in(student)), [], {}
    received = decided.received or (
        told.get("received") and datetime.datetime.fromisoformat(told["received"])
    )
    due = decided.due or assignment.due
    if told.get("late") and not received and assignment.due:
        notes.append("Canvas says late, not since when: override with --received TIME")
    for name in assignment.points:
        found = record["exercises"].get(name, {})
        verdict, mistake = found.get("verdict", "missing"), found.get("mistake")
        worth = assignment.worth(name, verdict, mistake)
        parts[name] = {"verdict": verdict, "mistake": mistake, "points": worth}
        if name in decided.points:
            worth, reason, notebooks = decided.points[name]
            parts[name] |= {"points": worth, "reason": reason}
            if notebooks != record["notebooks"]:
                notes.append(f"{name} was decided by hand for an earlier hand-in")
    before = sum(part["points"] for part in parts.values())
    days = assignment.late.days(received, due)
    return row | {
        "points": round(before * assignment.late.share(days), 2),
        "most": assignment.most,
        "before": before,
        "days_late": days,
        "received": received and received.isoformat(),
        "parts": parts,
        "decided": decided.reasons,
        "notes": notes,
    }


def write_tables(assignment):
    """Write ``grades.json`` and ``grades.csv``; returns the rows."""
    rows, names = table(assignment), list(assignment.points)
    text = json.dumps(rows, ensure_ascii=False, indent=1)
    write_whole(assignment.folder / "grades.json", text + "\n")
    out = io.StringIO()
    lines = csv.writer(out)
    verdicts = (f"{name}: verdict" for name in names)
    lines.writerow(["student", "points", "days late", *names, *verdicts, "remarks"])
    for row in rows:
        parts = row.get("parts", {})
        numbers = [f"{parts[n]['points']:g}" if parts else "" for n in names]
        said = [parts[n]["verdict"] if parts else "" for n in names]
        points = f"{row['points']:g}" if parts else "not graded"
        remarks = row["problem"] or "; ".join(row["notes"])
        cells = row["student"], points, row.get("days_late", ""), *numbers, *said
        lines.writerow(map(cell, [*cells, remarks]))
    write_whole(assignment.folder / "grades.csv", out.getvalue())
    return rows


def cell(value):
    """Text that no spreadsheet takes for a formula."""
    text = printable(str(value))
    return f"'{text}" if text[:1] in tuple("=+-@") else text
