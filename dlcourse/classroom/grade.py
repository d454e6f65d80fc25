"""One student's notebooks, graded: bytes in, a record of plain data out."""

import difflib
import hashlib

from dlcourse.classroom.line import Ended
from dlcourse.classroom.own import found
from dlcourse.classroom.remote import examined
from dlcourse.classroom.sandbox import Sandbox
from dlcourse.teach.exercise import find

__all__ = ["digests_of", "graded", "printable"]

MOST_STOPS = 3  # functions that are stopped before the rest is given up


def graded(notebooks, names, seed, kind="bubblewrap", limits=None, own=None):
    """The record of a submission.

    Args:
        notebooks: {file name: bytes}; a function is taken from the last that has it.
        names: of the exercises.
        seed: of the inputs that are tried; the submission is not told.
        kind, limits: of the Sandbox.
        own: {name: text of its file} of exercises that the course does not have.

    Returns {"exercises": {name: about}, "notes": [sentence], ...}. What is told of an
    exercise: the "verdict" (check's; or "missing", or "stopped"), "text" for the
    student, the "mistake" that is known, the "source" and its "cell", "notes".
    Raises NotGraded where the grader itself fails.
    """
    exercises = {name: found(name, own or {}) for name in names}
    record = {"exercises": {}, "notes": [], "memory": 0}
    for file, raw in sorted(notebooks.items()):
        with Sandbox(kind, limits) as box:
            _grade(file, raw, exercises, seed, box, record)
    if not notebooks:
        record["notes"].append("There is no notebook.")
    words = "it is not defined in the notebook."
    if any("cannot be read: it" in note for note in record["notes"]):
        words = "it is not there: a notebook cannot be read."
    for name in names:
        record["exercises"].setdefault(name, _about("missing", words, name))
    return {**record, "notebooks": digests_of(notebooks), "seed": seed}


def digests_of(notebooks):
    """{file name: digest} of {file name: bytes}."""
    return {f: hashlib.sha256(raw).hexdigest() for f, raw in notebooks.items()}


def _grade(file, raw, exercises, seed, box, record):
    request = {"do": "read", "names": list(exercises)}
    try:
        said, _ = box.line.ask(request, find, [raw])
        with box.line.expecting():
            if "unreadable" in said:
                problem = str(said["unreadable"])
                record["notes"].append(printable(f"{file} cannot be read: {problem}."))
                return
            told = _Read(said)
    except Ended as ended:
        record["notes"].append(f"{file} cannot be read: it {ended.words}.")
        return
    for cell, words, _ in told.odd:
        record["notes"].append(printable(f"{file}, cell {cell}: {words}"))
    stops = 0
    for name, exercise in exercises.items():
        if about := told.functions.get(name):
            if stops == MOST_STOPS:
                words = "it was not run: too many were stopped before it."
                record["exercises"][name] = _about("stopped", words, name, about)
                continue
            if box.line.ended:
                box.restart()
                box.line.ask(request, find, [raw])
            record["exercises"][name] = _one(exercise, box.line, seed, about)
            stops += record["exercises"][name]["verdict"] == "stopped"
        elif name not in record["exercises"] and (words := told.instead_of(name)):
            record["exercises"][name] = _about("missing", words, name)
    record["memory"] = max(record["memory"], box.memory)


def _one(exercise, line, seed, about):
    name = exercise.__name__
    try:
        result, trouble = examined(exercise, line, seed)
        line.leave()
    except Ended as ended:
        return _about("stopped", f"it {ended.words}.", name, about)
    if trouble and not (result and result.passed):
        cell, words = trouble
        about["notes"].append(printable(f"Cell {cell}, which it needs, {words}"))
    if result is None:
        return _about("missing", "no cell that defines it can be run.", name, about)
    return {
        **about,
        "verdict": result.verdict,
        "text": printable(result.text),
        "mistake": result.mistake or None,
    }


def _about(verdict, words, name, about=None):
    text = printable(f"✗ {name}: {words}")
    return {"notes": [], **(about or {}), "verdict": verdict, "text": text}


class _Read:
    """What the worker says of a notebook, and has the form that it must have."""

    def __init__(self, said):
        self.defined = [str(name) for name in said["defined"]]
        self.odd = [
            (int(cell), str(words), [str(name) for name in names])
            for cell, words, names in said["problems"]
        ]
        self.functions = {
            str(name): _function(int(each["times"]), int(each["cell"]), each["source"])
            for name, each in said["functions"].items()
        }

    def instead_of(self, name):
        """What to say where there is no function ``name``; None for nothing special."""
        for cell, words, names in self.odd:
            if name in names:
                return f"it is not defined: cell {cell} cannot be read ({words})."
        near = difflib.get_close_matches(name, self.defined, n=1, cutoff=0.7)
        if near:
            return f"it is not defined. Is it `{near[0]}`? The name must be `{name}`."
        return None


def _function(times, cell, source):
    notes = [f"It is defined {times} times: the last counts."] if times > 1 else []
    return {"cell": cell, "source": printable(source), "notes": notes}


def printable(text):
    """``text`` without characters that steer a terminal or cannot be written."""
    return "".join(
        c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text
    )
