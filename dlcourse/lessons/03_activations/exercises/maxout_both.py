"""Lesson 03: the exercise ``maxout_both``."""

import numpy as np

from dlcourse.teach.exercise import exercise


def _maxout(rng):
    n, m, pieces = (int(k) for k in rng.integers((2, 2, 2), (5, 5, 4)))
    return rng.normal(size=(n, m * pieces)), pieces, rng.normal(size=(n, m))


@exercise(
    section="Units that are joined",
    inputs=_maxout,
    returns=("Y", "dZ"),
)
def maxout_both(Z, pieces, G):
    """Maxout forward and backward: Y (N, m), and dL/dZ (N, m pieces) from G = dL/dY.

    Unit 0 is the largest of the first ``pieces`` columns of Z, and so on.
    """
    groups = Z.reshape(len(Z), -1, pieces)
    Y = groups.max(axis=2)
    winner = groups == Y[:, :, None]
    return Y, (winner * G[:, :, None]).reshape(Z.shape)


@maxout_both.mistake(
    "Y takes every m-th column together: the pieces of a unit are neighbours, so the "
    "last axis of the reshaped array is `pieces` long."
)
def strided(Z, pieces, G):
    groups = Z.reshape(len(Z), pieces, -1)
    Y = groups.max(axis=1)
    return Y, ((groups == Y[:, None]) * G[:, None]).reshape(Z.shape)


@maxout_both.mistake(
    "Y is right, but dZ goes to all pieces of a unit. Only the largest reaches Y, so "
    "only it gets the gradient; the others get 0."
)
def to_all_pieces(Z, pieces, G):
    return maxout_both.reference(Z, pieces, G)[0], np.repeat(G, pieces, axis=1)


@maxout_both.mistake(
    "Y is right, but dZ is shared out among the pieces as for a mean. The largest gets "
    "all of it."
)
def shared_out(Z, pieces, G):
    return maxout_both.reference(Z, pieces, G)[0], np.repeat(G / pieces, pieces, axis=1)


@maxout_both.mistake(
    "Y is right; in dZ the winners get 1, the slope alone. It is to be multiplied by "
    "G, what comes back."
)
def without_g(Z, pieces, G):
    return maxout_both.reference(Z, pieces, np.ones_like(G))


@maxout_both.mistake(
    "You took the mean of the pieces, which would be one linear layer again: maxout "
    "takes the largest."
)
def mean_of_pieces(Z, pieces, G):
    groups = Z.reshape(len(Z), -1, pieces)
    return groups.mean(axis=2), np.repeat(G / pieces, pieces, axis=1)


@maxout_both.mistake(
    "dZ still has three axes, one for the pieces: reshape dZ to Z's shape."
)
def not_reshaped(Z, pieces, G):
    Y, dZ = maxout_both.reference(Z, pieces, G)
    return Y, dZ.reshape(len(Z), -1, pieces)


@maxout_both.mistake("The two are exchanged: return Y first, then dZ.")
def exchanged(Z, pieces, G):
    return maxout_both.reference(Z, pieces, G)[::-1]


@maxout_both.mistake(
    "Y is right, but dZ goes to the pieces above 0: that is ReLU's rule. Maxout has no "
    "threshold: look for the piece that equals Y, above 0 or below."
)
def slopes_of_relu(Z, pieces, G):
    Y = maxout_both.reference(Z, pieces, G)[0]
    return Y, (Z > 0) * np.repeat(G, pieces, axis=1)


@maxout_both.mistake(
    "Y is right; in dZ the winners get G times Y. Y is the winner's own value, so its "
    "slope is 1: G comes back as it is."
)
def times_y(Z, pieces, G):
    Y = maxout_both.reference(Z, pieces, G)[0]
    return maxout_both.reference(Z, pieces, G * Y)


@maxout_both.mistake("One array came back, Y: return two, `Y, dZ`.")
def forward_alone(Z, pieces, G):
    return maxout_both.reference(Z, pieces, G)[0]


@maxout_both.mistake("One array came back, dZ: return two, `Y, dZ`.")
def backward_alone(Z, pieces, G):
    return maxout_both.reference(Z, pieces, G)[1]
