"""``check(f)``: is the learner's function right, and if not, what is wrong with it?

The function is called on random inputs, and its answers compared with the reference's.
Where they differ, the known mistake that gives the same answers *on every input* names
itself; otherwise the learner is told what can be observed. The expected values are
never shown.
"""

import sys
from collections import Counter
from dataclasses import dataclass, field
from html import escape

from dlcourse.teach.answers import Other, describe
from dlcourse.teach.attempt import attempt, attempts, blame, shorten
from dlcourse.teach.book import record
from dlcourse.teach.guard import undisturbed
from dlcourse.teach.handed import handed_in, wrong_signature
from dlcourse.teach.observe import observe, which_wrong
from dlcourse.teach.panel import Shown, box, building, markup, plain
from dlcourse.teach.trial import Trial
from dlcourse.teach.written import has_unreached, untouched

__all__ = ["Result", "check", "examine", "expectations"]

PATIENCE = 3  # failed attempts before the hints are pointed at
FAILED = ("known mistake", "wrong")
WORDS_ALONE = (
    "It raises on every input, and is known by that message alone: where the line is "
    "about something else, trust the line."
)
UNREACHED = (
    " It stops at `raise NotImplementedError()`, and the lines below it are never "
    "reached: write yours in its place."
)
STUCK = "Stuck? The hints are folded below the exercise; it is solved in `{}`."

_attempts = Counter()


def check(f, seed=None):
    """Check the learner's function ``f`` against the exercise of the same name.

    Shows the result, and returns it: ``check(f).inputs`` are the arguments of the first
    call that went wrong. The inputs are the same every time; another ``seed`` gives
    others. ``check(f).usable`` is ``f`` where it passed, else the reference: what
    follows the exercise can build on it. Where ``f`` is no function, or no exercise has
    its name, the result says so.
    """
    exercise, odd = handed_in(f, sys._getframe(1).f_globals)
    result = Result(exercise, "wrong", odd) if odd else examine(exercise, f, seed)
    if exercise:
        result.usable = f if result.passed else exercise.reference
    if result.passed:
        record("exercises", exercise.__name__, True)
    elif result.verdict in FAILED and not (odd or building()):
        _attempts[exercise.__name__] += 1
        solved = exercise.__name__ in exercise.lesson.exercises
        if solved and _attempts[exercise.__name__] >= PATIENCE:
            result.advice = STUCK.format(exercise.lesson.solution)
    return result.show()


@dataclass
class Result(Shown):
    """What ``check`` found.

    The ``verdict`` is "passed", "not started", "known mistake", "wrong", or "the
    course's own": right, but not the learner's.
    """

    exercise: object  # None where f had no name to go by
    verdict: str
    message: str
    tried: int = 0
    inputs: tuple = None
    printed: str = ""
    source: str = ""  # the line that raised, where a known mistake did
    mistake: str = ""  # the name of the one that is known
    advice: str = field(default="", repr=False)
    usable: object = field(default=None, repr=False)

    __repr__ = Shown.__repr__

    @property
    def passed(self):
        return self.verdict == "passed"

    @property
    def name(self):
        return self.exercise.__name__ if self.exercise else "check"

    @property
    def structure(self):
        return {"exercise": self.name, "verdict": self.verdict}

    @property
    def _style(self):
        if self.verdict in FAILED:
            return "✗", "wrong"
        return ("✓", "right") if self.passed else ("○", "note")

    @property
    def _lines(self):
        lines = [self.message, *filter(None, [self.source])]
        if self.verdict in FAILED and self.tried:
            section, lesson = self.exercise.section, self.exercise.lesson.title
            lines.append(f"To read again: *{section}* in {lesson}.")
        return [*lines, self.advice] if self.advice else lines

    @property
    def text(self):
        head = f"{self._style[0]} {self.name}: "
        text = head + plain("\n  ".join("\n".join(self._lines).split("\n")))
        return text + f"\n  It printed:\n{self.printed}" if self.printed else text

    @property
    def html(self):
        sign, mood = self._style
        first, *rest = (markup(line) for line in self._lines)
        inner = "<br>".join((f"<b>{sign} {self.name}</b>: {first}", *rest))
        if self.printed:
            inner += f"<br>It printed:<pre>{escape(self.printed)}</pre>"
        return box(inner, mood)


def examine(exercise, f, seed=None, seconds=None, known=None):
    """The Result of ``f``, which is neither shown nor recorded.

    Whatever ``f`` prints, draws, seeds or sets, the session stays as it is, and it has
    ten seconds, or as many as are given. ``known``: what :func:`expectations` gave for
    this exercise and seed, where many functions are examined.
    """
    if not callable(f):
        raise TypeError(f"check expects the function itself, got {type(f).__name__}")
    with undisturbed():
        known = known or Known(exercise, seed)
        return _examine(exercise, f, known, seconds, seed)


def expectations(exercise, seed=None):
    """The :class:`Known` of ``exercise``: worked out once, for many functions.

    Raises where the reference itself fails: the declaration is at fault.
    """
    with undisturbed():
        return Known(exercise, seed)


class Known:
    """The inputs that an exercise tries, and what is known to be given for them.

    Attributes:
        cases: the inputs, each a tuple of arguments.
        expected: the reference's Outcome for each.
    """

    def __init__(self, exercise, seed):
        self.exercise, self.cases = exercise, exercise.cases(seed)
        self.expected = [
            attempt(exercise, exercise.reference, case) for case in self.cases
        ]
        self._mistaken = {}
        _trust(exercise, self.expected)

    def mistaken(self, mistake, number):
        """The Outcome of a known mistake for the case of this number; kept."""
        key = mistake.name, number
        if key not in self._mistaken:
            case = self.cases[number]
            self._mistaken[key] = attempt(self.exercise, mistake.answer, case)
        return self._mistaken[key]


def _examine(exercise, f, known, seconds, seed):
    cases, expected = known.cases, known.expected
    if wrong := wrong_signature(exercise, f, cases[0]):
        return Result(exercise, "wrong", wrong, len(cases))
    uses = exercise.uses
    answers = attempts(exercise, f, cases, seconds)
    borrowed = exercise.uses > uses or f is exercise.reference
    if _is_stub(exercise, f, answers[0]):
        said = f"not started.{UNREACHED if has_unreached(f) else ''}"
        return Result(exercise, "not started", said)

    trials = [
        Trial(exercise, *each) for each in zip(cases, answers, expected, strict=False)
    ]
    result = Result(exercise, "passed", "", len(trials))
    result.printed = shorten(answers[0].printed)
    if not all(trial.right for trial in trials):
        return _explain(result, f, trials, known, seed)
    inputs = f"all {result.tried} inputs" if result.tried > 1 else "the input"
    result.message = f"right on {inputs} tried."
    if borrowed:
        result.verdict = "the course's own"
        result.message = (
            "that is the course's own function, or calls it. It is right, and stays "
            "unrecorded: write the lines yourself."
        )
    return result


def _is_stub(exercise, f, answer):
    silent = answer.nothing and not answer.error
    return (silent or isinstance(answer.error, NotImplementedError)) and untouched(
        f, exercise
    )


def _explain(result, f, trials, known, seed):
    """``result``, with what is wrong with ``f`` and the trial that shows it."""
    exercise = result.exercise
    shown = next(trial for trial in trials if not trial.right)
    if trials[-1].answer.stopped:
        shown = trials[-1]
    error, mistake = shown.answer.error, None
    if not shown.answer.stopped:
        mistake = _like(exercise, trials, known)
    raised = blame(shown, f) if error else ""
    if mistake:
        result.verdict, result.message = "known mistake", mistake.diagnosis
        result.mistake = mistake.name
        result.source = f"It {raised}" if error else ""
        if all(trial.answer.error for trial in trials):
            result.source += f"\n{WORDS_ALONE}"
    elif error:
        result.verdict, result.message = "wrong", raised
    else:
        result.verdict, (result.message, shown) = "wrong", observe(exercise, f, trials)
    if exercise.given and not mistake:
        result.message += f"\n{which_wrong(exercise, trials, shown, seed)}"
    result.inputs, result.printed = shown.inputs, shorten(shown.answer.printed)
    return result


def _like(exercise, trials, known):
    """The known mistake whose answers these are, on every input; or None.

    Some answer is wrong; so the mistake is, too, and no agreement is by accident. An
    answer that is NaN or infinite where it should not be is a fault of its own: it
    does not hide the mistake that the others show.
    """
    numbered = list(enumerate(trials))
    finite = [(i, trial) for i, trial in numbered if not trial.overflowed]
    others_wrong = any(not trial.right for _, trial in finite)
    for these in (numbered, finite) if others_wrong else (numbered,):
        for mistake in exercise.mistakes:
            if all(trial.like(known.mistaken(mistake, i)) for i, trial in these):
                return mistake
    return None


def _trust(exercise, expected):
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
