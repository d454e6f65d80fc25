"""without_units: two layers, and answers by what goes of each of their arrays."""

import numpy as np

RNG = np.random.default_rng(14)


def pair(rng, sizes=None, places=None):
    """(W1, b1, W2, keep): one unit or more stays."""
    inputs, units, outputs = sizes or (int(n) for n in rng.integers(1, 6, size=3))
    places = int(rng.choice([1, 1, 2, 3, 4])) if places is None else places
    keep = rng.random(units) < rng.choice([0.3, 0.6, 1])
    keep[rng.integers(units)] = True
    W1, W2 = (
        rng.normal(size=(units, inputs)),
        rng.normal(size=(outputs, units * places)),
    )
    return W1, rng.normal(size=units), W2, keep


PAIRS = (
    (
        np.array([[1.0, 2], [3, 4], [5, 6]]),
        np.array([10.0, 20, 30]),
        np.array([[1.0, 2, 3], [4, 5, 6]]),
        np.array([True, False, True]),
    ),
    (
        np.array([[1.0], [2], [3]]),
        np.array([10.0, 20, 30]),
        np.arange(12.0).reshape(2, 6),
        np.array([False, True, True]),
    ),
    (
        np.arange(8.0).reshape(4, 2),
        np.arange(4.0),
        np.arange(12.0).reshape(1, 12),
        np.array([False, False, True, False]),
    ),
    (
        np.ones((2, 2)),
        np.array([1.0, 2]),
        np.arange(4.0).reshape(2, 2),
        np.array([True, True]),
    ),
    pair(RNG, (3, 3, 3), 1),
    pair(RNG, (4, 4, 2), 4),
)


def places_of(W2, keep):
    """Of each unit in W2."""
    return W2.shape[1] // len(keep)


def all_places(W2, keep):
    return W2[:, np.repeat(keep, places_of(W2, keep))]


def without(
    rows=lambda W1, keep: W1[keep],
    bias=lambda b1, keep: b1[keep],
    columns=all_places,
    which=lambda keep: keep,
):
    def answer(W1, b1, W2, keep):
        keep = which(keep)
        return rows(W1, keep), bias(b1, keep), columns(W2, keep)

    return answer


def zeroed(bias=lambda b1, keep: b1 * keep, each=np.repeat):
    """All keep their shapes."""
    return without(
        lambda W1, keep: W1 * keep[:, None],
        bias,
        lambda W2, keep: W2 * each(keep, places_of(W2, keep)),
    )


def tiled(W2, keep):
    return W2[:, np.tile(keep, places_of(W2, keep))]


def place_by_place(W2, keep):
    """The right inputs, all units' first places first."""
    places = places_of(W2, keep)
    return W2[:, (np.flatnonzero(keep) * places + np.arange(places)[:, None]).ravel()]


def one_each(W2, keep):
    return W2[:, np.flatnonzero(keep)]


def first_place(W2, keep):
    return W2[:, np.flatnonzero(keep) * places_of(W2, keep)]


def as_many(W2, keep):
    return W2[:, : keep.sum() * places_of(W2, keep)]
