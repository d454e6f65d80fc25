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
        (np.tanh, 1.4, 2.5, 4, _draws([-1.5, 0.4, 0.7, 0.9])),
    ),
    returns="the list of q_0 ... q_depth",
)
def recursion(f, gain, q, depth, z):
    """The list of q_0 = q, ..., q_depth: q_(l+1) = gain^2 E[f(sqrt(q_l) z)^2]."""
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
    "depth + 1 numbers are asked for: q_0 = q, which comes in, and one behind each of "
    "the layers. The first is missing, or the last.",
    without_q_0=lambda f, gain, q, depth, z: recursion(f, gain, q, depth, z)[1:],
    one_too_short=lambda f, gain, q, depth, z: recursion(f, gain, q, depth, z)[:-1],
)
recursion.mistake(
    "q_1 is right. Then each layer starts from the first q again: it should start from "
    "the one before, the last value in the list.",
    from_the_first_q=lambda f, g, q, n, z: [q] + recursion(f, g, q, 1, z)[1:] * n,
)
recursion.mistake(
    "q_1 is right. Then you send the same sample on. But an entry of the next z is a "
    "*sum* over many units: each layer starts from z, brought to its own q.",
    one_sample_through_all=lambda f, gain, q, depth, z: [
        np.mean(s**2)
        for s in accumulate(range(depth), lambda s, _: gain * f(s), initial=q**0.5 * z)
    ],
)
