"""Upsampling: larger images by repeating entries."""

import math

import numpy as np

from dlcourse.autograd import expect_tensors, record
from dlcourse.checks import expect_in
from dlcourse.nn.applied import Applied
from dlcourse.nn.sliding import per_axis


def interpolate(input, size=None, scale_factor=None, mode="nearest"):
    """Images of another size: (N, C, ...) -> (N, C, *size).

    Output entry i of m is input entry floor(i n / m), along each axis. The gradients of
    all that were read from one entry add up there.

    Args:
        input: (N, C, L) or (N, C, H, W).
        size: of the output; a number, or one for each axis. Or
        scale_factor: the output has floor(n scale_factor) entries, and its entry i is
            input entry floor(i / scale_factor).
        mode: "nearest".

    Raises ValueError where settings or shapes do not fit.
    """
    expect_tensors("interpolate", input)
    if mode != "nearest":
        raise ValueError(f"interpolate expects mode='nearest', got {mode!r}")
    if (size is None) == (scale_factor is None):
        raise ValueError(
            f"interpolate expects size or scale_factor, got {size=}, {scale_factor=}"
        )
    if input.ndim < 3 or 0 in input.shape[1:]:
        raise ValueError(f"interpolate expects (N, C, ...), got {input.shape}")
    name, asked = ("scale_factor", scale_factor) if size is None else ("size", size)
    dims = input.ndim - 2
    asked = list(asked) if isinstance(asked, list | tuple) else [asked] * dims
    if len(asked) != dims:
        raise ValueError(f"interpolate expects {name} for {dims} axes, got {asked}")
    if size is not None:
        per_axis("interpolate", name, asked, dims)
    for factor in asked if size is None else ():
        expect_in("interpolate", name, factor, "(0, inf)")
    for axis, value in enumerate(asked, 2):
        n = input.shape[axis]
        m = math.floor(n * value) if size is None else value
        if m < 1:
            raise ValueError(f"interpolate expects at least one entry, got {m} of {n}")
        step = 1 / value if size is None else np.float32(n) / np.float32(m)
        # in single precision, as PyTorch does: 1/3 of 3 may fall on either side of 1
        index = (np.arange(m, dtype=np.float32) * np.float32(step)).astype(int)
        input = _read(input, axis, index.clip(max=n - 1))
    return input


def _read(input, axis, index):
    """Entries ``index``, which rises, of one axis: np.take, with the batch last."""
    x = np.moveaxis(input.data, 0, -1)
    read, first = np.unique(index, return_index=True)

    def gradient(g):
        dx = np.zeros_like(x)
        sums = np.add.reduceat(np.moveaxis(g, 0, -1), first, axis - 1)
        dx[(slice(None),) * (axis - 1) + (read,)] = sums
        return np.moveaxis(dx, -1, 0)

    y = np.moveaxis(x.take(index, axis - 1), -1, 0)
    return record("interpolate", y, (input, gradient))


class Upsample(Applied, function=interpolate):
    """See :func:`interpolate`."""

    def extra_repr(self):
        name = "scale_factor" if self.size is None else "size"
        return f"{name}={getattr(self, name)}, mode={self.mode!r}"
