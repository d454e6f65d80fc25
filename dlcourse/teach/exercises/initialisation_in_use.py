"""The exercises of lesson 04's second half: fans, LSUV, looks-linear."""

import numpy as np

from dlcourse.teach.exercise import exercise

LESSON = "04 Initialisation"


def _relu(z):
    return np.maximum(z, 0)


# ---------------------------------------------------------- debug this: fans exchanged


def _shape(rng):
    few = int(rng.integers(2, 200))
    many = few + int(rng.integers(1, 200))
    return ((few, many) if rng.integers(2) else (many, few),)


@exercise(
    LESSON,
    section="Debug this: fine for a year",
    inputs=_shape,
    edge_cases=(((64, 64),), ((64, 128),), ((10, 64),)),
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


# -------------------------------------------------------------------------------- LSUV


def _stack(rng):
    widths = [int(k) for k in rng.integers(4, 8, size=3)]
    X = rng.normal(size=(12, widths[0]))
    pairs = zip(widths[1:], widths, strict=False)
    scales = rng.uniform(2, 4, size=2)
    return (
        [s * rng.normal(size=pair) for s, pair in zip(scales, pairs, strict=True)],
        X,
    )


@exercise(
    LESSON,
    section="When no formula fits: LSUV",
    inputs=_stack,
    returns="the list of rescaled weights",
)
def unit_variance(weights, X):
    """The weights, each divided so that its Z has standard deviation 1.

    weights: list of arrays W (m, n).   X: (N, n).
    Z = H W^T with H = X in the first layer, then H = relu(Z).
    """
    scaled, H = [], X
    for W in weights:
        scaled.append(W / (H @ W.T).std())
        H = np.maximum(H @ scaled[-1].T, 0)
    return scaled


@unit_variance.mistake(
    "All layers are measured with the *old* weights below them. Once a layer is "
    "scaled, what reaches the next one has changed: send on what the scaled layer "
    "gives."
)
def not_in_order(weights, X):
    scaled, H = [], X
    for W in weights:
        Z = H @ W.T
        scaled.append(W / Z.std())
        H = _relu(Z)
    return scaled


@unit_variance.mistake(
    "You measured after the ReLU. It is Z, before the activation, that is to have "
    "standard deviation 1."
)
def after_the_relu(weights, X):
    scaled, H = [], X
    for W in weights:
        scaled.append(W / _relu(H @ W.T).std())
        H = _relu(H @ scaled[-1].T)
    return scaled


@unit_variance.mistake(
    "You multiply by the standard deviation where you must divide: a layer that gives "
    "too much needs smaller weights."
)
def the_wrong_way(weights, X):
    scaled, H = [], X
    for W in weights:
        scaled.append(W * (H @ W.T).std())
        H = _relu(H @ scaled[-1].T)
    return scaled


@unit_variance.mistake(
    "Each unit is scaled by itself. LSUV has one number for the whole layer: the "
    "deviation of all entries of Z."
)
def unit_by_unit(weights, X):
    scaled, H = [], X
    for W in weights:
        scaled.append(W / (H @ W.T).std(axis=0)[:, None])
        H = _relu(H @ scaled[-1].T)
    return scaled


@unit_variance.mistake(
    "The ReLU between the layers is missing: the next layer sees relu(Z), not Z."
)
def without_relu(weights, X):
    scaled, H = [], X
    for W in weights:
        scaled.append(W / (H @ W.T).std())
        H = H @ scaled[-1].T
    return scaled


@unit_variance.mistake(
    "You divided by the variance. Divide the weights by the standard deviation: Z is "
    "divided by the same number then."
)
def by_the_variance(weights, X):
    scaled, H = [], X
    for W in weights:
        scaled.append(W / (H @ W.T).var())
        H = _relu(H @ scaled[-1].T)
    return scaled


# --------------------------------------------------- stretch: ReLUs that look linear


def _matrices(rng):
    widths = rng.integers(2, 5, size=int(rng.integers(3, 6)))
    pairs = zip(widths[1:], widths, strict=False)
    return [rng.normal(size=pair) for pair in pairs], rng.normal(size=(6, widths[0]))


def _output(f, weights, X):
    mirrored = [np.asarray(W, float) for W in f([W.copy() for W in weights])]
    if len(mirrored) != len(weights):
        raise ValueError(
            f"{len(weights)} weights came in, {len(mirrored)} came out: each layer "
            "stays a layer"
        )
    H = X
    for k, W in enumerate(mirrored, start=1):
        if W.ndim != 2 or W.shape[1] != H.shape[1]:
            raise ValueError(
                f"layer {k} is given {H.shape[1]} numbers for each example, but its "
                f"weight has shape {W.shape}"
            )
        H = H @ W.T if k == len(mirrored) else _relu(H @ W.T)
    return H


@exercise(
    LESSON,
    section="Looks linear",
    inputs=_matrices,
    run=_output,
    returns="the network's output",
)
def mirrored(weights):
    """Weights of a ReLU network that computes X W1^T W2^T ... Wk^T, as if without ReLU.

    weights: list of k >= 2 arrays, W1 (n1, n0), W2 (n2, n1), ...; a list of k arrays.
    Every hidden layer becomes twice as wide.
    """
    first, *middle, last = weights
    return [
        np.vstack([first, -first]),
        *(np.block([[W, -W], [-W, W]]) for W in middle),
        np.hstack([last, -last]),
    ]


@mirrored.mistake(
    "Your network drops every negative number at the first ReLU: these are the "
    "weights as they came. Keep what is below 0 as well, in units of its own."
)
def as_they_came(weights):
    return list(weights)


@mirrored.mistake(
    "The last layer adds the two halves where it must subtract: relu(z) - relu(-z) = "
    "z, but relu(z) + relu(-z) = |z|."
)
def last_adds(weights):
    *hidden, last = mirrored.reference(weights)
    half = last.shape[1] // 2
    return [*hidden, np.hstack([last[:, :half], last[:, :half]])]


@mirrored.mistake(
    "Your network gives 0 for every input. Are both halves of the first layer the "
    "same? Then they cancel later on, and the negative side is lost: one half must be "
    "-W."
)
def same_twice(weights):
    first, *rest = mirrored.reference(weights)
    half = len(first) // 2
    return [np.vstack([first[:half], first[:half]]), *rest]


@mirrored.mistake(
    "The hidden layers in the middle have no minus signs in their second row: the "
    "lower half must compute -z, so that its ReLU keeps the negative side."
)
def lower_half_forgotten(weights):
    first, *middle, last = weights
    return [
        np.vstack([first, -first]),
        *(np.block([[W, -W], [W, -W]]) for W in middle),
        np.hstack([last, -last]),
    ]
