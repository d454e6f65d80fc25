"""One call of a learner's function, safely, and what to say where it raises."""

import contextlib
import functools
import time
import traceback
from copy import deepcopy
from dataclasses import dataclass

from dlcourse.teach.answers import freeze
from dlcourse.teach.guard import MemoryUp, Printed, Stopped, TimeUp, within
from dlcourse.teach.traced import LONGEST, shorten, traced
from dlcourse.teach.written import gives_back

__all__ = [
    "Outcome",
    "attempt",
    "attempts",
    "blame",
    "kind_of",
    "nothing",
    "shorten",
    "words_of",
]

SECONDS = 10  # for a learner's function, on all the inputs of one check
MEGABYTES = 400  # that it may take, on one input; a class on Binder has 2,000 each

ADVICE = {  # what a message says, and what it means to those who never met it
    "bitwise_xor": "In Python a power is `**`: `^` is another operation, on bits.",
    "for ^": "In Python a power is `**`: `^` is another operation, on bits.",
    "'list' object cannot be interpreted as an integer": "Several axes are given to "
    "NumPy as a tuple: `axis=(0, 2)`, and `tuple(axes)` makes one of a list.",
    "Cannot cast ufunc": "An array of whole numbers holds no fractions, and `a -= b` "
    "would write them into it: write `a = a - b`.",
    "mismatch in its core dimension": "In `A @ B`, `A` must have as many columns as "
    "`B` has rows: write the shapes of both beside it.",
    "no attribute 'zero_grad'": "`zero_grad()` belongs to the optimizer, and to the "
    "model: they know the parameters, whose gradients are to be forgotten.",
    "no attribute 'step'": "`step()` belongs to the optimizer.",
    "no attribute 'zero_'": "`zero_` is PyTorch's. Here: `p.grad[...] = 0`, or, for "
    "all parameters at once, `optimizer.zero_grad()`.",
    "argument 'set_to_none'": "`zero_grad()` takes no argument here: it forgets.",
    "'NoneType' object has no attribute 'append'": "`append` changes the list and "
    "returns None: with `a = a.append(x)` the list is lost. Write `a.append(x)` alone.",
    "input() asks": "A checked function gets its inputs as arguments, many times over: "
    "use its parameters.",
}


@dataclass
class Outcome:
    """What one call did."""

    value: object  # what is compared, frozen, and as it was:
    raw: object
    error: BaseException | None  # or what it raised
    after: list  # its inputs after the call, frozen with their gradients
    printed: str
    nothing: bool  # whether the function itself gave None, the last time it was called

    @property
    def stopped(self):
        """Whether it did not come to its own end."""
        return isinstance(self.error, Stopped | KeyboardInterrupt)


def attempts(exercise, f, cases, seconds=None):
    """The Outcome of ``f`` for each of the inputs ``cases``, until it is stopped."""
    outcomes, end = [], time.monotonic() + (seconds or SECONDS)
    for case in cases:
        outcomes.append(attempt(exercise, f, case, end - time.monotonic()))
        if outcomes[-1].stopped:
            break
    return outcomes


def attempt(exercise, f, case, seconds=SECONDS):
    """Call ``f`` on a copy of the inputs ``case``; the Outcome, whatever happens.

    It is stopped after ``seconds``, or when it takes more than MEGABYTES.
    """
    inputs, given = deepcopy(case), []
    raw, value, error, printed = None, None, None, Printed()

    def call():
        raw = exercise.call(_noting(f, given) if exercise.run else f, inputs)
        return raw, freeze(raw)

    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            raw, value = within(seconds, call, MEGABYTES)
    except BaseException as raised:  # an interrupt, too, is told in a sentence
        error = raised
        traceback.clear_frames(error.__traceback__)  # what it held may be large
    nothing = given[-1] if given else raw is None and error is None
    after = [freeze(item, gradients=True) for item in inputs]
    return Outcome(value, raw, error, after, printed.getvalue(), nothing)


def _noting(f, given):
    """``f``, which notes in ``given`` whether it gave None; a class is left alone."""
    if isinstance(f, type):
        return f

    @functools.wraps(f)
    def noting(*args, **kwargs):
        answer = f(*args, **kwargs)
        given[:] = [answer is None]
        return answer

    return noting


def blame(trial, f):
    """What ``f`` raised in this trial, and the line of its own that it came from."""
    exercise, outcome = trial.exercise, trial.answer
    error, (kind, words) = outcome.error, words_of(outcome.error)
    place, own, at_its_end = traced(error, f)
    if isinstance(error, TimeUp):
        return (
            f"takes more than {SECONDS} seconds, and was stopped{place}\n"
            "Does a loop never end? Or is it only slow: the same computed many times?"
        )
    if isinstance(error, MemoryUp):
        return (
            f"takes more than {MEGABYTES} MB of memory, and was stopped{place}\n"
            "Does a loop append without end, or an array grow with every step?"
        )
    if isinstance(error, KeyboardInterrupt):
        return f"was interrupted{place}"
    if isinstance(error, NotImplementedError) and at_its_end:
        talk = ", not by `print`" if outcome.printed else ""
        given = "" if exercise.silent else f" An answer is given by `return`{talk}."
        return (
            f"stops at `raise NotImplementedError`, the placeholder{place}\n"
            "It is still there: take it away once your own code stands in its place."
            f"{given}"
        )
    if exercise.run and not own:  # f has ended, and its answer is put to use
        if outcome.nothing and not trial.expected.nothing:
            return nothing(exercise, f)
        return f"gives an answer that cannot be used: {words or kind}."
    sentence = f"raises `{kind}: {words}`" if words else f"raises `{kind}`"
    advice = "".join(f"\n{cure}" for sign, cure in ADVICE.items() if sign in words)
    return f"{sentence}{place}{advice}"


def nothing(exercise, f):
    """What to say of an ``f`` that gave None, and should not."""
    wanted = exercise.returns if isinstance(exercise.returns, str) else ""
    wanted = f" Expected: {wanted}." if wanted else ""
    if gives_back(f):
        return (
            "returns None: either no `return` is reached for this input, or what "
            f"stands behind it is None, as with `print(...)` and `a.sort()`.{wanted}"
        )
    return f"returns None: is a `return` missing?{wanted}"


def kind_of(error):
    """Its type; of one that was raised far away, the type that it had there."""
    return getattr(error, "raised_as", type(error))


def words_of(error):
    """The name and message of an exception, even of one that cannot be printed."""
    if error is None:
        return None
    try:
        words = str.__str__(str(error))
    except Exception:
        words = ""
    return type(error).__name__, shorten(" ".join(words[: 2 * LONGEST].split()))
