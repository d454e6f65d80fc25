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


# ----------------------------------------------------------- the gain of any activation


def _outputs(rng):
    z = rng.normal(size=(int(rng.integers(20, 40)), 3))
    low, up = rng.uniform(0.02, 0.3), rng.uniform(0.4, 0.9)
    return (np.where(z > 0, up * z, low * z) + rng.uniform(0.2, 0.4),)


@exercise(LESSON, section="One gain for each", inputs=_outputs, returns="the gain")
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


# --------------------------------------------------------------- the variance recursion


def _relu(z):
    return np.maximum(z, 0)


def _recursion(rng):
    f = (np.tanh, _relu)[int(rng.integers(2))]
    z = rng.normal(size=30)
    return f, float(rng.uniform(1.3, 2)), float(rng.uniform(1.5, 3)), 4, z


@exercise(
    LESSON,
    section="Fifty layers without a network",
    inputs=_recursion,
    edge_cases=(
        (np.tanh, 1.5, 2.0, 1, np.array([-2.0, -0.5, 0.5, 2.0])),
        (_relu, 1.6, 0.5, 3, np.array([-1.5, -0.2, 0.7, 1.1])),
    ),
    returns="the list of q_0 ... q_depth",
)
def recursion(f, gain, q, depth, z):
    """The second moments q_0 = q, q_1, ..., q_depth, a list of depth + 1 numbers.

    q_(l+1) = gain^2 E[f(sqrt(q_l) z)^2], the mean over the entries of z.
    """
    moments = [q]
    for _ in range(depth):
        moments.append(gain**2 * np.mean(f(np.sqrt(moments[-1]) * z) ** 2))
    return moments


def _recursion_with(step):
    def moments(f, gain, q, depth, z):
        found = [q]
        for _ in range(depth):
            found.append(step(f, gain, found[-1], z))
        return found

    return moments


@recursion.mistake(
    "z is multiplied by q itself. A number with second moment q is the *root* of q "
    "times one with second moment 1."
)
def q_for_its_root(f, gain, q, depth, z):
    step = _recursion_with(lambda f, gain, q, z: gain**2 * np.mean(f(q * z) ** 2))
    return step(f, gain, q, depth, z)


@recursion.mistake(
    "The gain is not squared. It multiplies the weights; second moments grow by its "
    "square."
)
def gain_not_squared(f, gain, q, depth, z):
    step = _recursion_with(lambda f, gain, q, z: gain * np.mean(f(q**0.5 * z) ** 2))
    return step(f, gain, q, depth, z)


@recursion.mistake(
    "The gain is missing: the weights multiply what the activation leaves by gain^2."
)
def without_gain(f, gain, q, depth, z):
    step = _recursion_with(lambda f, gain, q, z: np.mean(f(q**0.5 * z) ** 2))
    return step(f, gain, q, depth, z)


@recursion.mistake(
    "Every layer starts from the first q again: layer l + 1 begins where layer l has "
    "ended."
)
def always_from_the_first(f, gain, q, depth, z):
    return [q] + depth * [gain**2 * np.mean(f(np.sqrt(q) * z) ** 2)]


@recursion.mistake("The list begins with q_1. Put q itself, q_0, in front.")
def without_the_start(f, gain, q, depth, z):
    return recursion.reference(f, gain, q, depth, z)[1:]


@recursion.mistake(
    "You take the mean first and square it then. The mean of the squares is needed: "
    "for tanh the mean is near 0, the squares are not."
)
def square_of_the_mean(f, gain, q, depth, z):
    step = _recursion_with(lambda f, gain, q, z: gain**2 * np.mean(f(q**0.5 * z)) ** 2)
    return step(f, gain, q, depth, z)
