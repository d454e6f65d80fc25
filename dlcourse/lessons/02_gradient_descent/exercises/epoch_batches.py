import numpy as np

from dlcourse.teach.exercise import exercise

from ..fixtures import epochs_inspected


def _epoch(rng):
    n = int(rng.integers(1, 13))
    return n, int(rng.integers(1, n + 3)), np.random.default_rng(rng.integers(1000))


@exercise(
    section="Deeper: Sampling",
    inputs=_epoch,
    run=epochs_inspected,
    edge_cases=tuple(
        (n, s, np.random.default_rng(n))
        for n, s in [(7, 3), (6, 3), (5, 5), (3, 7), (4, 1), (1, 1), (8, 4), (300, 64)]
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
    "each batch is drawn from all n, whatever the batches before it have taken.",
    with_replacement=_ordered(lambda n, rng: rng.integers(n, size=n)),
    each_from_all=lambda n, s, rng: [
        rng.permutation(n)[i : i + s] for i in range(0, n, s)
    ],
)
epoch_batches.mistake(
    "Every call gives the same batches: the indices are not shuffled, or only within "
    "each batch; or a generator is made *inside*, which begins anew in each call.",
    not_shuffled=_ordered(lambda n, rng: np.arange(n)),
    seed_inside=_ordered(lambda n, rng: np.random.default_rng(0).permutation(n)),
)
epoch_batches.mistake(
    "Calls differ, but the same indices stay together: finished batches change places, "
    "or the order is only turned round. Shuffle the *indices*, before you cut.",
    batches_shuffled=lambda n, s, rng: [
        np.arange(i, min(i + s, n)) for i in rng.permutation(np.arange(0, n, s))
    ],
    turned=_ordered(lambda n, rng: np.roll(np.arange(n), rng.integers(n))),
)
epoch_batches.mistake(
    "Where n is a multiple of batch_size a batch comes out that is empty: its mean is "
    "0/0. How many batches are there for n = 6 and batch_size = 3?",
    empty_at_the_end=lambda n, s, rng: [
        *_cut(rng.permutation(n), s),
        *([np.arange(0)] if n % s == 0 else []),
    ],
)
epoch_batches.mistake(
    "The batches are made as equal as can be. Asked is batch_size in each.",
    equal_parts=lambda n, s, rng: np.array_split(rng.permutation(n), -(-n // s)),
)
epoch_batches.mistake(
    "The batches are right, but chance comes from elsewhere, from `np.random` or from "
    "a generator of your own: nobody can run the same epoch again. Use `rng`.",
    from_elsewhere=_ordered(lambda n, rng: np.random.permutation(n)),
)
