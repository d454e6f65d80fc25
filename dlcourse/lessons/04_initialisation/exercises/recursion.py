"""Lesson 04: the exercise ``recursion``."""

import numpy as np

from dlcourse.teach.exercise import exercise

from ..fixtures import _relu


def _recursion(rng):
    f = (np.tanh, _relu)[int(rng.integers(2))]
    z = rng.normal(size=30)
    return f, float(rng.uniform(1.3, 2)), float(rng.uniform(1.5, 3)), 4, z


@exercise(
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


@recursion.mistake(
    "You used the variance, which takes the mean off. The next layer adds up all of "
    "what f gives, mean included: what counts is E[f^2]. (For tanh they are nearly the "
    "same; compare them for ReLU.)"
)
def variance_of_the_outputs(f, gain, q, depth, z):
    step = _recursion_with(lambda f, gain, q, z: gain**2 * np.var(f(q**0.5 * z)))
    return step(f, gain, q, depth, z)


@recursion.mistake(
    "The gain stands inside f. It belongs to the weights *behind* f: they multiply "
    "what f gives. (ReLU lets factors through, so it hides this; tanh does not.)"
)
def gain_inside(f, gain, q, depth, z):
    step = _recursion_with(lambda f, gain, q, z: np.mean(f(gain * q**0.5 * z) ** 2))
    return step(f, gain, q, depth, z)


@recursion.mistake(
    "q stands outside f, as a factor. f must see numbers of the layer's own size, "
    "sqrt(q) z: a large z saturates tanh, a small one does not. (ReLU lets factors "
    "through, so it hides this.)"
)
def q_outside(f, gain, q, depth, z):
    step = _recursion_with(lambda f, gain, q, z: gain**2 * q * np.mean(f(z) ** 2))
    return step(f, gain, q, depth, z)


@recursion.mistake(
    "What f gives is not squared: a *second* moment is the mean of the squares. (The "
    "mean of tanh is near 0, or even below it; then the next root fails.)"
)
def outputs_not_squared(f, gain, q, depth, z):
    step = _recursion_with(lambda f, gain, q, z: gain**2 * np.mean(f(np.sqrt(q) * z)))
    return step(f, gain, q, depth, z)


@recursion.mistake(
    "The q of the layer does not enter: f is given z as it was drawn, with second "
    "moment 1, so that every layer gives the same. First bring z to the layer's size."
)
def q_forgotten(f, gain, q, depth, z):
    step = _recursion_with(lambda f, gain, q, z: gain**2 * np.mean(f(z) ** 2))
    return step(f, gain, q, depth, z)


@recursion.mistake(
    "Right for tanh, and for tanh only: `np.tanh` is written where the argument `f` "
    "belongs."
)
def always_tanh(f, gain, q, depth, z):
    return recursion.reference(np.tanh, gain, q, depth, z)


@recursion.mistake(
    "Right for ReLU, and for ReLU only: it is written into the formula where the "
    "argument `f` belongs."
)
def always_relu(f, gain, q, depth, z):
    return recursion.reference(_relu, gain, q, depth, z)


@recursion.mistake(
    "q_1 is right. Then you send the same sample on through all layers, f(f(f(z))). "
    "But every entry of the next z is a *sum* over many units, about normal again: "
    "each layer starts from the normal z, brought to its own q. All that is handed on "
    "is q."
)
def one_sample_through_all(f, gain, q, depth, z):
    found, sample = [q], np.sqrt(q) * z
    for _ in range(depth):
        sample = gain * f(sample)
        found.append(np.mean(sample**2))
    return found
