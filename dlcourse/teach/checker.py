"""``check(f)``: is the learner's function right, and if not, what is wrong with it?

The function is called on random inputs, and its answers compared with the reference's.
Where they differ, the known mistake that gives the same answers *on every input* names
itself; otherwise the learner is told what can be observed. The expected values are
never shown.
"""

from collections import Counter
from dataclasses import dataclass, field
from html import escape
from inspect import signature

import numpy as np

from dlcourse.teach.answers import Array, Other, describe
from dlcourse.teach.attempt import agree, attempt, blame, shorten, untouched
from dlcourse.teach.book import record
from dlcourse.teach.exercise import find
from dlcourse.teach.observe import Trial, observe, which_wrong
from dlcourse.teach.panel import Shown, box, building, markup, plain

__all__ = ["Result", "check", "examine"]

PATIENCE = 3  # failed attempts before the hints are pointed at

_attempts = Counter()


def check(f, seed=None):
    """Check the learner's function ``f`` against the exercise of the same name.

    Shows the result, and returns it: ``check(f).inputs`` are the arguments of the first
    call that went wrong. The inputs are the same every time; another ``seed`` gives
    others. ``check(f).usable`` is ``f`` where it passed, else the reference: what
    follows the exercise can build on it.
    """
    result = examine(find(_name(f)), f, seed)
    name = result.exercise.__name__
    result.usable = f if result.passed else result.exercise.reference
    if result.passed:
        record("exercises", name, True)
    elif result.verdict != "not started" and not building():
        _attempts[name] += 1
        if _attempts[name] >= PATIENCE:
            result.advice = (
                "Stuck? The hints are folded below the exercise; it is solved in "
                f"`{result.exercise.lesson.solution}`."
            )
    return result.show()


@dataclass
class Result(Shown):
    """What ``check`` found."""

    exercise: object
    verdict: str  # passed, not started, known mistake or wrong
    message: str
    tried: int = 0
    inputs: tuple = None
    printed: str = ""
    source: str = ""  # the line that raised, where a known mistake did
    advice: str = field(default="", repr=False)
    usable: object = field(default=None, repr=False)

    __repr__ = Shown.__repr__

    @property
    def passed(self):
        return self.verdict == "passed"

    @property
    def structure(self):
        return {"exercise": self.exercise.__name__, "verdict": self.verdict}

    @property
    def _style(self):
        if self.verdict == "not started":
            return "○", "note"
        return ("✓", "right") if self.passed else ("✗", "wrong")

    @property
    def _lines(self):
        lines = [self.message, *filter(None, [self.source])]
        if self.verdict in ("known mistake", "wrong"):
            section, lesson = self.exercise.section, self.exercise.lesson.title
            lines.append(f"To read again: *{section}* in {lesson}.")
        return [*lines, self.advice] if self.advice else lines

    @property
    def text(self):
        head = f"{self._style[0]} {self.exercise.__name__}: "
        text = head + plain("\n  ".join("\n".join(self._lines).split("\n")))
        return text + f"\n  It printed:\n{self.printed}" if self.printed else text

    @property
    def html(self):
        sign, mood = self._style
        first, *rest = (markup(line) for line in self._lines)
        name = self.exercise.__name__
        inner = "<br>".join((f"<b>{sign} {name}</b>: {first}", *rest))
        if self.printed:
            inner += f"<br>It printed:<pre>{escape(self.printed)}</pre>"
        return box(inner, mood)


def examine(exercise, f, seed=None):
    """The Result of ``f``, which is neither shown nor recorded."""
    if not callable(f):
        raise TypeError(f"check expects the function itself, got {type(f).__name__}")
    cases = exercise.cases(seed)
    if wrong := _wrong_signature(exercise, f, cases[0]):
        return Result(exercise, "wrong", wrong)
    expected = [attempt(exercise, exercise.reference, case) for case in cases]
    _trust(exercise, expected)
    answers = [attempt(exercise, f, case) for case in cases]
    begun = answers[0].value is not None or not untouched(f)
    stub = isinstance(answers[0].error, NotImplementedError)
    if stub and answers[0].printed:  # no stub prints: the learner's code does
        message = (
            "prints, and then stops at `raise NotImplementedError`, the placeholder. "
            "Put your own code in its place; an answer is given by `return`, not by "
            "`print`."
        )
        printed = shorten(answers[0].printed)
        return Result(exercise, "wrong", message, inputs=cases[0], printed=printed)
    if stub or not begun:
        return Result(exercise, "not started", "not started.")

    rights = [agree(exercise, *both) for both in zip(answers, expected, strict=True)]
    tried = len(cases)
    if all(rights):
        message = (
            f"right on {f'all {tried} inputs' if tried > 1 else 'the input'} tried."
        )
        printed = shorten(answers[0].printed)
        return Result(exercise, "passed", message, tried, printed=printed)

    trials = [Trial(*t) for t in zip(cases, answers, expected, rights, strict=True)]
    shown = next(trial for trial in trials if not trial.right)
    error, mistake = shown.answer.error, _known(exercise, trials)
    if mistake:
        verdict, message = "known mistake", mistake.diagnosis
    elif error:
        verdict, message = "wrong", blame(error, f)
    else:
        verdict, (message, shown) = "wrong", observe(exercise, trials)
    if exercise.given and not mistake:
        message += f"\n{which_wrong(exercise, trials, shown)}"
    result = Result(exercise, verdict, message, tried, shown.inputs)
    result.printed = shorten(shown.answer.printed)
    result.source = f"It {blame(error, f)}" if mistake and error else ""
    return result


def _known(exercise, trials):
    """The known mistake whose answers these are, on every input; or None.

    Some answer is wrong; so the mistake is, too, and no agreement is by accident. An
    answer that is NaN or infinite where it should not be is a fault of its own: it
    does not hide the mistake that the others show.
    """
    finite = [trial for trial in trials if not _overflowed(trial)]
    others_wrong = any(not trial.right for trial in finite)
    for these in (trials, finite) if others_wrong else (trials,):
        for mistake in exercise.mistakes:
            if all(
                agree(exercise, t.answer, attempt(exercise, mistake.answer, t.inputs))
                for t in these
            ):
                return mistake
    return None


def _overflowed(trial):
    """Whether the answer is not finite and the reference is."""
    return not _finite(trial.answer.value) and _finite(trial.expected.value)


def _finite(value):
    if isinstance(value, list | dict):
        return all(map(_finite, value.values() if isinstance(value, dict) else value))
    return not isinstance(value, Array) or bool(np.all(np.isfinite(value.data)))


def _trust(exercise, expected):
    """Raise where the reference itself fails: the declaration is at fault."""
    for outcome in expected:
        if outcome.error:
            raise outcome.error
    if not exercise.compare and any(_opaque(outcome.value) for outcome in expected):
        raise TypeError(
            f"{exercise} returns {describe(expected[0].value)}, which cannot be "
            "compared: declare compare= or run="
        )


def _opaque(value):
    if isinstance(value, list | dict):
        return any(map(_opaque, value.values() if isinstance(value, dict) else value))
    return isinstance(value, Other)


def _wrong_signature(exercise, f, case):
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


def _name(f):
    name = getattr(f, "__name__", None)
    if not isinstance(name, str):
        raise TypeError(f"check expects the function itself, got {type(f).__name__}")
    return name
