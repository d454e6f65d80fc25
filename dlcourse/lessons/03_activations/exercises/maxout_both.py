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
    edge_cases=(
        (np.array([[2.0, 2, -1, -1, -3, -1]]), 3, np.array([[6.0, 3]])),
        (np.array([[1.0, 1, 0, 1, -2, -2, -2, -2]]), 4, np.array([[6.0, 8]])),
        (np.array([[-1e6 - 4, -1e6, -1e6 - 1, -1e6 - 2, -1e6]]), 5, np.array([[2.0]])),
        (np.array([[0.0, 1e-9, 1 + 2**-20, 1]]), 2, np.array([[3.0, 2]])),  # no ties
        (np.array([[-1.0, 2]]), 1, np.array([[3.0, 5]])),
    ),
    returns=("Y", "dZ"),
)
def maxout_both(Z, pieces, G):
    """Maxout: Y (N, m), and dL/dZ (N, m pieces) from G = dL/dY; ties share equally."""
    groups = Z.reshape(len(Z), -1, pieces)
    Y = groups.max(axis=2)
    winner = groups == Y[:, :, None]
    share = winner / winner.sum(axis=2, keepdims=True)
    return Y, (share * G[:, :, None]).reshape(Z.shape)


def _back(dZ, shared=True, axis=2):
    """Y is right (for axis 2); dZ is dZ(groups, Y, G, who won, or which share)."""

    def both(Z, pieces, G):
        groups = Z.reshape(len(Z), *((-1, pieces) if axis == 2 else (pieces, -1)))
        Y = groups.max(axis=axis, keepdims=True)
        won = (groups == Y) * 1.0
        if shared:
            won /= won.sum(axis=axis, keepdims=True)
        back = dZ(groups, Y, np.expand_dims(G, axis), won)
        return Y.squeeze(axis), np.broadcast_to(back, groups.shape).reshape(Z.shape)

    return both


def _ties(dZ, name, **options):
    """Two faces: ties are shared, or each winner gets all."""
    kept = _back(dZ, shared=False, **options)
    return {name: _back(dZ, **options), f"{name}_unshared": kept}


maxout_both.mistake(
    "Y takes every m-th column together: the pieces of a unit are neighbours, so the "
    "last axis of the reshaped array is `pieces` long.",
    **_ties(lambda groups, Y, G, won: won * G, "strided", axis=1),
)
maxout_both.mistake(
    "Right wherever one piece is the largest. Where several are (a tie), the gradient "
    "is to be shared: one of them alone got it, or each got all of it.",
    each_winner=_back(lambda groups, Y, G, won: won * G, shared=False),
    first_winner=_back(lambda z, Y, G, won: np.eye(z.shape[2])[z.argmax(axis=2)] * G),
)
maxout_both.mistake(
    "Y is right; in dZ the winners get the slope alone, or Y times G. It is G times 1.",
    **_ties(lambda groups, Y, G, won: won, "without_g"),
    **_ties(lambda groups, Y, G, won: won * G * Y, "times_y"),
)
maxout_both.mistake(
    "Y is right, but dZ goes by another rule: to all pieces of a unit, or to those "
    "above 0, as for ReLU. Only the piece that equals Y gets it, above 0 or below.",
    to_all_pieces=_back(lambda groups, Y, G, won: G),
    slopes_of_relu=_back(lambda groups, Y, G, won: (groups > 0) * G),
    **_ties(lambda groups, Y, G, won: (groups > 0) * won * G, "winners_above_0"),
)
maxout_both.mistake(
    "Two arrays are asked for, with a comma between them: Y first, then dZ.",
    exchanged=lambda Z, pieces, G: maxout_both.reference(Z, pieces, G)[::-1],
    forward_alone=lambda Z, pieces, G: maxout_both.reference(Z, pieces, G)[0],
    backward_alone=lambda Z, pieces, G: maxout_both.reference(Z, pieces, G)[1],
)
