"""Embedding: a learned vector for each of a finite number of things."""

import numpy as np

from dlcourse.autograd import expect_tensors, kept, record
from dlcourse.checks import expect_sizes
from dlcourse.nn.module import Module, Parameter
from dlcourse.random import default_generator


def embedding(input, weight, padding_idx=None):
    """Rows of ``weight``: the product of one-hot rows with it, without the product.

    dL/dweight adds up, for each row, what arrives wherever it was picked.

    Args:
        input: indices of any shape, integers from 0 to K-1.
        weight: (K, features).
        padding_idx: a row that gets no gradient; -1 is the last one.

    Returns the rows, (*input.shape, features). Raises IndexError for an index out of
    range, TypeError for indices that are no integers, ValueError for other shapes.
    """
    expect_tensors("embedding", input, weight)
    if weight.ndim != 2:
        raise ValueError(f"embedding expects weight (K, features), got {weight.shape}")
    if input.dtype.kind not in "iu":
        raise TypeError(f"embedding expects integers as input, got {input.dtype}")
    padding_idx = _padding(padding_idx, len(weight))
    rows = kept(input).ravel()
    if rows.size and not 0 <= rows.min() <= rows.max() < len(weight):
        raise IndexError(
            f"embedding expects input from 0 to {len(weight) - 1}, weight having "
            f"{len(weight)} rows, got {rows.min()} to {rows.max()}"
        )

    def scatter(g):
        out = np.zeros(weight.shape, g.dtype)
        if rows.size:
            order = rows.argsort(kind="stable")
            picked, starts = np.unique(rows[order], return_index=True)
            out[picked] = np.add.reduceat(g.reshape(len(rows), -1)[order], starts)
        if padding_idx is not None:
            out[padding_idx] = 0
        return out

    y = weight.data[rows].reshape(*input.shape, weight.shape[1])
    return record("embedding", y, (weight, scatter))


class Embedding(Module):
    """A table of ``num_embeddings`` learned vectors; see :func:`embedding`.

    They start as N(0, 1); the one at ``padding_idx`` starts as 0 and stays it.
    """

    def __init__(self, num_embeddings, embedding_dim, padding_idx=None):
        super().__init__()
        sizes = {"num_embeddings": num_embeddings, "embedding_dim": embedding_dim}
        expect_sizes("Embedding", **sizes)
        self.num_embeddings, self.embedding_dim = num_embeddings, embedding_dim
        self.padding_idx = _padding(padding_idx, num_embeddings)
        values = default_generator().normal(size=(num_embeddings, embedding_dim))
        if self.padding_idx is not None:
            values[self.padding_idx] = 0
        self.weight = Parameter(values.astype(np.float32))

    def forward(self, input):
        return embedding(input, self.weight, self.padding_idx)

    def extra_repr(self):
        padding = self.padding_idx
        end = "" if padding is None else f", padding_idx={padding}"
        return f"{self.num_embeddings}, {self.embedding_dim}{end}"


def _padding(index, rows):
    """The index of the row for padding, from 0 up."""
    if index is None:
        return None
    if not isinstance(index, int | np.integer) or not -rows <= index < rows:
        raise ValueError(
            f"padding_idx expects an int from {-rows} to {rows - 1}, got {index!r}"
        )
    return int(index) % rows
