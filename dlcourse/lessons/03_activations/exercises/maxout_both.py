import numpy as np

from dlcourse.teach.exercise import exercise


def _maxout(rng):
    n, m, pieces = (int(k) for k in rng.integers((2, 2, 2), (5, 5, 4)))
    Z = rng.normal(size=(n, m * pieces))
    if rng.integers(2):
        Z = np.round(Z)  # ties
    return Z, pieces, rng.normal(size=(n, m))


@exercise(
    section="Deeper: units that are joined",
    inputs=_maxout,
    edge_cases=((np.array([[2.0, 2, -1, -1, -3, -1]]), 3, np.array([[6.0, 3]])),),
    returns=("Y", "dZ"),
)
def maxout_both(Z, pieces, G):
    """Maxout forward and backward: Y (N, m), and dL/dZ (N, m pieces) from G = dL/dY.

    Unit 0 is the largest of the first ``pieces`` columns of Z, and so on. Where several
    are equally large, each gets the same share.
    """
    groups = Z.reshape(len(Z), -1, pieces)
    Y = groups.max(axis=2)
    winner = groups == Y[:, :, None]
    share = winner / winner.sum(axis=2, keepdims=True)
    return Y, (share * G[:, :, None]).reshape(Z.shape)


def _back(dZ):
    """Y is right; dZ is dZ(groups, Y, G), all with an axis for the pieces."""

    def both(Z, pieces, G):
        Y = maxout_both.reference(Z, pieces, G)[0]
        groups = Z.reshape(len(Z), -1, pieces)
        back = dZ(groups, Y[:, :, None], G[:, :, None])
        return Y, np.broadcast_to(back, groups.shape).reshape(Z.shape)

    return both


_each_winner = _back(lambda groups, Y, G: (groups == Y) * G)


@maxout_both.mistake(
    "Y takes every m-th column together: the pieces of a unit are neighbours, so the "
    "last axis of the reshaped array is `pieces` long."
)
def strided(Z, pieces, G):
    groups = Z.reshape(len(Z), pieces, -1)
    Y = groups.max(axis=1)
    return Y, ((groups == Y[:, None]) * G[:, None]).reshape(Z.shape)


maxout_both.mistake(
    "Right wherever one piece is the largest. Where several are equally large (a tie), "
    "the gradient is to be shared out among them: one of them alone got it, or each "
    "got all of it.",
    each_winner=_each_winner,
    first_winner=_back(
        lambda groups, Y, G: np.eye(groups.shape[2])[groups.argmax(axis=2)] * G
    ),
)
maxout_both.mistake(
    "Y is right, but dZ goes to all pieces of a unit. Only the largest reaches Y, so "
    "only it gets the gradient; the others get 0.",
    to_all_pieces=_back(lambda groups, Y, G: G),
    as_for_a_mean=_back(lambda groups, Y, G: G / groups.shape[2]),
)
maxout_both.mistake(
    "Y is right; in dZ the winners get 1, the slope alone, or Y times G. Lesson 01's "
    "rule: what comes back, times the slope, which is 1 here.",
    without_g=_back(lambda groups, Y, G: (groups == Y) * 1.0),
    times_y=_back(lambda groups, Y, G: (groups == Y) * G * Y),
)
maxout_both.mistake(
    "Y is right, but dZ goes to the pieces above 0: that is ReLU's rule. Maxout has no "
    "threshold: look for the piece that equals Y, above 0 or below.",
    slopes_of_relu=_back(lambda groups, Y, G: (groups > 0) * G),
)
maxout_both.mistake(
    "Two arrays are asked for, with a comma between them: Y first, then dZ.",
    exchanged=lambda Z, pieces, G: _each_winner(Z, pieces, G)[::-1],
    forward_alone=lambda Z, pieces, G: _each_winner(Z, pieces, G)[0],
    backward_alone=lambda Z, pieces, G: _each_winner(Z, pieces, G)[1],
)
