"""Lesson 03: the exercise ``layer_factors``."""

import numpy as np

from dlcourse.teach.exercise import exercise

from ..fixtures import _rms


def _layer(rng):
    n, inputs, outputs = (int(k) for k in rng.integers(2, 7, size=3))
    return (
        rng.normal(scale=0.1, size=(n, outputs)),
        rng.uniform(0.05, 0.9, size=(n, outputs)),
        rng.normal(size=(outputs, inputs)),
    )


@exercise(
    section="The product, taken apart",
    inputs=_layer,
    edge_cases=(
        (np.ones((2, 3)), np.full((2, 3), 0.25), np.ones((3, 5))),
        (np.ones((4, 1)), np.full((4, 1), 0.5), np.ones((1, 2))),
    ),
    returns=("the factor of the slopes", "the factor of the weights"),
)
def layer_factors(G, slope, W):
    """By how much slopes and weights of a layer change the size (rms) of G = dL/dH.

    G, slope: (N, m).   W: (m, n).   Returns two numbers.
    """
    dZ = G * slope
    dX = dZ @ W
    return _rms(dZ) / _rms(G), _rms(dX) / _rms(dZ)


@layer_factors.mistake(
    "The second factor is the whole layer's: compare dL/dX with dL/dZ, what the slopes "
    "have left, not with G."
)
def weights_from_the_start(G, slope, W):
    dZ = G * slope
    return _rms(dZ) / _rms(G), _rms(dZ @ W) / _rms(G)


@layer_factors.mistake(
    "Both are turned upside down: on its way back the gradient meets the slopes first, "
    "so it is the size after over the size before."
)
def upside_down(G, slope, W):
    a, b = layer_factors.reference(G, slope, W)
    return 1 / a, 1 / b


@layer_factors.mistake(
    "You took the mean of the slopes and the size of W. The weights' factor is what "
    "happens to dL/dZ in the product with W; each entry is a sum over m units."
)
def sizes_of_the_parts(G, slope, W):
    return slope.mean(), _rms(W)


@layer_factors.mistake(
    "These are the sizes of slope and W themselves. Asked is what each does to the "
    "gradient: the rms after it over the rms before it, once for the slopes, once for "
    "the product with W."
)
def sizes_as_rms(G, slope, W):
    return _rms(slope), _rms(W)


@layer_factors.mistake(
    "You took lengths (the root of the sum of squares). dL/dX and dL/dZ have different "
    "numbers of entries: take the root of the mean."
)
def lengths(G, slope, W):
    norm, dZ = np.linalg.norm, G * slope
    return norm(dZ) / norm(G), norm(dZ @ W) / norm(dZ)


@layer_factors.mistake(
    "The root is missing: these are ratios of mean squares, so both factors are "
    "squared."
)
def without_the_root(G, slope, W):
    a, b = layer_factors.reference(G, slope, W)
    return a**2, b**2


@layer_factors.mistake(
    "The two are exchanged: the slopes' factor comes first, then the weights'."
)
def factors_exchanged(G, slope, W):
    return layer_factors.reference(G, slope, W)[::-1]


@layer_factors.mistake(
    "G goes through W without the slopes: dL/dX is dL/dZ times W, and dL/dZ has the "
    "slopes in it already."
)
def slopes_left_out(G, slope, W):
    return _rms(G * slope) / _rms(G), _rms(G @ W) / _rms(G)


@layer_factors.mistake(
    "The second factor compares G @ W with dL/dZ: what is multiplied by W must be what "
    "you divide by, dL/dZ in both places."
)
def slopes_below_only(G, slope, W):
    dZ = G * slope
    return _rms(dZ) / _rms(G), _rms(G @ W) / _rms(dZ)


@layer_factors.mistake(
    "You took the mean of the absolute values. rms squares the entries, takes the "
    "mean, and then the root."
)
def mean_of_sizes(G, slope, W):
    dZ = G * slope
    sizes = [np.abs(a).mean() for a in (G, dZ, dZ @ W)]
    return sizes[1] / sizes[0], sizes[2] / sizes[1]


@layer_factors.mistake(
    "The root of m times the size of W is what to expect of random gradients; measure "
    "it on this gradient: the rms after the product over the rms before it."
)
def what_to_expect(G, slope, W):
    return _rms(G * slope) / _rms(G), np.sqrt(len(W)) * _rms(W)


@layer_factors.mistake(
    "std takes off the mean before it squares; the size (rms) does not: a gradient "
    "whose entries are all alike is not of size 0."
)
def std_for_rms(G, slope, W):
    dZ = G * slope
    return dZ.std() / G.std(), (dZ @ W).std() / dZ.std()
