from itertools import accumulate

import numpy as np

from dlcourse.teach.exercise import exercise

from ..fixtures import relu


def _recursion(rng):
    f = (np.tanh, relu)[int(rng.integers(2))]
    gain, q = float(rng.uniform(1.3, 2)), float(rng.uniform(1.5, 3))
    return f, gain, q, int(rng.integers(6)), _draws(rng.normal(size=30))


def _draws(z):
    z = np.array(z)
    return z / np.sqrt(np.mean(z**2))


@exercise(
    section="Deeper: Fifty layers without a network",
    inputs=_recursion,
    edge_cases=(
        (relu, 1.6, 0.5, 3, _draws([-1.5, -0.2, 0.7, 1.1])),
        (np.tanh, 1.5, 2.0, 1, _draws([-2.0, -0.5, 0.5, 2.0])),
        (np.tanh, 1.4, 2.5, 4, _draws([-1.5, 0.4, 0.7, 0.9])),
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


def _by(step):
    """The list of moments, each from the last by step(f, gain, q, z)."""
    return lambda f, gain, q, depth, z: list(
        accumulate(range(depth), lambda q, _: step(f, gain, q, z), initial=q)
    )


recursion.mistake(
    "Inside f, z is multiplied by the root of q, and by nothing else: a number with "
    "second moment q is the *root* of q times one with second moment 1.",
    q_for_its_root=_by(lambda f, gain, q, z: gain**2 * np.mean(f(q * z) ** 2)),
    q_forgotten=_by(lambda f, gain, q, z: gain**2 * np.mean(f(z) ** 2)),
    q_outside=_by(lambda f, gain, q, z: gain**2 * q * np.mean(f(z) ** 2)),
    gain_inside=_by(lambda f, gain, q, z: np.mean(f(gain * q**0.5 * z) ** 2)),
)
recursion.mistake(
    "The gain multiplies the weights, behind f; second moments grow by its square. It "
    "is missing here, or not squared.",
    gain_not_squared=_by(lambda f, gain, q, z: gain * np.mean(f(q**0.5 * z) ** 2)),
    without_gain=_by(lambda f, gain, q, z: np.mean(f(q**0.5 * z) ** 2)),
)
recursion.mistake(
    "A *second* moment is the mean of the squares: square what f gives, then take the "
    "mean. The variance takes the mean off, and the next layer adds up all of f.",
    square_of_the_mean=_by(lambda f, gain, q, z: gain**2 * f(q**0.5 * z).mean() ** 2),
    outputs_not_squared=_by(lambda f, gain, q, z: gain**2 * f(np.sqrt(q) * z).mean()),
    variance_of_the_outputs=_by(lambda f, gain, q, z: gain**2 * f(q**0.5 * z).var()),
)
recursion.mistake(
    "Right for one activation only: is it written into the formula, where `f` belongs?",
    always_tanh=_by(lambda f, gain, q, z: recursion(np.tanh, gain, q, 1, z)[1]),
    always_relu=_by(lambda f, gain, q, z: recursion(relu, gain, q, 1, z)[1]),
)
recursion.mistake(
    "depth + 1 numbers are asked for: q_0 = q, which comes in, and one behind each of "
    "the layers. The first is missing, or the last.",
    without_q_0=lambda f, gain, q, depth, z: recursion(f, gain, q, depth, z)[1:],
    one_too_short=lambda f, gain, q, depth, z: recursion(f, gain, q, depth, z)[:-1],
)
recursion.mistake(
    "q_1 is right. Then each layer starts from the first q again: it should start from "
    "the one before, the last value in the list.",
    from_the_first_q=lambda f, gain, q, depth, z: (
        [q] + recursion(f, gain, q, 1, z)[1:] * depth
    ),
)


@recursion.mistake(
    "q_1 is right. Then you send the same sample on, f(f(z)). But every entry of the "
    "next z is a *sum* over many units, about normal again: each layer starts from z, "
    "brought to its own q."
)
def one_sample_through_all(f, gain, q, depth, z):
    found, sample = [q], np.sqrt(q) * z
    for _ in range(depth):
        sample = gain * f(sample)
        found.append(np.mean(sample**2))
    return found
