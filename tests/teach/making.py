"""Exercises for the tests of check(), and what it says about an answer to them."""

import numpy as np

from dlcourse.teach.checker import examine
from dlcourse.teach.course import LESSONS
from dlcourse.teach.exercise import Exercise


def make(reference=None, inputs=None, **options):
    """An exercise that is in no registry: by default, a function of a matrix."""

    def softplus(x):
        """log(1 + exp(x)), entry by entry."""
        return np.log1p(np.exp(x))

    def matrices(rng):
        return (rng.normal(size=rng.integers(2, 6, size=2)),)

    return Exercise(
        reference or softplus,
        LESSONS[0],
        "Softplus",
        inputs or matrices,
        **options,
    )


def said(f, exercise=None):
    """What the learner who wrote ``f`` is told."""
    result = examine(exercise or make(), f)
    assert result.verdict == "wrong", result.text
    return result.text


def right(x):
    return np.log1p(np.exp(x))


def unpacked(f, x):
    """A ``run`` that takes the answer apart, in another module than the answer's."""
    first, second = f(x)
    return {"first": first, "second": second}


def inverted(f, x):
    """A ``run`` that uses what ``f`` changes."""
    f(x)
    return 1 / float(np.abs(x).sum())
