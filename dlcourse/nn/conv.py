"""Convolution in one and two dimensions: matrix products over columns of windows.

What deep learning calls a convolution is a correlation: the kernel W slides over X, and
at each position the two are multiplied and summed: for output channel o at (r, s)

    Y[o, r, s] = b[o] + sum over c, i, j of  W[o, c, i, j] X[c, r + i, s + j]

(with stride and dilation X[c, r stride + i dilation, ...]; outside, X is 0). Write the
window of each position as a column of its C kh kw numbers: *im2col* (Chellapilla et
al., 2006). Then Y = W columns, and with G = dL/dY

    dL/dW = G columnsᵀ,    dL/dcolumns = Wᵀ G,    dL/dX = im2colᵀ (dL/dcolumns) .

im2col copies each pixel into every window that sees it; its adjoint therefore adds up,
at each pixel, what these windows answer. (With stride 1 there is a quicker way to the
same numbers: conv_turned.py.)

Inside, images are (C, H, W, N): with the batch last in memory all that is copied comes
in long runs, and the products need nothing transposed. They are handed out as
(N, C, H, W) by strides alone; layers that follow keep the order in memory. Columns are
made for some rows at a time, and never kept: im2col.py.
"""

import math

import numpy as np

from dlcourse.autograd import cat, expect_tensors, record, shared
from dlcourse.checks import expect_flags, expect_one_of, expect_sizes
from dlcourse.nn.conv_turned import by_turning, turns
from dlcourse.nn.im2col import (
    STRIPS,
    add_products,
    as_kernels,
    as_matrices,
    blocks,
    multiply,
    padded,
    part_of,
    windows,
)
from dlcourse.nn.module import Module, uniform_parameter
from dlcourse.nn.sliding import output_shape, pads_of, per_axis


def conv1d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """Convolution along L: input (N, C, L) or (C, L), weight (out, C / groups, k).

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
    """Check what came; bring rows and single images to batches of images, and back."""
    _expect_fit(op, dims, input, weight, bias, groups)
    kernel = list(weight.shape[2:])
    stride = per_axis(op, "stride", stride, dims)
    dilation = per_axis(op, "dilation", dilation, dims)
    pads = pads_of(op, padding, kernel, stride, dilation)
    output_shape(op, input.shape[-dims:], pads, kernel, stride, dilation)
    single = input.ndim == dims + 1
    if single:
        input = input.reshape(1, *input.shape)
    if dims == 1:
        input, weight = (t.reshape(*t.shape[:2], 1, -1) for t in (input, weight))
        kernel, stride, dilation = [1, *kernel], [1, *stride], [1, *dilation]
        pads = [(0, 0), *pads]
    y = _convolve(op, input, weight, bias, pads, (kernel, stride, dilation), groups)
    if dims == 1:
        y = y.reshape(*y.shape[:2], -1)
    return y.reshape(y.shape[1:]) if single else y


def _convolve(op, input, weight, bias, pads, slide, groups):
    """On images; ``slide`` is (kernel, stride, dilation), for both axes each."""
    x, w = input.data.transpose(1, 2, 3, 0), weight.data
    w = w.reshape(groups, len(w) // groups, *w.shape[1:])
    source, matrices = padded(x, pads), as_matrices(w)
    y = np.empty_like(w, shape=(len(weight), *windows(source, *slide).shape[3:]))
    for place, columns in blocks(source, slide, groups):
        part = part_of(y, place, groups)
        multiply(matrices, columns, out=part)
        if bias is not None:
            part += bias.data.reshape(groups, 1, -1, 1)

    def gradients(g):
        g = np.asanyarray(g.transpose(1, 2, 3, 0), order="C")
        turning = input.requires_grad and turns(pads, *slide)
        backward = by_turning if turning else _by_adjoint
        dx, dw = backward(g, x, w, pads, slide, input.requires_grad)
        gradients = dx.transpose(3, 0, 1, 2), dw.reshape(weight.shape)
        if bias is None:
            return gradients
        return *gradients, g.reshape(len(g), -1) @ np.ones(g[0].size, g.dtype)

    operands = [t for t in (input, weight, bias) if t is not None]
    return record(op, y.transpose(3, 0, 1, 2), *shared(gradients, *operands))


def _by_adjoint(g, x, w, pads, slide, needs_dx):
    """dX (0 where it is not needed) and dW, from columns of X: for every slide."""
    source, matrices = padded(x, pads), as_matrices(w)
    dx, dw = np.zeros_like(source), np.zeros_like(matrices.mT, order="C")
    groups, _, c, kh, kw = w.shape
    target = windows(dx, *slide)
    target = target.reshape(groups, c, *target.shape[1:])
    for place, columns in blocks(source, slide, groups, STRIPS // 4):
        part = part_of(g, place, groups)
        add_products(dw, columns, part)
        if needs_dx:
            answers = matrices.mT[:, None] @ part
            there = target[:, :, :, :, *place]
            answers = answers.reshape(groups, -1, kh, kw, c, *there.shape[5:])
            for i, j in np.ndindex(kh, kw):
                there[:, :, i, j] += answers[:, :, i, j].swapaxes(1, 2)
    (top, _), (left, _) = pads
    dx = dx[:, top : top + x.shape[1], left : left + x.shape[2]]
    return dx, as_kernels(dw, w.shape)


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
        sizes = {"in_channels": in_channels, "out_channels": out_channels}
        expect_sizes(who, **sizes, groups=groups)
        for name, n in sizes.items():
            if n % groups:
                raise ValueError(
                    f"{who} expects {name} to be a multiple of groups, got {n} and "
                    f"groups={groups}"
                )
        expect_flags(who, bias=bias)
        expect_one_of(who, "padding_mode", padding_mode, ("zeros", "circular"))
        self.in_channels, self.out_channels = in_channels, out_channels
        self.kernel_size = tuple(per_axis(who, "kernel_size", kernel_size, self.dims))
        self.stride = tuple(per_axis(who, "stride", stride, self.dims))
        self.dilation = tuple(per_axis(who, "dilation", dilation, self.dims))
        self.groups, self.padding_mode, self.padding = groups, padding_mode, padding
        self._pads = pads_of(who, padding, self.kernel_size, self.stride, self.dilation)
        if not isinstance(padding, str):
            self.padding = tuple(before for before, _ in self._pads)
        bound = 1 / math.sqrt(in_channels // groups * math.prod(self.kernel_size))
        shape = out_channels, in_channels // groups, *self.kernel_size
        self.weight = uniform_parameter(bound, *shape)
        self.bias = uniform_parameter(bound, out_channels) if bias else None

    def forward(self, input):
        padding = self.padding
        if self.padding_mode == "circular":
            input, padding = _wrapped(input, self._pads), 0
        function = conv1d if self.dims == 1 else conv2d
        settings = self.stride, padding, self.dilation, self.groups
        return function(input, self.weight, self.bias, *settings)

    def extra_repr(self):
        text = (
            f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, "
            f"stride={self.stride}"
        )
        none, one = (0,) * self.dims, (1,) * self.dims
        usual = {"padding": none, "dilation": one, "groups": 1, "padding_mode": "zeros"}
        for name, value in usual.items():
            if getattr(self, name) != value:
                text += f", {name}={getattr(self, name)}"
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
