"""Windows of images as columns, to be multiplied: *im2col*, in two steps.

Along the width each pixel is copied into every window that sees it: kw *strips*. Along
the height windows are not copied: with the rows of all strips one after the other, the
kh rows that a window sees are one stretch of memory (Cho and Brand, 2017). So a column
of C kh kw numbers costs kw copies, not kh kw. Images are (C, H, W, N); see conv.py.
"""

import itertools

import numpy as np
from numpy.lib.stride_tricks import as_strided

from dlcourse.nn.sliding import spans

STRIPS = 2**20  # numbers that are copied at a time, about: four megabytes
UNPACKED = 10**6  # multiplications in a product that OpenBLAS does at once;
RESULTS = 1_200  # results, too, where the second matrix is transposed
LEAST = 128  # columns: cut further, a product is slower


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


def blocks(x, slide, groups, numbers=STRIPS):
    """(place, columns) for some positions in x (C, H, W, N) at a time.

    ``place`` is a slice of H' and one of W'; ``columns`` holds the windows there, as
    (groups, rows, kh kw C / groups, positions of a row). ``numbers`` of the strips are
    made at a time. With dilation d along the height, every d-th row is a convolution
    without.
    """
    (kh, kw), (stride, step), (d, along) = slide
    strips = windows(x, [1, kw], [1, step], [1, along])[:, 0]
    c, _, h, w, n = strips.shape
    if not n:
        return
    c //= groups
    strips = strips.reshape(groups, c, kw, h, w, n).transpose(0, 3, 2, 1, 4, 5)
    h = (h - spans([kh], [d])[0]) // stride + 1
    wide = min(w, max(1, numbers // (groups * c * kw * n)))
    high = max(1, numbers // (groups * c * kw * n * wide * stride))
    for phase, across in itertools.product(range(d), pieces(w, wide)):
        for r in range(phase, h, high * d):
            rows = range(h)[r : r + high * d : d]
            seen = slice(r * stride, rows[-1] * stride + (kh - 1) * d + 1, d)
            made = np.ascontiguousarray(strips[:, seen, :, :, across])
            made = made.reshape(*made.shape[:2], kw * c, -1)
            seen_by = windows(made, [kh, 1], [stride, 1], [1, 1])[:, :, 0]
            columns = seen_by.swapaxes(1, 2).reshape(groups, len(rows), kh * kw * c, -1)
            yield (slice(r, r + high * d, d), across), columns


def part_of(array, place, groups):
    """A place of an array (C, H, W, N), as (groups, rows, C / groups, positions)."""
    part = array[:, *place]
    c, h, w, n = part.shape
    return part.reshape(groups, c // groups, h, w * n).swapaxes(1, 2)


def padded(x, pads):
    """A copy of x (C, H, W, N) among zeros, in this order in memory."""
    (top, bottom), (left, right) = pads
    c, h, w, n = x.shape
    out = np.zeros((c, top + h + bottom, left + w + right, n), x.dtype)
    out[:, top : top + h, left : left + w] = x
    return out


def as_matrices(kernels):
    """(groups, out, C / groups, kh, kw) as (groups, out, kh kw C / groups)."""
    groups, out, *_ = kernels.shape
    return kernels.transpose(0, 1, 3, 4, 2).reshape(groups, out, -1)


def as_kernels(matrices, shape):
    """Back to that shape, from transposed matrices (groups, kh kw C / groups, out)."""
    groups, out, c, kh, kw = shape
    return matrices.reshape(groups, kh, kw, c, out).transpose(0, 4, 3, 1, 2)


# OpenBLAS copies the columns before it multiplies, which takes as long as the product
# itself where w has few rows. Small products it does at once: so these are cut.


def multiply(w, columns, out):
    """out = w columns, w being (groups, out, kh kw C / groups)."""
    n, step = columns.shape[-1], UNPACKED // w[0].size // 16 * 16
    for piece in pieces(n, step if step >= LEAST else n):
        np.matmul(w[:, None], columns[..., piece], out=out[..., piece])


def add_products(total, columns, part):
    """Add columns partᵀ, of all rows, to ``total``: the gradient of w, transposed."""
    _, rows, out, n = part.shape
    step = min(UNPACKED // n, RESULTS) // out // 32 * 32
    if not step or n < LEAST:
        step = max(1, STRIPS // (rows * out))
    for piece in pieces(total.shape[1], step):
        total[:, piece] += (columns[:, :, piece] @ part.mT).sum(1)


def pieces(n, step):
    """range(n) in slices of ``step``, and what is left."""
    return [slice(a, a + step) for a in range(0, n, step)]
