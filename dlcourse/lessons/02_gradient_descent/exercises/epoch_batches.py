from copy import deepcopy
from itertools import chain
from math import factorial, prod

import numpy as np

from dlcourse.teach.exercise import exercise

EPOCHS = 100  # of each input: chance shows itself only in many


def _epoch(rng):
    n = int(rng.integers(1, 13))
    return n, int(rng.integers(1, n + 3)), np.random.default_rng(rng.integers(1000))


def _looked_at(f, n, batch_size, rng):
    """The sizes of the batches; raises where another property is missing."""
    twin = deepcopy(rng)
    epochs = [_as_lists(f(n, batch_size, rng)) for _ in range(EPOCHS)]
    if epochs[0] is None:
        return None
    first, right = [*map(len, epochs[0])], _sizes(n, batch_size)
    if sorted(first) == sorted(right):
        _inspect(epochs, n, right)
        if epochs != [_as_lists(f(n, batch_size, twin)) for _ in range(EPOCHS)]:
            raise ValueError("a generator of the same seed gives other batches")
    return {"the list of the batches' sizes": np.array(first, int)}


def _inspect(epochs, n, sizes):
    for epoch in epochs:
        drawn = [*chain(*epoch)]
        if not set(drawn) <= set(range(n)):
            raise ValueError("an index is none of 0, 1, ..., n - 1")
        if len(set(drawn)) < n:
            raise ValueError("an index comes twice in an epoch, another one never")
    if any([*map(len, epoch)] != sizes for epoch in epochs):
        raise ValueError("a batch before the last is shorter than batch_size")
    different = {tuple(map(frozenset, epoch)) for epoch in epochs}
    if len(different) < 0.6 * _to_be_expected(sizes):
        raise ValueError("the batches of different calls are too often the same")


def _as_lists(epoch):
    if epoch is None:
        return None
    batches = [np.asarray(batch) for batch in epoch]
    if any(b.ndim != 1 or (b.size and b.dtype.kind not in "iu") for b in batches):
        raise TypeError("each batch is an array of whole numbers, with one axis")
    return [batch.tolist() for batch in batches]


def _sizes(n, batch_size):
    return [min(batch_size, n - i) for i in range(0, n, batch_size)]


def _to_be_expected(sizes):
    """How many of EPOCHS random epochs differ in who is together, and when."""
    possible = factorial(sum(sizes)) // prod(map(factorial, sizes))
    return possible * (1 - (1 - 1 / possible) ** EPOCHS)


@exercise(
    section="The gradient is a mean",
    inputs=_epoch,
    run=_looked_at,
    edge_cases=tuple(
        (n, s, np.random.default_rng(n))
        for n, s in [(7, 3), (6, 3), (5, 5), (3, 7), (4, 1), (1, 1), (8, 4), (9, 2)]
    ),
    returns="the batches of one epoch",
)
def epoch_batches(n, batch_size, rng):
    """The batches of one epoch: a list of arrays of indices.

    0, 1, ..., n - 1, each once, in an order drawn anew with rng in every call.
    batch_size indices in each; the last batch has what is left over.
    """
    return _cut(rng.permutation(n), batch_size)


def _cut(order, batch_size):
    return [order[i : i + batch_size] for i in range(0, len(order), batch_size)]


def _ordered(order):
    """Batches cut from order(n, rng)."""
    return lambda n, batch_size, rng: _cut(order(n, rng), batch_size)


epoch_batches.mistake(
    "The last batch is missing where n is no multiple of batch_size: those indices are "
    "never seen in this epoch. Let the last batch be shorter.",
    last_dropped=lambda n, s, rng: _cut(rng.permutation(n)[: n // s * s], s),
)
epoch_batches.mistake(
    "Indices come twice in an epoch, and others not at all: drawn with replacement, or "
    "each batch is drawn from all n, whatever the batches before it have taken. Every "
    "index is used once.",
    with_replacement=_ordered(lambda n, rng: rng.integers(n, size=n)),
    each_from_all=lambda n, s, rng: [
        rng.choice(n, size=k, replace=False) for k in _sizes(n, s)
    ],
)
epoch_batches.mistake(
    "Every call gives the same batches: the indices are not shuffled, or only within "
    "each batch; or a generator is made *inside*, which begins anew in each call. The "
    "caller's `rng` goes on: let it shuffle all indices, once for each epoch.",
    not_shuffled=_ordered(lambda n, rng: np.arange(n)),
    seed_inside=_ordered(lambda n, rng: np.random.default_rng(0).permutation(n)),
)
epoch_batches.mistake(
    "Calls give other batches, but from too small a choice: do the same indices stay "
    "together, as when finished batches are put in another order, or when the order is "
    "only turned round? Shuffle the *indices*, before you cut.",
    batches_shuffled=lambda n, s, rng: [
        np.arange(i, min(i + s, n)) for i in rng.permutation(np.arange(0, n, s))
    ],
    last_one_kept_last=lambda n, s, rng: [
        *rng.permutation(np.arange(n // s * s).reshape(-1, s)),
        *([np.arange(n // s * s, n)] if n % s else []),
    ],
    turned=_ordered(lambda n, rng: np.roll(np.arange(n), rng.integers(n))),
)
epoch_batches.mistake(
    "Where n is a multiple of batch_size a batch comes out that is empty: its mean is "
    "0/0. Count the batches anew: how many are there for n = 6 and batch_size = 3?",
    empty_at_the_end=lambda n, s, rng: [
        *_cut(rng.permutation(n), s),
        *([np.arange(0)] if n % s == 0 else []),
    ],
)
epoch_batches.mistake(
    "The batches are made as equal as can be. Asked is batch_size in each, but for "
    "what is left over (`np.array_split` takes places to cut at, too).",
    equal_parts=lambda n, s, rng: np.array_split(rng.permutation(n), -(-n // s)),
    fewer_equal_parts=lambda n, s, rng: np.array_split(
        rng.permutation(n), max(n // s, 1)
    ),
)
epoch_batches.mistake(
    "The batches are right, but chance comes from elsewhere, from `np.random` or from "
    "a generator of your own: nobody can run the same epoch again. Use `rng`.",
    from_elsewhere=_ordered(lambda n, rng: np.random.permutation(n)),
)
