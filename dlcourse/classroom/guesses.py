"""What is tried of an exercise before a class meets it, at a given seed.

The solution must pass, each known mistake be told by its own diagnosis, and no answer
pass that needs no thought: the same number everywhere, or what it was given.
"""

from copy import deepcopy

import numpy as np

from dlcourse.teach.checker import examine

__all__ = ["found_by_guessing", "not_told_apart"]


def not_told_apart(exercise, seed):
    """The names of what the examiner does not recognise: [] where all is well.

    It is the solution's where that does not pass, or a mistake's.
    """
    answers = {exercise.__name__: getattr(exercise.reference, "__wrapped__", None)}
    wrong = [
        name
        for name, f in answers.items()
        if f and not examine(exercise, f, seed).passed
    ]
    return wrong + [
        mistake.name
        for mistake in exercise.mistakes
        if examine(exercise, mistake.answer, seed).message != mistake.diagnosis
    ]


def found_by_guessing(exercise, seed):
    """({mistake: a guess that is taken for it}, [guesses that pass])."""
    mistakes, passed = {}, []
    for words, guess in _guesses(exercise):
        result = examine(exercise, guess, seed)
        if result.passed:
            passed.append(words)
        elif result.mistake:
            mistakes.setdefault(result.mistake, words)
    return mistakes, passed


def _guesses(exercise):
    """(in words, function): answers of somebody who has not thought."""
    for value in (
        None,
        0,
        1,
        -1,
        0.0,
        1.0,
        0.5,
        True,
        False,
        [],
        "",
        *exercise.choices,
    ):
        yield f"always {value!r}", lambda *_, value=value: deepcopy(value)
    for number, name in enumerate(exercise.parameters):
        yield f"`{name}` as it is", lambda *args, i=number: args[i]
        yield f"zeros like `{name}`", lambda *args, i=number: np.zeros_like(args[i])
    for value in (0, 1, np.nan):
        yield f"everywhere {value}", _filled(exercise, value)


def _filled(exercise, value):
    """The right structure, with ``value`` for every number in it."""

    def same(found):
        if isinstance(found, tuple | list):
            return type(found)(map(same, found))
        if isinstance(found, dict):
            return {key: same(each) for key, each in found.items()}
        if hasattr(found, "detach"):
            return type(found)(same(found.detach().numpy()))
        if isinstance(found, np.ndarray | np.generic | int | float):
            found = np.asarray(found)
            fits = value == value or found.dtype.kind in "fc"
            return np.full(found.shape, value if fits else 0, found.dtype)
        return found

    # What the examiner counts as the course's own is the counted reference.
    solution = getattr(exercise.reference, "__wrapped__", exercise.reference)
    return lambda *args: same(solution(*deepcopy(args)))
