"""A learner's function that lives in another process, as ``check``'s examiner calls it.

``examine`` does what it does in a notebook: the inputs, the reference, the known
mistakes and the diagnosis stay here. Only the function is far away; what it is given
and what it gives back crosses as data.
"""

import builtins
import copy
import inspect
import sys
from functools import cache

from dlcourse.classroom.alone import computing_at_most
from dlcourse.classroom.reader import Reader
from dlcourse.classroom.sandbox import NotGraded
from dlcourse.classroom.wire import Malformed, Unsendable
from dlcourse.classroom.writer import Writer
from dlcourse.nn import Module
from dlcourse.teach.checker import Result, examine, expectations
from dlcourse.teach.exercise import find
from dlcourse.teach.guard import TimeUp
from dlcourse.teach.traced import Trace, shorten
from dlcourse.teach.written import Written

__all__ = ["Remote", "examined", "prepared", "sendable"]

SECONDS = 10  # of computing for one function, as check() allows
OUTSIDE = 60  # of computing in this process, for what a submission answers or asks
MOST_PARAMETERS = 50
TIME_UP = "dlcourse.classroom.worker:TimeUp"


def examined(exercise, line, seed=None):
    """``check``'s Result for a function at the other end of ``line``.

    It has the exercise's name, and has been found in the notebook that was read there.
    Returns the Result, or None where the function is not there after its cells have
    run; and the trouble: None or (cell, sentence) of the first statement that it needs
    and that raised. Raises Ended, and NotGraded where the exercise cannot be sent.
    """
    known, beside = prepared(exercise, seed)
    name = exercise.__name__
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
    with computing_at_most(OUTSIDE):
        result = examine(exercise, remote, seed, float("inf"), known)
    if line.ended:
        raise line.ended
    if remote.unsendable:
        raise NotGraded(f"{exercise} cannot be graded: it is given {remote.unsendable}")
    return result, trouble


@cache
def prepared(exercise, seed=None):
    """What is the same for each submission: what is expected, and ``_beside``'s name.

    Raises NotGraded as :func:`sendable` does.
    """
    sendable(exercise)
    return expectations(exercise, seed), _beside(exercise)


def sendable(exercise):
    """Raise NotGraded where an answer is a function: it would have to be called here.

    So is a class, whose objects stay where they are made.
    """
    answers = []

    def noting(*args, **kwargs):
        answers.append(exercise.reference(*args, **kwargs))
        return answers[-1]

    if isinstance(exercise.reference, type):
        answers.append(exercise.reference)
    else:
        exercise.call(noting, exercise.cases()[0])
    if any(map(callable, answers)):
        raise NotGraded(
            f"{exercise} cannot be graded: its answer is a function or a class, which "
            "stays in the submission's process. Ask for what it gives instead."
        )


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
        self.unsendable = None  # what has no form on the wire, if it was given such
        self.many = self._many  # its own, which functools.wraps() copies
        self.written = Written(*_tuples(about["written"]))
        if about["signature"] is not None:
            self.__signature__ = _signature(*about["signature"])

    def __call__(self, *args, **kwargs):
        return self._many(1, *args, **kwargs)[0]

    def _many(self, times, *args, **kwargs):
        """A list of what it gives for the same arguments, called so many times."""
        functions = []
        writer = Writer(functions=functions)
        try:
            given = {
                "args": [writer.value(each) for each in args],
                "kwargs": {name: writer.value(each) for name, each in kwargs.items()},
            }
        except Unsendable as error:
            self.unsendable = error
            raise
        request = {"do": "call", "times": times, **given}
        answer, blobs = self.line.ask(request, _references, writer.blobs, functions)
        with self.line.expecting():
            reader = Reader(blobs, dict(writer.kept))
            sys.stdout.write(answer["printed"])
            for tree in answer["after"]:
                if tree["#"] not in writer.kept:
                    raise Malformed("it was not given")
                reader.value(tree)
            if "error" not in answer:
                if len(answer["values"]) != times:
                    raise Malformed("values")
                return [
                    Reader(blobs, dict(writer.kept)).value(tree)
                    for tree in answer["values"]
                ]
            error = _error(*answer["error"])
        raise error


def _trouble(told):
    if told is None:
        return None
    cell, kind, _, words, _ = told
    kind = kind.rpartition(":")[2]
    return int(
        cell
    ), f"raises `{kind}: {shorten(words)}`." if words else f"raises `{kind}`."


def _references(name):
    """The course's own function, for who builds on it: that it is asked for counts."""
    exercise = find(name)
    exercise.used[0] += 1
    return exercise.reference


def _error(kind, base, words, told):
    """An exception that looks as the one that was raised far away."""
    words = str(words)
    made = TimeUp() if kind == TIME_UP else _alike(kind, base, words)
    if told is not None:
        place, own, at_its_end = told
        made.traced = Trace(str(place), bool(own), bool(at_its_end))
    return made


def _alike(kind, base, words):
    """Of the same kind where both sides have it, else of a kind made from ``base``."""
    module, _, name = kind.partition(":")
    known = module == "builtins" or module.partition(".")[0] == "numpy"
    real = getattr(sys.modules.get(module), name, None) if known else None
    base = real or getattr(builtins, base)
    if not issubclass(base, BaseException):
        raise Malformed("error")
    made = type(name, (base,), {"__str__": lambda self: words})
    error = made.__new__(made)
    error.raised_as = real or made
    return error


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
