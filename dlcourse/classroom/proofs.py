"""Is an exercise of an instructor's own right about right and wrong answers?

It is tried before it counts, in this process, and then as what is handed in is graded.
"""

import ast
import json
import re

from dlcourse.classroom import doctor
from dlcourse.classroom.grade import graded
from dlcourse.classroom.guesses import found_by_guessing, not_told_apart
from dlcourse.classroom.own import found
from dlcourse.classroom.remote import sendable
from dlcourse.classroom.sandbox import NotGraded
from dlcourse.start.problem import Problem
from dlcourse.teach.answers import freeze
from dlcourse.teach.checker import examine

__all__ = ["faults", "prove"]

SEEDS = (None, 1, 2, 3)  # of the inputs; None gives those that check() takes


def prove(own):
    """Raise Problem where exercises of the instructor's own, {name: text}, are wrong.

    They are tried in this process, and then as what is handed in is graded.
    """
    for name in own:
        wrong = list(dict.fromkeys(faults(found(name, own))))
        if wrong := wrong or list(_when_graded(name, own)):
            lines = "".join(f"\n- {sentence}" for sentence in wrong)
            raise Problem(f"exercises/{name}.py is not ready:{lines}")


def faults(exercise):
    """Sentences: which answers ``exercise`` judges wrongly; none where it is sound."""
    try:
        yield from _misjudged(exercise)
    except Exception as error:  # its reference, inputs or comparison fails
        yield f"{type(error).__name__}: {error}"


def _misjudged(exercise):
    sendable(exercise)
    heading = re.escape(exercise.section.strip())
    if not re.search(rf"^#+ {heading}\s*$", exercise.lesson.source, re.MULTILINE):
        yield f"no section of {exercise.lesson.title} is titled {exercise.section!r}"
    if repr(freeze(exercise.cases(1))) != repr(freeze(exercise.cases(1))):
        yield "its inputs are not the same for the same seed: use rng alone"
    answers = {exercise.__name__: exercise.reference}
    answers |= {mistake.name: mistake.answer for mistake in exercise.mistakes}
    for seed in SEEDS:
        for name in not_told_apart(exercise, seed):
            told = examine(exercise, answers[name], seed).message
            who = f"the mistake {name}"
            who = "its own solution" if name == exercise.__name__ else who
            yield f"{who} is told: {told}"
    for guess in found_by_guessing(exercise, None)[1]:
        yield f"an answer passes that needs no thought: {guess}"


def _when_graded(name, own):
    book = {"solution.ipynb": _notebook(name, own[name])}
    try:
        record = graded(book, [name], 0, doctor.best(trust=True), own=own)
    except NotGraded as error:
        yield f"{error}"
        return
    about = record["exercises"][name]
    if about["verdict"] != "passed":
        yield f"its own solution, handed in and graded, does not pass: {about['text']}"


def _notebook(name, text):
    """An exercise's file, its reference as a plain function, as a notebook's bytes."""
    tree = ast.parse(text)
    tree.body = [node for node in tree.body if not isinstance(node, ast.Expr)]
    for node in tree.body:
        if getattr(node, "name", None) == name:
            node.decorator_list = []
    cell = {"cell_type": "code", "source": ast.unparse(tree)}
    return json.dumps({"cells": [cell]}).encode()
