from itertools import pairwise

import numpy as np

from dlcourse.teach.exercise import exercise


def _sizes(rng):
    n = int(rng.integers(2, 31))
    return n, int(rng.integers(2, min(n, 12) + 1))


@exercise(
    section="Deeper: Clean the data",
    inputs=_sizes,
    edge_cases=((7, 3), (11, 4), (6, 3), (2, 2), (5, 5), (9, 2), (23, 12)),
    returns="a list of k pairs (train, held_out)",
    any_sequence=True,
)
def folds(n, k):
    """A list of k pairs (train, held_out) of ascending arrays of indices below n.

    Each index is held out once. The blocks held out are in order; where k does not
    divide n, the first n % k of them have one more.
    """
    return _by()(n, k)


def _cut(n, edges):
    """Blocks of indices, from each of the edges to the next."""
    return [np.arange(a, b) for a, b in pairwise(edges)]


def _by(
    blocks=lambda n, k: np.array_split(np.arange(n), k),
    train=lambda n, held: np.setdiff1d(np.arange(n), held),
    pair=lambda train, held: (train, held),
):
    return lambda n, k: [pair(train(n, held), held) for held in blocks(n, k)]


folds.mistake(
    "The two of each pair are in the other order: (train, held_out).",
    swapped=_by(pair=lambda train, held: (held, train)),
)
folds.mistake(
    "Where k does not divide n, the last ones are held out by nobody.",
    rest_lost=_by(lambda n, k: _cut(n, [i * (n // k) for i in range(k + 1)])),
)
folds.mistake(
    "Where k does not divide n, the sizes differ by more than one: you give the whole "
    "rest to one block. Share it out.",
    rest_to_the_last=_by(lambda n, k: _cut(n, [*range(0, k * (n // k), n // k), n])),
    last_is_short=_by(
        lambda n, k: _cut(n, [min(n, i * -(-n // k)) for i in range(k + 1)])
    ),
)
folds.mistake(
    "The sizes are right, but the larger blocks are to be the first ones.",
    spread=_by(lambda n, k: _cut(n, [i * n // k for i in range(k + 1)])),
    rounded=_by(lambda n, k: _cut(n, [round(i * n / k) for i in range(k + 1)])),
    larger_last=_by(lambda n, k: _cut(n, [n - (n * i) // k for i in range(k, -1, -1)])),
    ones_more_last=_by(
        lambda n, k: [n - 1 - b[::-1] for b in np.array_split(np.arange(n), k)[::-1]]
    ),
)
folds.mistake(
    "You hold out every k-th. Here a block of neighbours is held out.",
    strided=_by(lambda n, k: [np.arange(i, n, k) for i in range(k)]),
)
folds.mistake(
    "The held-out ones are trained on, too: then their loss says nothing of them.",
    all_of_them=_by(train=lambda n, held: np.arange(n)),
)
folds.mistake(
    "`train` stops at the block that is held out. Those behind it belong to it, too.",
    before=_by(train=lambda n, held: np.arange(held[0])),
    behind=_by(train=lambda n, held: np.arange(held[-1] + 1, n)),
)
folds.mistake(
    "Indices are counted from 0, up to n - 1.",
    from_one=lambda n, k: [(a + 1, b + 1) for a, b in _by()(n, k)],
)
