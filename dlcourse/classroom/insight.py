"""What a class got wrong: numbers for the instructor, and a picture of them."""

import io
import itertools
import math
from collections import Counter

import numpy as np

from dlcourse.classroom.alike import pairs, shape
from dlcourse.classroom.grade import printable
from dlcourse.classroom.records import record_of
from dlcourse.teach.panel import plain

__all__ = ["insight", "picture"]

BLUE = "#1565c0"
MOST_PAIRS = 12  # that are shown
CODE = ("known mistake", "wrong", "stopped")  # verdicts on code of the student's own
COLOURS = {
    "passed": "#2e7d32",
    "wrong": "#b71c1c",
    "stopped": "#6a1b9a",
    "not started": "#9e9e9e",
    "missing": "#bdbdbd",
    "the course's own": BLUE,
}
MISTAKES = "#ef6c00", "#fb8c00", "#ffa726", "#ffb74d", "#ffcc80", "#ffe0b2"


def insight(assignment, rows):
    """The numbers, of the ``rows`` of the table; plain data.

    {"students", "graded", "mean", "median", "exercises": {name: {"passed", "verdicts",
    "separates"}}, "pairs", "chance"}. What was given by hand does not count here.
    """
    rows = [row for row in rows if not row["problem"]]
    names = list(assignment.points)
    worth = np.array(
        [
            [
                assignment.worth(
                    n, row["parts"][n]["verdict"], row["parts"][n]["mistake"]
                )
                for n in names
            ]
            for row in rows
        ]
    ).reshape(len(rows), len(names))
    totals, exercises = worth.sum(axis=1), {}
    for column, name in enumerate(names):
        passed = np.array(
            [r["parts"][name]["verdict"] == "passed" for r in rows], float
        )
        exercises[name] = {
            "passed": float(passed.mean()) if rows else 0.0,
            "verdicts": _verdicts(assignment.exercise(name), rows),
            "separates": separates(passed, totals - worth[:, column]),
        }
    found, chance = pairs(_wrong(assignment, rows), len(rows))
    return {
        "graded": len(rows),
        "mean": float(totals.mean()) if rows else 0.0,
        "median": float(np.median(totals)) if rows else 0.0,
        "exercises": exercises,
        "pairs": found,
        "chance": chance,
    }


def _verdicts(exercise, rows):
    """How many had which verdict or known mistake, the most frequent first."""
    name = exercise.__name__
    diagnosis = {each.name: each.diagnosis for each in exercise.mistakes}
    parts = [row["parts"][name] for row in rows]
    counts = Counter(part["mistake"] or part["verdict"] for part in parts)
    return [
        {
            "what": what,
            "students": count,
            "share": count / len(rows),
            "diagnosis": plain(diagnosis.get(what, "")),
        }
        for what, count in sorted(counts.items(), key=lambda c: (-c[1], c[0]))
    ]


def separates(passed, rest):
    """(correlation, and its 95 % interval, by Fisher's z) of 0 or 1 with the rest.

    None where all are alike, or fewer than ten.
    """
    if len(passed) < 10 or not np.std(passed) or not np.std(rest):
        return None
    r = float(np.corrcoef(passed, rest)[0, 1])
    z, half = math.atanh(min(max(r, -0.999), 0.999)), 1.96 / math.sqrt(len(passed) - 3)
    return tuple(round(float(x), 3) for x in (r, np.tanh(z - half), np.tanh(z + half)))


def _wrong(assignment, rows):
    """{exercise: {student: the shape of the code}} of who was wrong."""
    found = {name: {} for name in assignment.points}
    for row in rows:
        told = record_of(assignment, row["student"])["exercises"]
        for name, codes in found.items():
            if told.get(name, {}).get("verdict") in CODE and told[name].get("source"):
                codes[row["student"]] = shape(told[name]["source"])
    return found


def picture(found):
    """An SVG: what the class did in each exercise, what separates, who shares code."""
    from matplotlib.figure import Figure

    names, shown = list(found["exercises"]), found["pairs"][:MOST_PAIRS]
    heights = len(names) + 1, max(len(shown), 1) + 1
    figure = Figure(figsize=(10, 1.5 + 0.5 * sum(heights)), layout="constrained")
    axes = figure.subplot_mosaic(
        [["did", "separates"], ["pairs", "pairs"]],
        **{"width_ratios": (3, 1), "height_ratios": heights},
    )
    did, right = axes["did"], axes["separates"]
    for y, name in enumerate(names):
        _bar(did, y, found["exercises"][name]["verdicts"])
        if told := found["exercises"][name]["separates"]:
            r, low, high = told
            right.plot([low, high], [y, y], color=BLUE)
            right.plot([r], [y], "o", color=BLUE)
    did.set(xlim=(0, 100), xlabel="share of the class (%)")
    right.axvline(0, color="#9e9e9e", linewidth=1)
    right.set(xlim=(-1, 1), xlabel="separates: correlation\nwith the other exercises")
    for each, labels in ((did, names), (right, [""] * len(names))):
        each.set(yticks=range(len(names)), yticklabels=labels)
        each.set(ylim=(len(names) - 0.5, -0.5))
    handles = [did.barh(0, 0, color=c, label=v) for v, c in COLOURS.items()]
    handles.append(did.barh(0, 0, color=MISTAKES[0], label="known mistakes"))
    figure.legend(handles=handles, loc="outside upper center", ncols=7, fontsize=8)
    _pairs(axes["pairs"], shown, found["chance"])
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None})
    return out.getvalue()


def _pairs(axes, shown, chance):
    """How surprising it is what each pair shares, beside what chance does."""
    labels = [printable(", ".join(pair["students"])) for pair in shown]
    bits = [pair["bits"] for pair in shown]
    axes.barh(range(len(shown)), bits, color=BLUE)
    labels = [label.replace("$", r"\$") for label in labels]  # it is no mathematics
    axes.set(yticks=range(len(shown)), yticklabels=labels)
    axes.set(ylim=(max(len(shown), 1) - 0.5, -0.5))
    axes.axvline(chance, color="#b71c1c", linestyle="--")
    axes.set(xlabel="shared wrong code (bits); dashed: chance, in 1 of 20 classes")


def _bar(axes, y, verdicts):
    """One exercise: what passed at the left, then the mistakes, then the rest."""
    order = ["passed", None, *list(COLOURS)[1:]]

    def place(line):
        known = line["what"] in COLOURS
        return order.index(line["what"] if known else None), -line["share"]

    start, shades = 0.0, itertools.chain(MISTAKES, itertools.repeat(MISTAKES[-1]))
    for line in sorted(verdicts, key=place):
        width, what = 100 * line["share"], line["what"]
        colour = COLOURS.get(what) or next(shades)
        axes.barh(y, width, left=start, color=colour, edgecolor="white", linewidth=0.5)
        if what not in COLOURS and width > len(what):  # it has room
            style = {"ha": "center", "va": "center", "fontsize": 7}
            axes.text(start + width / 2, y, what.replace("_", " "), **style)
        start += width
