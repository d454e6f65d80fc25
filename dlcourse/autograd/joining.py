"""Functions of several Tensors: joining and choosing, each forward beside its gradient.

In every vjp, ``g`` is the gradient of the loss with respect to the result.
"""

import numpy as np

from dlcourse.autograd.operators import promoted
from dlcourse.autograd.tape import expect_tensors, record
from dlcourse.autograd.tensor import kept


def cat(tensors, dim=0):
    """Join along an axis that exists; each operand's gradient is its part of g."""
    tensors, arrays = _several("cat", tensors)
    y = np.concatenate(arrays, dim)
    ends = np.cumsum([a.shape[dim] for a in arrays])

    def part(start, end):
        index = [slice(None)] * y.ndim
        index[dim] = slice(start, end)
        return lambda g: g[tuple(index)]

    parts = map(part, [0, *ends[:-1]], ends)
    return record("cat", y, *zip(tensors, parts, strict=True))


def stack(tensors, dim=0):
    """Join along a new axis; each operand's gradient is its slice of g."""
    tensors, arrays = _several("stack", tensors)
    y = np.stack(arrays, dim)
    slices = [lambda g, i=i: g.take(i, axis=dim) for i in range(len(arrays))]
    return record("stack", y, *zip(tensors, slices, strict=True))


def where(condition, input, other):
    """``input`` where ``condition`` is true, else ``other``; so goes the gradient."""
    chosen = kept(condition)
    if chosen.dtype != bool:
        raise TypeError(f"where expects a condition of bool, got {chosen.dtype}")
    a, b = promoted(input, other)
    return record(
        "where",
        np.where(chosen, a.data, b.data),
        (a, lambda g: g * chosen),
        (b, lambda g: g * ~chosen),
    )


def maximum(input, other):
    """The larger of two, entry by entry; where they are equal each gets half of g."""
    expect_tensors("maximum", input, other)
    a, b = promoted(input, other)

    def share(mine, others):
        return (mine > others) + (mine == others) * mine.dtype.type(0.5)

    return record(
        "maximum",
        np.maximum(a.data, b.data),
        (a, lambda g: g * share(a.data, b.data)),
        (b, lambda g: g * share(b.data, a.data)),
    )


def _several(who, tensors):
    tensors = list(tensors)
    if not tensors:
        raise ValueError(f"{who} expects at least one Tensor, got none")
    expect_tensors(who, *tensors)
    dtypes = {t.dtype for t in tensors}
    if len(dtypes) > 1:
        raise TypeError(f"{who} expects one dtype, got {sorted(map(str, dtypes))}")
    return tensors, [t.data for t in tensors]
