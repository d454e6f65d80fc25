"""One input, what a function did with it, and the reference: compared once, here."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dlcourse.teach.answers import Mismatch, Pair, close, pair
from dlcourse.teach.attempt import Outcome, attempt, kind_of, words_of

__all__ = ["Trial", "Value", "over"]

AMPLIFIED = 8  # times the reference's own loss in float32 that an answer may lose
MOST_LOST = 1e-2  # of the largest entry: two digits must be right in any precision


@dataclass
class Trial:
    """A comparison of two Outcomes for the same inputs.

    Attributes:
        changed: Pairs of the inputs after the call.
        returned: Pairs of what was returned; empty where nothing is.
        mismatch: what keeps the two from being laid side by side, or None.
    """

    exercise: object
    inputs: tuple
    answer: Outcome
    expected: Outcome

    def __post_init__(self):
        exercise, answer, expected = self.exercise, self.answer, self.expected
        names = exercise.returns if isinstance(exercise.returns, tuple) else ()
        afters = zip(exercise.given, answer.after, expected.after, strict=True)
        self.changed, moved = _laid(
            lambda: [
                leaf
                for name, a, e in afters
                for leaf in pair(a, e, f"`{name}` after the call")
            ]
        )
        self.returned, other = [], None
        if not (exercise.silent or answer.error or expected.error):
            self.returned, other = _laid(
                lambda: pair(answer.value, expected.value, names=names)
            )
        self.mismatch = other or moved
        self._kept = not moved

    @cached_property
    def same(self):
        """Whether both did the same; a list of numbers is as good as an array."""
        return self._agree(self._close)

    @cached_property
    def right(self):
        """Whether the answer passes.

        What float32 costs on these very inputs is allowed to an answer in float32: it
        is measured, as the reference's own loss.
        """
        return (self.same or self._agree(self._within)) and not self.listed

    @property
    def listed(self):
        """The Pairs whose answer is a list, where what follows expects an array."""
        if self.exercise.any_sequence or self.exercise.compare:
            return []
        return [leaf for leaf in self.returned if leaf.listed]

    @cached_property
    def wrong(self):
        """The Pairs whose numbers differ."""
        leaves = [*self.returned, *self.changed]
        return [leaf for leaf in leaves if not self._within(leaf)]

    @cached_property
    def overflowed(self):
        """Whether the answer is NaN or infinite where the reference is not."""
        return any(
            np.any(~np.isfinite(leaf.answer) & np.isfinite(leaf.expected))
            for leaf in self.returned
            if not isinstance(leaf.expected, str)
            and leaf.answer.shape == leaf.expected.shape
        )

    def like(self, outcome):
        """Whether the answer is the same as ``outcome``, a known mistake's."""
        return Trial(self.exercise, self.inputs, self.answer, outcome).same

    def _agree(self, close_enough):
        if not self._kept or not all(map(close_enough, self.changed)):
            return False
        if self.answer.error or self.expected.error:
            errors = self.answer.error, self.expected.error
            return all(len({of(e) for e in errors}) == 1 for of in (kind_of, words_of))
        if self.exercise.compare:
            return self._by_its_own_comparison()
        return not self.mismatch and all(map(close_enough, self.returned))

    def _by_its_own_comparison(self):
        try:
            return bool(self.exercise.compare(self.answer.raw, self.expected.raw))
        except Exception:  # it stumbled over an odd answer
            return False

    def _close(self, leaf):
        return close(*leaf[1:3], self.exercise.rtol, self.exercise.atol)

    def _within(self, leaf):
        if self._close(leaf):
            return True
        arrays = leaf[1:3]
        if not any(getattr(x, "dtype", None) == np.float32 for x in arrays):
            return False
        lost = min(
            AMPLIFIED * self._lost.get(leaf.where, 0.0),
            MOST_LOST * _largest(leaf.expected),
        )
        return close(*arrays, self.exercise.rtol, self.exercise.atol + lost)

    @cached_property
    def _lost(self):
        """{where: by how much the reference in float32 is off from that in float64}."""
        exercise = self.exercise
        low, high = (
            attempt(exercise, exercise.reference, _cast(self.inputs, precision))
            for precision in (np.float32, np.float64)
        )
        both = Trial(exercise, self.inputs, low, high)
        return {
            where: _largest(np.asarray(a, float) - e)
            for where, a, e, *_ in [*both.returned, *both.changed]
            if not isinstance(e, str) and a.shape == e.shape and e.dtype.kind == "f"
        }


def _laid(lay: Callable[[], list[Pair]]):
    """The Pairs, and None; or no Pairs, and the Mismatch."""
    try:
        return lay(), None
    except Mismatch as mismatch:
        return [], mismatch


def _cast(value, precision):
    """Inputs with all their arrays of floats in another precision."""
    if type(value) in (list, tuple):
        return type(value)(_cast(item, precision) for item in value)
    if isinstance(value, np.ndarray | np.floating) and value.dtype.kind == "f":
        return value.astype(precision)
    return value


def _largest(array):
    finite = np.abs(array[np.isfinite(array)])
    return float(finite.max()) if finite.size else 0.0


# ----------------------------------------------------------- one value, over the trials


@dataclass
class Value:
    """One value over the trials: arrays (or texts) of answer and reference."""

    exercise: object
    where: str
    trials: list
    answers: list
    expected: list
    about: Trial | None = None  # the trial that was spoken of, where it was one
    everywhere: bool = True  # whether every trial has the value
    lists: tuple = (False, False)  # as in a Pair

    @cached_property
    def wrong(self):
        """The (trial, answer, expected) whose numbers differ."""
        each = zip(self.trials, self.answers, self.expected, strict=True)
        return [t for t in each if self.where in {leaf.where for leaf in t[0].wrong}]

    @property
    def tolerance(self):
        return self.exercise.rtol, self.exercise.atol

    @cached_property
    def telling(self):
        """Whether there are numbers enough to tell a rule from an accident.

        One number alone is some multiple of any other: to name it would give the
        answer away.
        """
        return len(np.unique(np.concatenate([e.ravel() for e in self.expected]))) > 1

    def equals(self, images):
        """Whether every answer has the shape and the numbers of its image."""
        return all(
            close(a, image, *self.tolerance)
            for a, image in zip(self.answers, images, strict=True)
        )


def over(exercise, trials, where):
    """The Value ``where``, over all the trials that have it."""
    found = [
        (trial, leaf)
        for trial in trials
        for leaf in (*trial.returned, *trial.changed)
        if leaf.where == where and not trial.answer.error
    ]
    return Value(
        exercise,
        where,
        [trial for trial, _ in found],
        [leaf.answer for _, leaf in found],
        [leaf.expected for _, leaf in found],
        everywhere=len(found) == len(trials),
        lists=found[0][1].lists,
    )
