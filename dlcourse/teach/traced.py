"""Where an exception came from: the last of the learner's own lines.

Like ``written``, it needs no other part of the course: it also runs where a learner's
function is called far away, and what it tells travels with the exception.
"""

import inspect
import linecache
import sys
from typing import NamedTuple

__all__ = ["LONGEST", "Trace", "shorten", "traced"]

LONGEST = 300  # characters of a learner's message or print-out that are shown


class Trace(NamedTuple):
    """What a traceback tells of a function.

    Attributes:
        place: the rest of a sentence, with the line; "." where there is none.
        own: whether it was raised by a line of the function's module, or below one.
        at_its_end: whether that line itself raised it.
    """

    place: str
    own: bool
    at_its_end: bool


def traced(error, f):
    """The Trace of ``error`` for ``f``; one that travelled with it is taken as told."""
    if isinstance(told := getattr(error, "traced", None), Trace):
        return told
    steps = _steps(error)
    own = [step for step in steps if step.tb_frame.f_globals is _globals(f)]
    if not own:
        return Trace(".", False, False)
    return Trace(_place(own[-1]), True, own[-1] is steps[-1])


def shorten(text):
    """At most LONGEST characters of ``text``, and ten lines."""
    lines = text[: LONGEST + 1].rstrip().split("\n")
    short = "\n".join(lines[:10])[:LONGEST]
    return short if short == text.rstrip() else f"{short} ..."


def _steps(error):
    trace, steps = error.__traceback__, []
    while trace:
        steps.append(trace)
        trace = trace.tb_next
    return steps


def _globals(f):
    """Those of ``f``'s module: all of a notebook's cells share them."""
    own = getattr(inspect.unwrap(f), "__globals__", None)
    return (
        own
        if own is not None
        else vars(sys.modules.get(getattr(f, "__module__", None), inspect))
    )


def _place(step):
    code = step.tb_frame.f_code
    line = step.tb_lineno or code.co_firstlineno  # some instructions have no line
    source = linecache.getline(code.co_filename, line).strip()
    place = f" in `{code.co_name}`, line {line}"
    return place + (f":\n`{shorten(source)}`" if source else ".")
