"""Reports: a page for each student, and the class for its instructor.

What stands in a submission is text in all of them: jinja2 escapes it.
"""

import json

import jinja2

from dlcourse.classroom.grade import printable
from dlcourse.classroom.insight import insight, picture
from dlcourse.classroom.records import record_of
from dlcourse.classroom.table import write_tables
from dlcourse.classroom.words import counted
from dlcourse.whole import write_whole

__all__ = ["report"]

MOODS = {
    "passed": "right",
    "known mistake": "wrong",
    "wrong": "wrong",
    "stopped": "wrong",
}
PAGES = jinja2.Environment(
    loader=jinja2.PackageLoader("dlcourse.classroom"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
PAGES.filters["counted"] = counted


def report(assignment):
    """Write all reports into the assignment's ``reports``; returns the table's rows."""
    rows, room = write_tables(assignment), assignment.folder / "reports"
    for row in rows:
        write_whole(room / "students" / f"{row['student']}.html", page(assignment, row))
    found = {"students": len(rows), **insight(assignment, rows)}
    text = json.dumps(found, ensure_ascii=False, indent=1)
    write_whole(room / "class.json", text + "\n")
    write_whole(room / "class.svg", picture(found))
    html = PAGES.get_template("class.html").render(assignment=assignment, found=found)
    write_whole(room / "class.html", html)
    return rows


def page(assignment, row):
    """A student's page, HTML."""
    record, exercises, again = record_of(assignment, row["student"]), [], {}
    for name, part in row.get("parts", {}).items():
        told, exercise = record["exercises"].get(name, {}), assignment.exercise(name)
        exercises.append(
            {
                "name": name,
                "most": assignment.points[name],
                "mood": MOODS.get(part["verdict"], "note"),
                "text": told.get("text", f"{name}: {part['verdict']}."),
                "notes": told.get("notes", []),
                "source": told.get("source"),
                "cell": told.get("cell"),
                "points": part["points"],
                "reason": part.get("reason"),
            }
        )
        if part["verdict"] != "passed" and "reason" not in part:
            again[f"{exercise.section}, in {exercise.lesson.title}: for {name}"] = None
    shown = {**row, "student": printable(row["student"])}
    return PAGES.get_template("student.html").render(
        assignment=assignment,
        row=shown,
        exercises=exercises,
        again=list(again),
        notes=(record or {}).get("notes", [])[:20],
    )
