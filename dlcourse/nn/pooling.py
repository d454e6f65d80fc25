"""Pooling: the largest or the mean entry of each window.

A window slides over an image. For each of the kh kw places within it, take what it
meets there at all its positions: one strided slice of the image. Of 2x2 windows with
stride 2 these are x[..., 0::2, 0::2], x[..., 0::2, 1::2], x[..., 1::2, 0::2] and
x[..., 1::2, 1::2]. The largest entries are then kh kw - 1 maxima of whole slices, and
the gradient goes back through the same slices.

All functions take (N, C, ...) or (C, ...), and keep the input's order in memory.
"""

import math
from itertools import product

import numpy as np

from dlcourse.autograd import expect_tensors, record
from dlcourse.checks import expect_flags, expect_floats
from dlcourse.nn.applied import Applied
from dlcourse.nn.sliding import inside, output_shape, padded, per_axis


def max_pool1d(input, kernel_size, stride=None, padding=0, dilation=1):
    """Largest entry of each window along L: (N, C, L) -> (N, C, L')."""
    window = _Window("max_pool1d", 1, input, kernel_size, stride, padding, dilation)
    return _max_pool(input, window)


def max_pool2d(input, kernel_size, stride=None, padding=0, dilation=1):
    """Largest entry of each window: (N, C, H, W) -> (N, C, H', W').

    Its slope is 1 at the entry that was largest: of equal ones the first, row by row.
    nan counts as larger than anything (of several, the last).

    Args:
        input: floats.
        kernel_size: of the window; a number, or one for each axis, as are
        stride: steps between positions (default: the window's size),
        padding: entries of -inf on both sides, at most half a window, and
        dilation: steps between the entries of a window.

    Raises ValueError where shapes or settings do not fit, TypeError for integers.
    """
    window = _Window("max_pool2d", 2, input, kernel_size, stride, padding, dilation)
    return _max_pool(input, window)


def _max_pool(input, window):
    x = input.data
    first, *others = window.slices(padded(x, window.pads, -np.inf))
    y = np.maximum(first, others.pop() if others else first)
    for entry in others:
        np.maximum(y, entry, out=y)

    def gradient(g):
        g = _in_order_of(y, g)
        dx, targets = window.scatter(x)
        free = np.ones_like(y, dtype=bool)  # windows whose largest is yet to be found
        entries = window.slices(padded(x, window.pads, np.nan))  # nan equals nothing
        for entry, target in zip(entries, targets, strict=True):
            hit = entry == y
            hit &= free
            free ^= hit
            if window.tiles:  # the target is in these windows alone
                np.multiply(g, hit, out=target)
            else:
                target += g * hit
        if free.any():  # their largest is nan
            entries = window.slices(padded(np.isnan(x), window.pads, False))
            for entry, target in zip(entries[::-1], targets[::-1], strict=True):
                hit = entry & free
                free ^= hit
                target += g * hit
        return inside(dx, window.pads)

    return record(window.op, y, (input, gradient))


def avg_pool1d(input, kernel_size, stride=None, padding=0, *, count_include_pad=True):
    """Mean of each window along L: (N, C, L) -> (N, C, L')."""
    window = _Window("avg_pool1d", 1, input, kernel_size, stride, padding)
    return _avg_pool(input, window, count_include_pad)


def avg_pool2d(input, kernel_size, stride=None, padding=0, *, count_include_pad=True):
    """Mean of each window: (N, C, H, W) -> (N, C, H', W'). Its slope is 1/n.

    Args:
        input, kernel_size, stride: as in :func:`max_pool2d`.
        padding: zeros on both sides, at most half a window.
        count_include_pad: whether they count among the window's n; by name only, as
            PyTorch has another argument before it.

    Raises as :func:`max_pool2d`.
    """
    window = _Window("avg_pool2d", 2, input, kernel_size, stride, padding)
    return _avg_pool(input, window, count_include_pad)


def _avg_pool(input, window, count_include_pad):
    expect_flags(window.op, count_include_pad=count_include_pad)
    x = input.data
    n = math.prod(window.kernel)
    if not count_include_pad:
        n = window.sum(np.ones(x.shape[-len(window.kernel) :], x.dtype))
    y = window.sum(x)
    y /= n

    def gradient(g):
        g = _in_order_of(y, g) / n
        dx, targets = window.scatter(x)
        for target in targets:
            if window.tiles:
                target[...] = g
            else:
                target += g
        return inside(dx, window.pads)

    return record(window.op, y, (input, gradient))


def adaptive_avg_pool2d(input, output_size):
    """Mean of each cell of a grid: (N, C, H, W) -> (N, C, R, S).

    Row r takes the input's rows from floor(r H / R) up to ceil((r + 1) H / R): cells
    overlap where R does not divide H. With output_size 1 it is the mean of the image.

    Args:
        input: floats.
        output_size: (R, S), or a number for both; None for as many as the input has.

    Raises as :func:`max_pool2d`.
    """
    op, x = "adaptive_avg_pool2d", input.data
    _expect_images(op, 2, input)
    if not isinstance(output_size, list | tuple):
        output_size = output_size, output_size
    if len(output_size) != 2:
        raise ValueError(f"{op} expects output_size for 2 axes, got {output_size!r}")
    asked = zip(output_size, x.shape[-2:], strict=True)
    sizes = [n if r is None else r for r, n in asked]
    sizes = per_axis(op, "output_size", sizes, 2)
    grid = [_cells(r, n) for r, n in zip(sizes, x.shape[-2:], strict=True)]
    y = np.empty_like(x, shape=(*x.shape[:-2], *sizes))
    for place, cell in zip(np.ndindex(*sizes), product(*grid), strict=True):
        y[(..., *place)] = x[(..., *cell)].mean((-2, -1))

    def gradient(g):
        g, dx = _in_order_of(y, g), np.zeros_like(x)
        for place, cell in zip(np.ndindex(*sizes), product(*grid), strict=True):
            part = dx[(..., *cell)]
            part += (g[(..., *place)] / math.prod(part.shape[-2:]))[..., None, None]
        return dx

    return record(op, y, (input, gradient))


def _cells(count, n):
    """n entries in ``count`` slices of almost equal lengths, that cover all."""
    return [slice(i * n // count, -(-(i + 1) * n // count)) for i in range(count)]


class _Window:
    """A window that slides over the last axes of arrays of one shape.

    Attributes:
        op: the operation's name.
        kernel, pads: its size, and (before, after) for each axis.
        tiles: whether each entry is in exactly one window.
    """

    def __init__(self, op, dims, input, kernel_size, stride, padding, dilation=1):
        _expect_images(op, dims, input)
        stride = kernel_size if stride is None else stride
        self.op = op
        self.kernel = per_axis(op, "kernel_size", kernel_size, dims)
        self.stride = per_axis(op, "stride", stride, dims)
        self.dilation = per_axis(op, "dilation", dilation, dims)
        pads = per_axis(op, "padding", padding, dims, least=0)
        if any(2 * p > k for p, k in zip(pads, self.kernel, strict=True)):
            raise ValueError(
                f"{op} expects padding of at most half the kernel_size "
                f"{tuple(self.kernel)}, got {padding!r}"
            )
        self.pads = [(p, p) for p in pads]
        sizes = input.shape[-dims:]
        steps = self.kernel, self.stride, self.dilation
        self.shape = output_shape(op, sizes, self.pads, *steps)
        whole = [m * s for m, s in zip(self.shape, self.stride, strict=True)]
        self.tiles = (
            self.kernel == self.stride
            and max(self.dilation) == 1
            and whole == [n + 2 * p for n, p in zip(sizes, pads, strict=True)]
        )

    def slices(self, array):
        """What each place of the window meets in a padded array, row by row."""

        def along(i, d, s, m):
            return slice(i * d, i * d + (m - 1) * s + 1, s)

        settings = self.dilation, self.stride, self.shape
        return [
            array[(..., *map(along, place, *settings))]
            for place in np.ndindex(*self.kernel)
        ]

    def sum(self, array):
        """The sum of each window, padded with zeros."""
        first, *others = self.slices(padded(array, self.pads, 0))
        total = first.copy(order="K")
        for entry in others:
            total += entry
        return total

    def scatter(self, x):
        """A gradient for x, padded, still to be filled; and what each place meets."""
        dx = padded(x, self.pads, 0) if any(map(any, self.pads)) else x
        dx = np.empty_like(dx) if self.tiles else np.zeros_like(dx)
        return dx, self.slices(dx)


def _in_order_of(like, array):
    """``array`` in the memory order of ``like``: what follows is then done in runs."""
    if array.strides == like.strides:
        return array
    ordered = np.empty_like(like)
    ordered[...] = array
    return ordered


def _expect_images(op, dims, input):
    expect_tensors(op, input)
    if input.ndim not in (dims + 1, dims + 2) or 0 in input.shape[-dims - 1 :]:
        images = "(N, C, L) or (C, L)" if dims == 1 else "(N, C, H, W) or (C, H, W)"
        raise ValueError(f"{op} expects {images}, got {input.shape}")
    expect_floats(op, input)


# ----------------------------------------------------------------------------- modules


class _Pool(Applied):
    """Where no stride is given, windows stand side by side."""

    def __init__(self, *args, **settings):
        super().__init__(*args, **settings)
        self.stride = self.kernel_size if self.stride is None else self.stride


class MaxPool1d(_Pool, function=max_pool1d):
    """See :func:`max_pool1d`."""


class MaxPool2d(_Pool, function=max_pool2d):
    """See :func:`max_pool2d`."""


class AvgPool1d(_Pool, function=avg_pool1d):
    """See :func:`avg_pool1d`."""


class AvgPool2d(_Pool, function=avg_pool2d):
    """See :func:`avg_pool2d`."""


class AdaptiveAvgPool2d(Applied, function=adaptive_avg_pool2d):
    """See :func:`adaptive_avg_pool2d`."""
