"""What a learner hands in: which exercise it answers, and whether it can be called."""

import functools
from inspect import signature

from dlcourse.teach.exercise import find

__all__ = ["handed_in", "wrong_signature"]


def wrong_signature(exercise, f, case):
    """What to say where ``f`` cannot be called with the exercise's arguments."""
    try:
        theirs = signature(f)
    except (TypeError, ValueError):  # some built-in callables have none
        return None
    try:
        theirs.bind(*case)
    except TypeError:
        if not exercise.run:
            wanted = ", ".join(exercise.parameters)
            return f"its parameters are {theirs}; it is called with ({wanted})."


def handed_in(f, scope):
    """The exercise that ``f`` answers, or None; and what to say if it has no such name.

    A function without the exercise's name is looked for among the names of ``scope``.
    """
    if isinstance(f, str):
        return None, f"this is a string: the function itself, `check({f})`, is wanted."
    if not callable(f):
        return None, (
            f"this is no function, but a `{type(f).__name__}`: hand in the function "
            "itself, `check(f)`, not what it returns, `check(f(...))`."
        )
    name, form = getattr(f, "__name__", None), _form(f)
    try:
        return find(name if isinstance(name, str) else ""), None
    except LookupError as unknown:
        if not form:
            return None, f"{unknown}"
    for name in (name for name, value in scope.items() if value is f):
        try:
            exercise = find(name)
        except LookupError:
            continue
        given = ", ".join(exercise.parameters)
        return exercise, (
            f"this is {form}. Hand in a function with the exercise's name: "
            f"`def {name}({given}): ...`, then `check({name})`."
        )
    return None, (
        f"this is {form}. Hand in a function with the exercise's name: "
        "`def name(...): ...`, then `check(name)`."
    )


def _form(f):
    """What ``f`` is, where it is not a function with a name of its own."""
    if isinstance(f, functools.partial):
        return "a `partial`, which has no name"
    name = getattr(f, "__name__", None)
    if name is None:
        return f"an object of type `{type(f).__name__}`, which has no name"
    if name == "<lambda>":
        return "a `lambda`, which has no name"
    if "<locals>" in getattr(f, "__qualname__", ""):
        return (
            f"the function `{name}`, which a decorator has put in the place of yours; "
            "`functools.wraps` in the decorator keeps the name"
        )
    return None
