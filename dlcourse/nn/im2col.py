"""Windows of images as columns, to be multiplied: *im2col*, some rows at a time.

Images are (C, H, W, N); see conv.py.
"""

import math

import numpy as np
from numpy.lib.stride_tricks import as_strided

from dlcourse.nn.sliding import spans

# For how many positions columns are made at a time. Many more leave the processor's
# cache; and a first layer's product (16 channels from 3x3) then stays below the 10^6
# multiplications that OpenBLAS does at once, without packing or waking threads.
BLOCK = 3_136


def windows(x, kernel, stride, dilation):
    """All windows of x (C, H, W, N), as (C, kh, kw, H', W', N), without a copy.

    Entry [c, i, j, r, s, n] is x[c, r stride + i dilation, s stride + j dilation, n]:
    steps within the kernel and steps of the kernel are both steps in x. An entry that
    several windows share is one place in memory: add to one (i, j) at a time.
    """
    c, *sizes, n = x.shape
    to_c, *steps, to_n = x.strides
    within = [step * d for step, d in zip(steps, dilation, strict=True)]
    across = [step * s for step, s in zip(steps, stride, strict=True)]
    reach = spans(kernel, dilation)
    h, w = ((m - e) // s + 1 for m, e, s in zip(sizes, reach, stride, strict=True))
    return as_strided(x, (c, *kernel, h, w, n), (to_c, *within, *across, to_n))


def blocks(view, groups):
    """(rows, columns) for some rows of positions at a time.

    ``columns`` holds their windows, as (groups, C / groups kh kw, positions).
    """
    c, kh, kw, h, w, n = view.shape
    step = max(1, BLOCK // max(1, w * n))
    for r in range(0, h, step):
        rows = slice(r, min(r + step, h))
        shape = groups, c // groups * kh * kw, (rows.stop - r) * w * n
        yield rows, view[:, :, :, rows].reshape(shape)


def part_of(array, rows, groups):
    """Some rows of an array (C, H, W, N), as (groups, C / groups, positions)."""
    part = array[:, rows]
    return part.reshape(groups, len(part) // groups, math.prod(part.shape[1:]))


def padded(x, pads):
    """A copy of x (C, H, W, N) among zeros, in this order in memory."""
    (top, bottom), (left, right) = pads
    c, h, w, n = x.shape
    out = np.zeros((c, top + h + bottom, left + w + right, n), x.dtype)
    out[:, top : top + h, left : left + w] = x
    return out


def product(part, columns):
    """part columnsᵀ, as (columns partᵀ)ᵀ: BLAS is twice as quick with few columns."""
    return (columns @ part.swapaxes(1, 2)).swapaxes(1, 2)
