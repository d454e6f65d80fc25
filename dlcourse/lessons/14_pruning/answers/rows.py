"""csr_product: matrices in compressed sparse rows, and answers row by row."""

from itertools import pairwise

import numpy as np

RNG = np.random.default_rng(14)


def compressed(W):
    """(values, columns, starts) of W."""
    rows, columns = np.nonzero(W)
    return W[rows, columns], columns, np.searchsorted(rows, np.arange(len(W) + 1))


def stored(rng, size=None, density=None):
    """(values, columns, starts, x, bias): in eighths; some rows are empty."""
    N, rows, n = size or (int(k) for k in rng.choice([1, 2, 3, 4, 6], size=3))
    density = rng.choice([0, 0.2, 0.5, 0.8, 1]) if density is None else density
    W, x, bias = (rng.integers(-16, 17, k) / 8 for k in ((rows, n), (N, n), rows))
    W = W * (rng.random((rows, n)) < density)
    W[rng.random(rows) < 0.2] = 0
    return *compressed(W), x, bias


GAPS = np.array([[0.0, 0, 0], [2, 0, -1], [0, 0, 0], [0, 0, 0], [0, 3, 0], [0, 0, 0]])
INPUTS = np.array([[1.0, 10, 100], [-2, 0.5, 4]])
STORED = (
    (*compressed(GAPS), INPUTS, np.array([1.0, 2, 3, 4, 5, 6])),
    (*compressed(GAPS[1:5]), INPUTS[:1], np.array([0.5, -1, 2, 3])),
    (*compressed(np.zeros((2, 3))), INPUTS, np.array([7.0, -8])),
    (*compressed(np.array([[0.0], [4], [-2]])), INPUTS[:, :1], np.array([1.0, 2, 3])),
    stored(RNG, (3, 4, 4), 1),
    stored(RNG, (1, 1, 6), 0.5),
    stored(RNG, (2, 6, 5), 0.4),
)


def by_row(
    first=lambda starts, j: starts[j],
    end=lambda starts, j: starts[j + 1],
    column=lambda columns, x: columns,
    product=lambda x, values: x @ values,
    whole=lambda y: y,
    plus=lambda y, bias, filled: y + bias,
):
    """Each row's product, from its first weight to its end."""

    def answer(values, columns, starts, x, bias):
        y = np.zeros((len(x), len(bias)))
        for j in range(len(bias)):
            row = slice(first(starts, j), end(starts, j))
            y[:, j] = product(x[:, column(columns[row], x)], values[row])
        return plus(whole(y), bias, np.diff(starts) > 0)

    return answer


def reduced(values, columns, starts, x, bias):
    """By ``np.add.reduceat``, whose empty rows take what stands at their start."""
    if not len(values):
        return np.zeros((len(x), 1)) + bias
    places = np.minimum(starts[:-1], len(values) - 1)
    return np.add.reduceat(x[:, columns] * values, places, axis=1) + bias


def the_row_before(values, columns, starts, x, bias):
    y, last = np.zeros((len(x), len(bias))), 0
    for j, (first, end) in enumerate(pairwise(starts)):
        if end > first:
            last = x[:, columns[first:end]] @ values[first:end]
        y[:, j] = last
    return y + bias


NEIGHBOURS = {"reduced": reduced, "the_row_before": the_row_before}
