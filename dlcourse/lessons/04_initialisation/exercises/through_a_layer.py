"""Lesson 04: the exercise ``through_a_layer``."""

import numpy as np

from dlcourse.teach.exercise import exercise


def _layer(rng):
    n = int(rng.integers(2, 20))
    m = n + int(rng.integers(1, 20))
    s, q, g = rng.uniform(0.2, 0.9), rng.uniform(1.2, 3), rng.uniform(0.1, 0.8)
    return float(s), n, m, float(q), float(g)


@exercise(
    section="Two requirements",
    inputs=_layer,
    edge_cases=((0.5, 4, 8, 1.0, 1.0), (0.1, 100, 10, 2.0, 0.5)),
    returns=("E[z^2]", "the second moment of dL/dX"),
)
def through_a_layer(s, n, m, q, g):
    """Second moments of Z = X W^T and of dL/dX = (dL/dZ) W, two numbers.

    W (m, n) has standard deviation s; q is the second moment of X, g that of dL/dZ.
    """
    return n * s**2 * q, m * s**2 * g


@through_a_layer.mistake(
    "Both have s where the variance belongs: s is the standard deviation, and what "
    "adds up is squares, s^2."
)
def deviation_for_variance(s, n, m, q, g):
    return n * s * q, m * s * g


@through_a_layer.mistake(
    "n and m are exchanged: an entry of Z is a sum over the n inputs, an entry of "
    "dL/dX a sum over the m units that used it."
)
def fans_exchanged(s, n, m, q, g):
    return m * s**2 * q, n * s**2 * g


@through_a_layer.mistake(
    "The second moment of Z is right. Back, the sum runs over the m units that used "
    "the input, not over the n inputs."
)
def fan_in_twice(s, n, m, q, g):
    return n * s**2 * q, n * s**2 * g


@through_a_layer.mistake(
    "These are sizes (rms): asked for are the second moments, before the root."
)
def sizes(s, n, m, q, g):
    return np.sqrt(n * s**2 * q), np.sqrt(m * s**2 * g)


@through_a_layer.mistake(
    "q and g are missing: these are the factors of a layer, to be multiplied by what "
    "comes in."
)
def factors_alone(s, n, m, q, g):
    return n * s**2, m * s**2


@through_a_layer.mistake(
    "The sums are missing: each entry of Z adds up n terms, each of dL/dX m of them."
)
def one_term(s, n, m, q, g):
    return s**2 * q, s**2 * g


@through_a_layer.mistake(
    "Both numbers are right, but in the wrong order: first the way forward, E[z^2], "
    "then the way back."
)
def way_back_first(s, n, m, q, g):
    return m * s**2 * g, n * s**2 * q


@through_a_layer.mistake(
    "The widths are right, but q and g are exchanged: what comes in on the way forward "
    "is X, with second moment q; on the way back it is dL/dZ, with g."
)
def moments_exchanged(s, n, m, q, g):
    return n * s**2 * g, m * s**2 * q


@through_a_layer.mistake(
    "You squared q and g. They *are* mean squares already, second moments: only s, a "
    "standard deviation, is still to be squared."
)
def moments_squared(s, n, m, q, g):
    return n * s**2 * q**2, m * s**2 * g**2


@through_a_layer.mistake(
    "You squared the number of terms. n terms that agree would make z n times larger, "
    "and z^2 n^2 times; but these are independent. Which products survive in step (2)?"
)
def terms_squared(s, n, m, q, g):
    return n**2 * s**2 * q, m**2 * s**2 * g


@through_a_layer.mistake(
    "(n + m)/2 in both is Xavier's compromise, which comes later. Here count exactly: "
    "how many terms does one entry of Z add up, and how many one entry of dL/dX?"
)
def mean_of_the_fans(s, n, m, q, g):
    return (n + m) / 2 * s**2 * q, (n + m) / 2 * s**2 * g


@through_a_layer.mistake(
    "The half belongs to ReLU, which comes later. This layer has no activation: "
    "nothing is cut off."
)
def halved_as_by_relu(s, n, m, q, g):
    return n * s**2 * q / 2, m * s**2 * g / 2
