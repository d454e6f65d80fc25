"""Lesson 04: the exercise ``gain_from``."""

import numpy as np

from dlcourse.teach.exercise import exercise


def _outputs(rng):
    z = rng.normal(size=(int(rng.integers(20, 40)), 3))
    low, up = rng.uniform(0.02, 0.3), rng.uniform(0.4, 0.9)
    return (np.where(z > 0, up * z, low * z) + rng.uniform(0.2, 0.4),)


@exercise(
    section="One gain for each",
    inputs=_outputs,
    edge_cases=((np.array([[0.9, -0.6], [-0.5, -0.4]]),),),
    returns="the gain",
)
def gain_from(h):
    """The factor for weights that undoes what an activation does to the size.

    h: its outputs for inputs z with E[z^2] = 1.
    """
    return 1 / np.sqrt(np.mean(h**2))


@gain_from.mistake(
    "You used the standard deviation, which takes the mean off. The next layer adds "
    "up h as it is, mean included: what counts is E[h^2]."
)
def by_the_deviation(h):
    return 1 / np.std(h)


@gain_from.mistake(
    "The root is missing: 1 / E[h^2] is the square of the gain, the factor for the "
    "*variance* of the weights."
)
def squared(h):
    return 1 / np.mean(h**2)


@gain_from.mistake(
    "That is how much the activation leaves over. The gain must undo it: one over that."
)
def what_is_left(h):
    return np.sqrt(np.mean(h**2))


@gain_from.mistake(
    "You took the mean of the absolute values. The variances of independent terms add "
    "up, so squares are needed."
)
def by_absolute_values(h):
    return 1 / np.mean(np.abs(h))


@gain_from.mistake(
    "You took the largest output to 1. What is to be kept is the size of a typical "
    "one: the root of the mean square."
)
def by_the_largest(h):
    return 1 / np.abs(h).max()


@gain_from.mistake(
    "Two things at once. The variance takes the mean off, but the next layer adds up h "
    "as it is: what counts is E[h^2]. And this is the factor for the *variance* of the "
    "weights: a root is missing."
)
def by_the_variance(h):
    return 1 / np.var(h)


@gain_from.mistake(
    "There are no squares in this: in a plain mean, positive and negative outputs "
    "cancel. The size is measured by E[h^2], and its root."
)
def by_the_mean(h):
    return 1 / np.mean(h)


@gain_from.mistake(
    "The order: you took the mean first and squared it then, which the root undoes "
    "again. Square every entry, then take the mean, then the root."
)
def mean_before_the_square(h):
    return 1 / np.sqrt(np.mean(h) ** 2)


@gain_from.mistake(
    "That is the second moment that is left over. Two steps to go: the gain multiplies "
    "h, not h^2, so a root is needed; and it must *undo*, so one over it."
)
def second_moment_left(h):
    return np.mean(h**2)


@gain_from.mistake(
    "You divided the sum by `len(h)`, which counts the rows only. The mean is over all "
    "entries: `h.size`, or `np.mean`."
)
def mean_over_the_rows(h):
    return 1 / np.sqrt(np.sum(h**2) / len(h))


@gain_from.mistake(
    "This is the norm: the root of the *sum* of the squares, which grows with the "
    "number of entries. Take their mean."
)
def by_the_norm(h):
    return 1 / np.sqrt(np.sum(h**2))
