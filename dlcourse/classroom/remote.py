"""A learner's function that lives in another process, as ``check``'s examiner calls it.

``examine`` does what it does in a notebook: the inputs, the reference, the known
mistakes and the diagnosis stay here. Only the function is far away; what it is given
and what it gives back crosses as data.
"""

import builtins
import contextlib
import copy
import inspect
import sys

from dlcourse.classroom.wire import Malformed, Reader, Writer
from dlcourse.nn import Module
from dlcourse.teach.checker import Result, examine
from dlcourse.teach.exercise import find
from dlcourse.teach.guard import TimeUp
from dlcourse.teach.traced import Trace, shorten
from dlcourse.teach.written import Written

__all__ = ["Remote", "examined"]

SECONDS = 10  # of computing for one function, as check() allows
MOST_PARAMETERS = 50


def examined(name, line, seed=None):
    """``check``'s Result for the function ``name`` at the other end of ``line``.

    It has been found in the notebook that was read there. Returns the Result, or None
    where the function is not there after its cells have run; and the trouble: None or
    (cell, sentence) of the first statement that it needs and that raised. Raises Ended.
    """
    exercise = find(name)
    beside = _beside(exercise)
    request = {"do": "load", "name": name, "driver": beside, "seconds": SECONDS}
    about, _ = line.ask(request, _references)
    with line.expecting():
        trouble = _trouble(about["trouble"])
        if not about["loaded"]:
            return None, trouble
        if not about["callable"]:
            odd = f"this is no function, but a `{str(about['kind'])[:80]}`."
            return Result(exercise, "wrong", odd), trouble
        remote = Remote(name, line, about)
    if beside:
        exercise = copy.copy(exercise)
        run = exercise.run
        exercise.run = lambda f, *case: (
            f(*case) if getattr(f, "__wrapped__", f) is remote else run(f, *case)
        )
    result = examine(exercise, remote, seed, seconds=float("inf"))
    if line.ended:
        raise line.ended
    return result, trouble


def _beside(exercise):
    """The name of ``run``, where it must run beside the function; else None.

    A model's tape cannot cross, and is seen by a ``run`` that passes on a function of
    its own, so that of a lesson's fixtures, which know no reference, goes along.
    """
    run = exercise.run
    if run is None or not run.__module__.endswith(".fixtures"):
        return None
    model = any(isinstance(each, Module) for each in exercise.cases()[0])
    return f"{run.__module__}:{run.__qualname__}" if model else None


class Remote:
    """A function that is called at the other end of ``line``."""

    def __init__(self, name, line, about):
        self.__name__, self.line = name, line
        self.written = Written(*_tuples(about["written"]))
        if about["signature"] is not None:
            self.__signature__ = _signature(*about["signature"])

    def __call__(self, *args):
        functions = []
        writer = Writer(functions=functions)
        trees = [writer.value(each) for each in args]
        answer, blobs = self.line.ask(
            {"do": "call", "args": trees}, _references, writer.blobs, functions
        )
        with self.line.expecting():
            reader = Reader(blobs, dict(writer.kept))
            sys.stdout.write(answer["printed"])
            for tree in answer["after"]:
                if tree["#"] not in writer.kept:
                    raise Malformed("it was not given")
                reader.value(tree)
            if "error" not in answer:
                return reader.value(answer["value"])
            error = _error(*answer["error"])
        raise error


def _trouble(told):
    if told is None:
        return None
    cell, kind, _, words, _ = told
    return int(
        cell
    ), f"raises `{kind}: {shorten(words)}`." if words else f"raises `{kind}`."


def _references(name):
    """The course's own function, for who builds on it: its use is counted."""
    return find(name).reference


def _error(kind, base, words, told):
    """An exception that looks as the one that was raised far away."""
    kind, words = str(kind), str(words)
    if (kind, base) == ("TimeUp", "BaseException"):
        made = TimeUp()
    else:
        made = _alike(kind, base, words)
    if told is not None:
        place, own, at_its_end = told
        made.traced = Trace(str(place), bool(own), bool(at_its_end))
    return made


def _alike(kind, base, words):
    """Of the built-in kind itself, where that says the same, or of one made from it."""
    base = getattr(builtins, str(base), None)
    if not (isinstance(base, type) and issubclass(base, BaseException)):
        raise Malformed("error")
    if base.__name__ == kind and issubclass(base, Exception):
        for arguments in ((words,), (), (_key(words),)):
            with contextlib.suppress(TypeError):
                if str(made := base(*arguments)) == words:
                    return made
    made = type(kind, (base,), {"__str__": lambda self: words})
    return made.__new__(made)


def _key(words):
    """A KeyError shows its key as Python writes it: here, of a text or whole number."""
    return words.strip("'") if "'" in words else int(words) if words.isdigit() else None


class _Shown(inspect.Signature):
    """A signature that shows itself as the learner wrote it."""

    __slots__ = ("text",)

    def __str__(self):
        return self.text


def _signature(parameters, text):
    """Of [(kind, whether it has a default)]: what can be bound to it, and its text."""
    made = _Shown(
        inspect.Parameter(
            f"p{i}",
            inspect._ParameterKind(kind),
            default=None if default else inspect.Parameter.empty,
        )
        for i, (kind, default) in enumerate(parameters[:MOST_PARAMETERS])
    )
    made.text = str(text)[:300]
    return made


def _tuples(value):
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
