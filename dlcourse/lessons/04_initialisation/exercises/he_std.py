"""Lesson 04: the exercise ``he_std``."""

import numpy as np

from dlcourse.teach.exercise import exercise


def _shape(rng):
    few = int(rng.integers(2, 200))
    many = few + int(rng.integers(1, 200))
    return ((few, many) if rng.integers(2) else (many, few),)


@exercise(
    section="Debug this: fine for a year",
    inputs=_shape,
    edge_cases=(((64, 64),), ((64, 128),), ((10, 64),), ((128, 64),)),
    returns="the standard deviation",
)
def he_std(shape):
    """He's standard deviation for a weight of this shape, (m, n), before a ReLU."""
    _, fan_in = shape
    return np.sqrt(2 / fan_in)


@he_std.mistake(
    "This is the colleague's function again: right for square weights, wrong for all "
    "others. In Y = X W^T the weight is (m, n): which of the two counts the inputs?"
)
def fans_swapped(shape):
    return np.sqrt(2 / shape[0])


@he_std.mistake(
    "That is the variance. The colleague's network asks for the standard deviation, "
    "its root."
)
def variance(shape):
    return 2 / shape[1]


@he_std.mistake(
    "You took the mean of both fans: that is Xavier's compromise, times the factor of "
    "ReLU. It is right for square weights only."
)
def compromise(shape):
    return np.sqrt(4 / sum(shape))


@he_std.mistake("ReLU's factor of two is missing: He's variance is 2 over the fan-in.")
def without_two(shape):
    return np.sqrt(1 / shape[1])


@he_std.mistake(
    "Two mistakes. It is the colleague's fan: which entry of (m, n) counts the inputs "
    "of a unit? And it is the variance, where the standard deviation is asked for."
)
def variance_of_the_wrong_fan(shape):
    return 2 / shape[0]


@he_std.mistake(
    "The fan is the right one, but it stands outside the root. The *variance* is 2 "
    "over the fan-in: take the root of all of it."
)
def root_of_two_only(shape):
    return np.sqrt(2) / shape[1]


@he_std.mistake(
    "You divide by the number of all weights. A unit adds up one term for each of its "
    "*inputs*, however many units there are beside it: only one of the two numbers "
    "counts."
)
def by_the_product(shape):
    return np.sqrt(2 / (shape[0] * shape[1]))


@he_std.mistake(
    "You take the larger of the two, which is the fan-in for some shapes only. The "
    "place decides, not the size: in Y = X W^T, which axis of W meets the inputs?"
)
def larger_fan(shape):
    return np.sqrt(2 / max(shape))


@he_std.mistake(
    "You take the smaller of the two, which is the fan-in for some shapes only. The "
    "place decides, not the size: in Y = X W^T, which axis of W meets the inputs?"
)
def smaller_fan(shape):
    return np.sqrt(2 / min(shape))


@he_std.mistake(
    "This is Xavier's rule: a compromise between both directions, for a layer without "
    "activation. He's looks at the inputs only, and makes up for ReLU."
)
def xavier(shape):
    return np.sqrt(2 / sum(shape))


@he_std.mistake(
    "This is the *bound* of the uniform distribution that has He's deviation. Asked "
    "for is the deviation itself (exercise 2 has the factor between the two)."
)
def uniform_form(shape):
    return np.sqrt(6 / shape[1])
