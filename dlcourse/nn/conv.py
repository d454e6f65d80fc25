"""Convolution in one and two dimensions: matrix products over columns of windows.

What deep learning calls a convolution is a correlation: the kernel W slides over X, and
at each position the two are multiplied and summed: for output channel o at (r, s)

    Y[o, r, s] = b[o] + sum over c, i, j of  W[o, c, i, j] X[c, r + i, s + j]

(with stride and dilation X[c, r stride + i dilation, ...]; outside, X is 0). Write the
window of each position as a column of its C kh kw numbers: *im2col* (Chellapilla et
al., 2006). Then Y = W columns, and with G = dL/dY

    dL/dW = G columnsᵀ,    dL/dcolumns = Wᵀ G,    dL/dX = im2colᵀ (dL/dcolumns) .

im2col copies each pixel into every window that sees it; its adjoint therefore adds up,
at each pixel, what these windows answer. With stride 1 dL/dX is itself a convolution:
of G, with the kernel turned by half a turn.

Inside, images are (C, H, W, N): with the batch last in memory all that is copied comes
in long runs, and the products need nothing transposed. They are handed out as
(N, C, H, W) by strides alone; layers that follow keep the order in memory. Columns are
kh kw times as large as X, so they are made for some rows at a time, and never kept.
"""

import math
from itertools import product

import numpy as np
from numpy.lib.stride_tricks import as_strided

from dlcourse.autograd import cat, expect_tensors, record, shared
from dlcourse.nn.module import Module, Parameter
from dlcourse.nn.sliding import output_shape, per_axis, spans
from dlcourse.random import default_generator

# For how many positions columns are made at a time. Many more leave the processor's
# cache; and a first layer's product (16 channels from 3x3) then stays below the 10^6
# multiplications that OpenBLAS does at once, without packing or waking threads.
BLOCK = 6_272


def conv1d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """Convolution along L: input (N, C, L) or (C, L), weight (out, C / groups, kernel).

    That of :func:`conv2d`, for images one pixel wide.
    """
    return _conv("conv1d", 1, input, weight, bias, stride, padding, dilation, groups)


def conv2d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """Convolution of images: (N, C, H, W) -> (N, out, H', W'), or both without the N.

    H' = floor((H + 2 padding - dilation (kh - 1) - 1) / stride) + 1, and W' alike.

    Args:
        input: X, floats.
        weight: W, (out, C / groups, kh, kw).
        bias: b, (out,), or None.
        stride: steps between positions; a number, or one for each axis, as are
        padding: zeros on both sides ("valid": none; "same": as many as keep H and W,
            an odd one at the end; stride 1), and
        dilation: steps between the entries of the kernel.
        groups: the channels fall into so many equal parts, convolved apart; with
            groups = C each channel has kernels of its own ("depthwise").

    Raises ValueError where shapes or settings do not fit, TypeError for wrong dtypes.
    """
    return _conv("conv2d", 2, input, weight, bias, stride, padding, dilation, groups)


def _conv(op, dims, input, weight, bias, stride, padding, dilation, groups):
    """Check what came, and bring it to images (N, C, H, W) where it is less."""
    _expect_fit(op, dims, input, weight, bias, groups)
    stride = per_axis(op, "stride", stride, dims)
    dilation = per_axis(op, "dilation", dilation, dims)
    kernel = list(weight.shape[2:])
    pads = _pads(op, padding, kernel, stride, dilation)
    output_shape(op, input.shape[-dims:], pads, kernel, stride, dilation)
    shape = input.shape
    if dims == 1:
        input, weight = (t.reshape(*t.shape, 1) for t in (input, weight))
        kernel, stride, dilation = [*kernel, 1], [*stride, 1], [*dilation, 1]
        pads = [*pads, (0, 0)]
    if input.ndim == 3:
        input = input.reshape(1, *input.shape)
    y = _convolve(op, input, weight, bias, pads, (kernel, stride, dilation), groups)
    y = y if dims == 2 else y.reshape(y.shape[:-1])
    return y if len(shape) == y.ndim else y.reshape(y.shape[1:])


def _convolve(op, input, weight, bias, pads, slide, groups):
    x, w = input.data.transpose(1, 2, 3, 0), weight.data
    w = w.reshape(groups, len(w) // groups, -1)
    view = windows(_padded(x, pads), *slide)
    y = np.empty_like(w, shape=(len(weight.data), *view.shape[3:]))
    for rows, columns in _blocks(view, groups):
        part = _part(y, rows, groups)
        np.matmul(w, columns, out=part)
        if bias is not None:
            part += bias.data.reshape(groups, -1, 1)

    def gradients(g):
        g = np.asanyarray(g.transpose(1, 2, 3, 0), order="C")
        # G's columns, where they are possible, needed and no more than X's
        turning = input.requires_grad and len(g) <= len(x) and _turns(pads, slide)
        way = _by_turning if turning else _by_adjoint
        dx, dw = way(g, x, w, pads, slide, input.requires_grad)
        db = g.reshape(len(g), -1) @ np.ones(g[0].size, g.dtype)
        return dx.transpose(3, 0, 1, 2), dw.reshape(weight.shape), db

    operands = [t for t in (input, weight, bias) if t is not None]
    return record(op, y.transpose(3, 0, 1, 2), *shared(gradients, *operands))


def _by_adjoint(g, x, w, pads, slide, needs_dx):
    """dX and dW from columns of X: for any slide."""
    groups, kernel = len(w), slide[0]
    padded = _padded(x, pads)
    home = np.zeros_like(padded)  # where the columns' gradients go home to
    view, home_view = windows(padded, *slide), windows(home, *slide)
    dw = np.zeros_like(w)
    for rows, columns in _blocks(view, groups):
        part = _part(g, rows, groups)
        dw += part @ columns.swapaxes(1, 2)
        if needs_dx:  # the columns are used up: their gradient takes their place
            np.matmul(w.swapaxes(1, 2), part, out=columns)
            answers = columns.reshape(len(x), *kernel, -1, *view.shape[4:])
            for i, j in product(*map(range, kernel)):
                home_view[:, i, j, rows] += answers[:, i, j]
    (top, _), (left, _) = pads
    return home[:, top : top + x.shape[1], left : left + x.shape[2]], dw


def _turns(pads, slide):
    """Whether dX is a convolution: for stride 1, and padding that is seen."""
    kernel, stride, dilation = slide
    unseen = [max(p) >= n for p, n in zip(pads, spans(kernel, dilation), strict=True)]
    return stride == [1, 1] and not any(unseen)


def _by_turning(g, x, w, pads, slide, needs_dx):
    """dX and dW from columns of G, for stride 1: a convolution with W turned round."""
    groups, (kernel, _, dilation) = len(w), slide
    beyond = [
        (d * (k - 1) - before, d * (k - 1) - after)
        for k, d, (before, after) in zip(kernel, dilation, pads, strict=True)
    ]
    view = windows(_padded(g, beyond), *slide)
    out, inputs = len(g) // groups, len(x) // groups
    turned = w.reshape(groups, out, inputs, *kernel)[..., ::-1, ::-1].swapaxes(1, 2)
    turned = turned.reshape(groups, inputs, -1)
    dx, dw = np.empty(x.shape, x.dtype), np.zeros_like(turned)
    for rows, columns in _blocks(view, groups):
        np.matmul(turned, columns, out=_part(dx, rows, groups))
        dw += _part(x, rows, groups) @ columns.swapaxes(1, 2)
    dw = dw.reshape(groups, inputs, out, *kernel)[..., ::-1, ::-1].swapaxes(1, 2)
    return dx, dw


def windows(x, kernel, stride, dilation):
    """All windows of x (C, H, W, N), as (C, kh, kw, H', W', N), without a copy.

    Entry [c, i, j, r, s, n] is x[c, r stride + i dilation, s stride + j dilation, n]:
    steps within the kernel and steps of the kernel are both steps in x. An entry that
    several windows share is one place in memory: add to one (i, j) at a time.
    """
    h, w = output_shape("windows", x.shape[1:3], [(0, 0)] * 2, kernel, stride, dilation)
    to_c, to_h, to_w, to_n = x.strides
    (down, right), (across_h, across_w) = stride, dilation
    return as_strided(
        x,
        (len(x), *kernel, h, w, x.shape[3]),
        (
            to_c,
            to_h * across_h,
            to_w * across_w,
            to_h * down,
            to_w * right,
            to_n,
        ),
    )


def _blocks(view, groups):
    """(rows, columns) for some rows of positions at a time.

    ``columns`` are those rows of ``view``, as (groups, C / groups kh kw, positions).
    """
    c, kh, kw, h, w, n = view.shape
    step = max(1, BLOCK // max(1, w * n))
    for r in range(0, h, step):
        rows = slice(r, min(r + step, h))
        shape = groups, c // groups * kh * kw, (rows.stop - r) * w * n
        yield rows, view[:, :, :, rows].reshape(shape)


def _part(array, rows, groups):
    """Some rows of (C, H, W, N), as (groups, C / groups, positions): a view."""
    part = array[:, rows]
    return part.reshape(groups, len(part) // groups, math.prod(part.shape[1:]))


def _padded(x, pads):
    """A copy of x (C, H, W, N) within zeros, in this order in memory."""
    (top, bottom), (left, right) = pads
    c, h, w, n = x.shape
    padded = np.zeros((c, top + h + bottom, left + w + right, n), x.dtype)
    padded[:, top : top + h, left : left + w] = x
    return padded


class Conv2d(Module):
    """Convolution of images with learned W and b; see :func:`conv2d`.

    Both start uniform in +-1/sqrt(n), n = in_channels / groups kh kw being the numbers
    that each output adds up: PyTorch's default, as in ``Linear``.

    Args:
        padding_mode: "zeros", or "circular": the image goes on at its opposite edge.
    """

    dims = 2

    def __init__(
        self,
        in_channels,
        out_channels,
        kernel_size,
        stride=1,
        padding=0,
        dilation=1,
        groups=1,
        bias=True,
        padding_mode="zeros",
    ):
        super().__init__()
        who = type(self).__name__
        for name, n in (("in_channels", in_channels), ("out_channels", out_channels)):
            if n < 1 or groups < 1 or n % groups:
                raise ValueError(
                    f"{who} expects {name} to be a multiple of groups, got {n} and "
                    f"groups={groups}"
                )
        if padding_mode not in ("zeros", "circular"):
            raise ValueError(
                f"{who} expects padding_mode 'zeros' or 'circular', got "
                f"{padding_mode!r}"
            )
        self.in_channels, self.out_channels, self.groups = (
            in_channels,
            out_channels,
            groups,
        )
        self.kernel_size = tuple(per_axis(who, "kernel_size", kernel_size, self.dims))
        self.stride = tuple(per_axis(who, "stride", stride, self.dims))
        self.dilation = tuple(per_axis(who, "dilation", dilation, self.dims))
        self._pads = _pads(who, padding, self.kernel_size, self.stride, self.dilation)
        self.padding, self.padding_mode = padding, padding_mode
        bound = 1 / math.sqrt(in_channels // groups * math.prod(self.kernel_size))

        def uniform(*shape):
            values = default_generator().uniform(-bound, bound, shape)
            return Parameter(values.astype(np.float32))

        self.weight = uniform(out_channels, in_channels // groups, *self.kernel_size)
        self.bias = uniform(out_channels) if bias else None

    def forward(self, input):
        padding = self.padding
        if self.padding_mode == "circular":
            input, padding = _wrapped(input, self._pads), 0
        return _conv(
            f"conv{self.dims}d",
            self.dims,
            input,
            self.weight,
            self.bias,
            self.stride,
            padding,
            self.dilation,
            self.groups,
        )

    def extra_repr(self):
        text = (
            f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, "
            f"stride={self.stride}"
        )
        for name, usual in (
            ("padding", 0),
            ("dilation", (1,) * self.dims),
            ("groups", 1),
            ("padding_mode", "zeros"),
        ):
            if getattr(self, name) != usual:
                text += f", {name}={getattr(self, name)!r}"
        return text if self.bias is not None else f"{text}, bias=False"


class Conv1d(Conv2d):
    """Convolution along L with learned W and b; see :func:`conv1d`, :class:`Conv2d`."""

    dims = 1


def _wrapped(x, pads):
    """x, continued at each end of its last axes with entries from the other end."""
    for axis, (before, after) in enumerate(pads, x.ndim - len(pads)):
        n, skip = x.shape[axis], (slice(None),) * axis
        if max(before, after) > n:
            raise ValueError(
                f"circular padding expects at most the size, {n}, got {before, after}"
            )
        ends = slice(n - before, n), slice(0, after)
        last, first = (x[(*skip, end)] for end in ends)
        x = cat([last, x, first], axis)
    return x


def _pads(who, padding, kernel, stride, dilation):
    """(before, after) for each axis."""
    if isinstance(padding, str):
        if padding == "valid":
            return [(0, 0)] * len(kernel)
        if padding != "same" or set(stride) != {1}:
            raise ValueError(
                f"{who} expects padding to be numbers, 'valid', or with stride 1 "
                f"'same', got {padding!r} with stride {tuple(stride)}"
            )
        return [((n - 1) // 2, n // 2) for n in spans(kernel, dilation)]
    return [(p, p) for p in per_axis(who, "padding", padding, len(kernel), least=0)]


def _expect_fit(who, dims, input, weight, bias, groups):
    expect_tensors(who, input, weight)
    images = "(N, C, L) or (C, L)" if dims == 1 else "(N, C, H, W) or (C, H, W)"
    if input.ndim not in (dims + 1, dims + 2):
        raise ValueError(f"{who} expects input {images}, got {input.shape}")
    if weight.ndim != dims + 2 or 0 in weight.shape:
        raise ValueError(
            f"{who} expects weight (out, C / groups, kernel ...) of {dims + 2} axes, "
            f"got {weight.shape}"
        )
    if groups < 1 or len(weight.data) % groups:
        raise ValueError(
            f"{who} expects groups to divide the {len(weight.data)} output channels, "
            f"got {groups}"
        )
    channels = weight.shape[1] * groups
    if input.shape[-dims - 1] != channels:
        raise ValueError(
            f"{who} expects input {images} of {channels} channels, got {input.shape}"
        )
    if input.dtype.kind != "f" or input.dtype != weight.dtype:
        raise TypeError(
            f"{who} expects floats of weight's dtype, {weight.dtype}, got {input.dtype}"
        )
    if bias is not None:
        expect_tensors(who, bias)
        if (bias.shape, bias.dtype) != (weight.shape[:1], weight.dtype):
            raise ValueError(
                f"{who} expects bias {weight.shape[:1]} of {weight.dtype}, got "
                f"{bias.shape} of {bias.dtype}"
            )
