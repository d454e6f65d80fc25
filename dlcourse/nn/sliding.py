"""The sizes of a window that slides: settings for each axis, and what comes out."""

import numpy as np


def per_axis(who, name, value, dims, least=1):
    """A setting as one integer for each axis; a single number holds for all."""
    values = list(value) if isinstance(value, list | tuple) else [value]
    values = values * dims if len(values) == 1 else values
    integers = all(isinstance(v, int | np.integer) for v in values)
    if len(values) != dims or not integers or min(values) < least:
        each = "an integer" if dims == 1 else f"an integer, or {dims},"
        raise ValueError(
            f"{who} expects {name} to be {each} of at least {least}, got {value!r}"
        )
    return [int(v) for v in values]


def spans(kernel, dilation):
    """How far a window reaches along each axis: dilation (k - 1) + 1."""
    return [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]


def output_shape(who, shape, pads, kernel, stride, dilation):
    """floor((n + pads - span) / stride) + 1 positions along each axis.

    Raises ValueError where the window is larger than the padded input.
    """
    sizes = [n + sum(pad) for n, pad in zip(shape, pads, strict=True)]
    reach = spans(kernel, dilation)
    if any(span > n for span, n in zip(reach, sizes, strict=True)):
        raise ValueError(
            f"{who} expects an input at least as large as the window, which spans "
            f"{reach}; got {sizes}, padding included"
        )
    return [(n - e) // s + 1 for n, e, s in zip(sizes, reach, stride, strict=True)]


def pads_of(who, padding, kernel, stride, dilation):
    """A convolution's padding as (before, after) for each axis."""
    if padding == "valid":
        return [(0, 0)] * len(kernel)
    if padding == "same" and set(stride) == {1}:
        return [((n - 1) // 2, n // 2) for n in spans(kernel, dilation)]
    if isinstance(padding, str):
        raise ValueError(
            f"{who} expects padding to be numbers, 'valid', or with stride 1 'same', "
            f"got {padding!r} with stride {tuple(stride)}"
        )
    return [(p, p) for p in per_axis(who, "padding", padding, len(kernel), least=0)]


def padded(x, pads, value):
    """x with ``value`` around its last axes, in x's order in memory; x where none is.

    Args:
        pads: (before, after) for each of the last axes.
    """
    if not any(map(any, pads)):
        return x
    sizes = [n + sum(pad) for n, pad in zip(x.shape[-len(pads) :], pads, strict=True)]
    out = np.full_like(x, value, shape=(*x.shape[: -len(pads)], *sizes))
    inside(out, pads)[...] = x
    return out


def inside(x, pads):
    """What is left of x without its padding: a view."""
    sizes = x.shape[-len(pads) :]
    return x[(..., *(slice(a, n - b) for n, (a, b) in zip(sizes, pads, strict=True)))]
