"""Lesson 04: the exercise ``mirrored``."""

import numpy as np

from dlcourse.teach.exercise import exercise

from ..fixtures import _relu


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


def _with_middle(blocks):
    def mirror(weights):
        first, *middle, last = weights
        return [
            np.vstack([first, -first]),
            *map(blocks, middle),
            np.hstack([last, -last]),
        ]

    return mirror


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
    "The first and the last layer are right. But the hidden layers in the middle "
    "compute the same in both halves, which cancel at the end. The lower half must "
    "compute -z, so that its ReLU keeps the negative side: compare the signs in the "
    "two rows of blocks."
)
def lower_half_forgotten(weights):
    return _with_middle(lambda W: np.block([[W, -W], [W, -W]]))(weights)


@mirrored.mistake(
    "The first and the last layer are right. In the middle, each half goes its own "
    "way: W relu(z) above, W relu(-z) below, and the next ReLU cuts both. Each unit "
    "needs *both* halves of the layer below, to put z together again first."
)
def middle_block_diagonal(weights):
    def blocks(W):
        return np.block([[W, 0 * W], [0 * W, W]])

    return _with_middle(blocks)(weights)


@mirrored.mistake(
    "The first and the last layer are right, and the middle has the idea that its "
    "lower half must be negative. But each half sees only one half of the layer below, "
    "W relu(z) above and -W relu(-z) below: every unit needs both, to put z together "
    "again."
)
def middle_diagonal_with_a_sign(weights):
    def blocks(W):
        return np.block([[W, 0 * W], [0 * W, -W]])

    return _with_middle(blocks)(weights)


@mirrored.mistake(
    "The first and the last layer are right. In the middle, the upper half *adds* what "
    "the two halves below give, relu(z) + relu(-z) = |z|. It must form W z: with which "
    "signs do you get z out of relu(z) and relu(-z)?"
)
def middle_adds(weights):
    return _with_middle(lambda W: np.block([[W, W], [-W, -W]]))(weights)


@mirrored.mistake(
    "[W, -W] in the middle puts z together rightly, and would do for CReLU, which "
    "doubles its outputs by itself. A plain ReLU does not: the layer must compute -z "
    "as well, in as many units more."
)
def middle_as_for_crelu(weights):
    return _with_middle(lambda W: np.hstack([W, -W]))(weights)


@mirrored.mistake(
    "These are the weights for CReLU, which doubles its outputs by itself. A plain "
    "ReLU does not: each hidden layer, the first one too, must compute z *and* -z, in "
    "twice as many units."
)
def all_as_for_crelu(weights):
    first, *others = weights
    return [first, *(np.hstack([W, -W]) for W in others)]
