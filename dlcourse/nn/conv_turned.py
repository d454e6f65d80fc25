"""A convolution's gradients where the stride is 1, in less time.

There dL/dX is itself a convolution, of G with the kernel turned by half a turn, and
dL/dW is a product with the same columns of G. The numbers are those of conv.py's
adjoint, which serves every slide and adds each window up.
"""

import numpy as np

from dlcourse.nn.im2col import (
    add_products,
    as_kernels,
    as_matrices,
    blocks,
    multiply,
    padded,
    part_of,
)
from dlcourse.nn.sliding import spans


def turns(pads, kernel, stride, dilation):
    """Whether dX is a convolution: the stride is 1, and all padding is seen."""
    reach = spans(kernel, dilation)
    return stride == [1, 1] and all(
        max(p) < n for p, n in zip(pads, reach, strict=True)
    )


def by_turning(g, x, w, pads, slide, needs_dx):
    """dX and dW from columns of G, where stride is 1.

    A pixel is seen by windows that start up to d (k - 1) before it, so where X had p of
    padding, G gets d (k - 1) - p.
    """
    kernel, _, dilation = slide
    reach = spans(kernel, dilation)
    beyond = [(n - 1 - a, n - 1 - b) for n, (a, b) in zip(reach, pads, strict=True)]
    turned = _turned(w)
    matrices = as_matrices(turned)
    dx, dw = np.empty(x.shape, x.dtype), np.zeros_like(matrices.mT, order="C")
    for place, columns in blocks(padded(g, beyond), slide, len(w)):
        multiply(matrices, columns, out=part_of(dx, place, len(w)))
        add_products(dw, columns, part_of(x, place, len(w)))
    return dx, _turned(as_kernels(dw, turned.shape))


def _turned(w):
    """Kernels (groups, a, b, kh, kw) turned by half a turn: (groups, b, a, kh, kw)."""
    return w[..., ::-1, ::-1].swapaxes(1, 2)
