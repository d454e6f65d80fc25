"""The exercises of lesson 04's first half: what keeps the size of signal, gradient."""

import numpy as np

from dlcourse.teach.exercise import exercise

LESSON = "04 Initialisation"


# ------------------------------------------------------- there and back through a layer


def _layer(rng):
    n = int(rng.integers(2, 20))
    m = n + int(rng.integers(1, 20))
    s, q, g = rng.uniform(0.2, 0.9), rng.uniform(1.2, 3), rng.uniform(0.1, 0.8)
    return float(s), n, m, float(q), float(g)


@exercise(
    LESSON,
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


# --------------------------------------------- the bound of a uniform distribution


@exercise(
    LESSON,
    section="Uniform or normal",
    inputs=lambda rng: (float(rng.uniform(0.01, 3)),),
    edge_cases=((1.0,), (0.125,)),
    returns="the bound b",
)
def uniform_bound(std):
    """The b for which the uniform distribution on [-b, b] has this deviation."""
    return np.sqrt(3) * std


@uniform_bound.mistake(
    "With b equal to the standard deviation, all values lie within it, most of them "
    "far within: the spread is smaller than b. Work out the mean of w^2 on [-b, b]."
)
def bound_is_deviation(std):
    return std


@uniform_bound.mistake(
    "sqrt(12) is for the whole width of the interval. Here the width is 2 b."
)
def whole_width(std):
    return np.sqrt(12) * std


@uniform_bound.mistake(
    "The root is missing: b^2 / 3 is the variance, so b is the root of 3 std^2."
)
def without_the_root(std):
    return 3 * std**2


@uniform_bound.mistake(
    "It is upside down: this is the deviation of the uniform distribution on [-std, "
    "std]."
)
def deviation_of_the_bound(std):
    return std / np.sqrt(3)


@uniform_bound.mistake(
    "You took std for the variance: it is the standard deviation, its square is the "
    "variance."
)
def from_the_variance(std):
    return np.sqrt(3 * std)


@uniform_bound.mistake(
    "The 6 of the slide is not all the interval's: a part of it is the 2 of Xavier's "
    "variance, 2/(n + m). Here the deviation is given, whatever it came from: which "
    "part is left?"
)
def with_the_slides_six(std):
    return np.sqrt(6) * std


@uniform_bound.mistake(
    "You divided the integral by b. The interval reaches from -b to b: to get the "
    "mean, divide by its whole width."
)
def divided_by_half_the_width(std):
    return np.sqrt(1.5) * std


@uniform_bound.mistake(
    "Nearly: solving b^2 / 3 = std^2 for b takes the root of the *whole* right-hand "
    "side. You took it of std^2 only; the 3 stands under the root, too."
)
def root_of_a_part(std):
    return 3 * std


@uniform_bound.mistake(
    "You set the integral itself equal to the variance, which leaves b^3. The mean is "
    "the integral divided by the width, 2 b; then b^2 is left."
)
def integral_for_the_mean(std):
    return np.cbrt(1.5 * std**2)


@uniform_bound.mistake(
    "A third root means that b^3 was left: the integral was not divided by the width. "
    "And did you integrate from 0 to b only? The interval begins at -b."
)
def half_the_integral(std):
    return np.cbrt(3 * std**2)


# ----------------------------------------------------------- the gain of any activation


def _outputs(rng):
    z = rng.normal(size=(int(rng.integers(20, 40)), 3))
    low, up = rng.uniform(0.02, 0.3), rng.uniform(0.4, 0.9)
    return (np.where(z > 0, up * z, low * z) + rng.uniform(0.2, 0.4),)


@exercise(
    LESSON,
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
