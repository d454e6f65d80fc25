"""An assignment's notebooks, from the built lessons, with nbgrader's metadata.

Two in nbgrader's layout: ``release/NAME/NAME.ipynb`` is what students get, and
``source/NAME/NAME.ipynb`` that from which nbgrader's ``generate_assignment`` makes the
same one: with solutions, and hidden tests at the assignment's seed.
"""

import hashlib
import json
import re

from dlcourse.classroom.posed import Posed
from dlcourse.classroom.words import counted
from dlcourse.whole import write_whole

__all__ = ["release"]

SOLUTION = re.compile(
    r"^([ \t]*)### BEGIN SOLUTION\n.*?^[ \t]*### END SOLUTION$", re.M | re.S
)
STUB = r"\1# YOUR CODE HERE\n\1raise NotImplementedError()"
HIDDEN = re.compile(r"\n### BEGIN HIDDEN TESTS\n.*?^### END HIDDEN TESTS$", re.M | re.S)
HIDDEN_TESTS = """
### BEGIN HIDDEN TESTS
assert check({name}, seed={seed}).passed
### END HIDDEN TESTS"""
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
HEAD = """\
# {title}

{exercises}, {points}.{due}

Write your code where it says `YOUR CODE HERE`, and keep the names of the functions.
`check(...)` tells you what is wrong; on other inputs it is tried when it is graded. You
may add cells."""


def release(assignment):
    """Write both notebooks; returns their paths, {"release": ..., "source": ...}.

    Raises Problem where the built lessons are not there.
    """
    name, paths = assignment.folder.resolve().name, {}
    source = _source(assignment)
    for twin, cells in (("source", source), ("release", map(_released, source))):
        book = {
            "cells": list(cells),
            "metadata": {"kernelspec": KERNEL, "language_info": {"name": "python"}},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        paths[twin] = assignment.folder / twin / name / f"{name}.ipynb"
        text = json.dumps(book, ensure_ascii=False, indent=1)
        write_whole(paths[twin], text + "\n")
    return paths


def _source(assignment):
    """The cells of the notebook for nbgrader."""
    all_posed = [Posed(assignment.exercise(name)) for name in assignment.points]
    imports = dict.fromkeys(line for posed in all_posed for line in posed.imports)
    cells = [
        _cell("markdown", "head", _head(assignment)),
        _cell("code", "setup", "\n".join(imports)),
    ]
    given = set()
    for number, posed in enumerate(all_posed, 1):
        name, points = posed.name, assignment.points[posed.name]
        head = f"### Exercise {number} · {posed.title}\n\n"
        text = f"{head}*{counted(points, 'point')}. {posed.text}"
        cells.append(_cell("markdown", f"{name}-text", text))
        if posed.given and posed.given not in given:
            given.add(posed.given)
            cells.append(_cell("code", f"{name}-given", posed.given))
        cells.append(_cell("code", name, posed.solution, solution=True, locked=False))
        tests = posed.check
        if tests.startswith("check"):
            tests += HIDDEN_TESTS.format(name=name, seed=assignment.seed)
        graded = {"grade": True, "points": points}
        cells.append(_cell("code", f"{name}-check", tests, **graded))
        if posed.hints:
            cells.append(_cell("markdown", f"{name}-hints", posed.hints))
    return cells


def _head(assignment):
    due = ""
    if assignment.due:
        zone = getattr(assignment.due.tzinfo, "key", None) or f"{assignment.due:UTC%z}"
        when = f"{assignment.due:%A} {assignment.due.day} {assignment.due:%B %Y, %H:%M}"
        due = f" Due {when} ({zone})."
        if cost := assignment.late.per_day:
            days = counted(assignment.late.at_most_days, "day")
            due += f" Each day late costs {cost:.0%}; after {days} nothing is left."
    return HEAD.format(
        title=assignment.title,
        exercises=counted(len(assignment.points), "exercise"),
        points=counted(assignment.most, "point"),
        due=due,
    )


def _cell(kind, grade_id, source, **about):
    """A cell of nbgrader's: what students may not change is locked."""
    told = {
        "schema_version": 3,
        "grade_id": grade_id,
        "cell_type": kind,
        **{"grade": False, "solution": False, "locked": True, "task": False},
        **about,
    }
    metadata = {"nbgrader": told, "deletable": False}
    if told["locked"]:
        metadata["editable"] = False
    cell = {"cell_type": kind, "id": grade_id, "metadata": metadata, "source": source}
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})


def _released(cell):
    """The cell as students get it; its checksum tells nbgrader who has changed it."""
    source = HIDDEN.sub("", SOLUTION.sub(STUB, cell["source"]))
    told = cell["metadata"]["nbgrader"]
    parts = [source, told["cell_type"], told["grade"], told["solution"], told["locked"]]
    parts.append(told["grade_id"])
    if told["grade"]:
        parts.append(float(told["points"]))
    checksum = hashlib.md5("".join(map(str, parts)).encode()).hexdigest()
    metadata = {**cell["metadata"], "nbgrader": {**told, "checksum": checksum}}
    return {**cell, "source": source, "metadata": metadata}
