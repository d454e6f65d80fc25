"""One call of a learner's function, safely, and whether two calls did the same."""

import contextlib
import dis
import inspect
import io
import linecache
import sys
from copy import deepcopy
from dataclasses import dataclass

from dlcourse.teach.answers import close, freeze, pair

__all__ = ["Outcome", "agree", "attempt", "blame", "shorten", "untouched"]

LONGEST = 300  # characters of a learner's message or print-out that are shown

ADVICE = {  # what a message says, and what it means to those who never met it
    "bitwise_xor": "In Python a power is `**`: `^` is another operation, on bits.",
    "for ^": "In Python a power is `**`: `^` is another operation, on bits.",
    "'list' object cannot be interpreted as an integer": "Several axes are given to "
    "NumPy as a tuple: `axis=(0, 2)`, and `tuple(axes)` makes one of a list.",
    "mismatch in its core dimension": "In `A @ B`, `A` must have as many columns as "
    "`B` has rows: write the shapes of both beside it.",
    "no attribute 'zero_grad'": "`zero_grad()` belongs to the optimizer, and to the "
    "model: they know the parameters, whose gradients are to be forgotten.",
    "no attribute 'step'": "`step()` belongs to the optimizer.",
}


@dataclass
class Outcome:
    """What one call did."""

    value: object  # what it returned, frozen, and as it was returned:
    raw: object
    error: BaseException | None  # or what it raised
    after: list  # its inputs after the call, frozen with their gradients
    printed: str


def attempt(exercise, f, case):
    """Call ``f`` on a copy of the inputs ``case``; the Outcome, whatever happens."""
    inputs = deepcopy(case)
    value, error, printed = None, None, io.StringIO()
    with contextlib.redirect_stdout(printed):
        try:
            value = exercise.call(f, inputs)
        except (Exception, SystemExit) as raised:
            error = raised
    after = [freeze(item, gradients=True) for item in inputs]
    return Outcome(freeze(value), value, error, after, printed.getvalue())


def agree(exercise, answer, expected):
    """Whether two outcomes are the same: what was returned, and what was changed."""
    if answer.error or expected.error:
        return _words(answer.error) == _words(expected.error)
    try:
        leaves = pair(answer.after, expected.after)
        if exercise.compare:
            if not exercise.compare(answer.raw, expected.raw):
                return False
        elif not exercise.silent:
            leaves += pair(answer.value, expected.value)
    except Exception:  # a Mismatch; or compare= stumbled over an odd answer
        return False
    return all(close(a, e, exercise.rtol, exercise.atol) for _, a, e in leaves)


def blame(error, f):
    """What ``error`` says, and the line of the learner's own code that it came from."""
    kind, words = _words(error)
    sentence = f"raises `{kind}: {words}`" if words else f"raises `{kind}`"
    advice = "".join(f"\n{cure}" for sign, cure in ADVICE.items() if sign in words)
    theirs = vars(sys.modules.get(getattr(f, "__module__", None), inspect))
    line, trace = None, error.__traceback__
    while trace:
        if trace.tb_frame.f_globals is theirs:  # all of a notebook's cells share them
            line = trace
        trace = trace.tb_next
    if line is None:
        return f"{sentence}.{advice}"
    code = line.tb_frame.f_code
    source = linecache.getline(code.co_filename, line.tb_lineno).strip()
    place = f"{sentence} in `{code.co_name}`, line {line.tb_lineno}"
    place += f":\n`{shorten(source)}`" if source else "."
    return place + advice


def untouched(f):
    """Whether ``f`` only returns a constant: a docstring, ``pass`` or ``...``."""
    idle = ("RESUME", "NOP", "LOAD_CONST", "LOAD_COMMON_CONST", "RETURN")
    code = getattr(f, "__code__", None)
    body = dis.get_instructions(code) if code else ()
    return bool(code) and all(step.opname.startswith(idle) for step in body)


def shorten(text):
    """At most LONGEST characters of ``text``, and ten lines."""
    lines = text[: LONGEST + 1].rstrip().split("\n")
    short = "\n".join(lines[:10])[:LONGEST]
    return short if short == text.rstrip() else f"{short} ..."


def _words(error):
    """The name and message of an exception, even of one that cannot be printed."""
    if error is None:
        return None
    try:
        words = str.__str__(str(error))
    except Exception:
        words = ""
    return type(error).__name__, shorten(" ".join(words[: 2 * LONGEST].split()))
