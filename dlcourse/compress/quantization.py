"""Quantisation: numbers as small integers, with a scale and a zero point.

    q = clip(round(x / scale) + zero_point, low, high),      x ~ scale (q - zero_point)

Halves are rounded to the even side, as in PyTorch. Inside the range the error is at
most scale / 2. *Affine*: the range from the smallest to the largest x, zero included,
so that 0 stays exactly 0 (padding, ReLU). *Symmetric*: zero_point = 0 and the range
+-max|x|, which leaves a product of integers free of cross terms. Source: Jacob et al.,
*Quantization and training of neural networks for integer-only inference* (2018).
"""

from dataclasses import dataclass

import numpy as np

from dlcourse.autograd import expect_tensors, record
from dlcourse.checks import (
    expect_axis,
    expect_flags,
    expect_floats,
    expect_in,
    expect_one_of,
    expect_sizes,
)


@dataclass(frozen=True)
class Quantized:
    """Integers, and what they stand for.

    Attributes:
        values: the integers, int16 or narrower.
        scale, zero_point: numbers, or arrays that broadcast against ``values``.
        bits: how many each value needs.
    """

    values: np.ndarray
    scale: np.ndarray
    zero_point: np.ndarray
    bits: int

    def dequantize(self):
        """The floats that the integers stand for: scale (q - zero_point)."""
        return self.scale * (self.values - self.zero_point).astype(self.scale.dtype)


def quantize(x, bits=8, symmetric=False, axis=None, method="minmax"):
    """``x`` in ``bits`` bits, with the range that its own values ask for.

    Args:
        x: an array of floats.
        bits: 1 to 8. With one bit and ``symmetric`` the values are +-mean|x|, the best
            multiple of the signs (Rastegari et al., *XNOR-Net*, 2016).
        symmetric: whether zero_point is 0. The integers then run from -(2^(bits-1) - 1)
            to 2^(bits-1) - 1, else from 0 to 2^bits - 1.
        axis: with its own range for each index along this axis (for the weight of a
            layer 0: per channel); None: one for all.
        method: "minmax", or "mse": the shrunk range, out of 80, with the least squared
            error: a few values are cut so that all others are finer.

    Returns a :class:`Quantized`.
    """
    x = _checked(x, axis)
    expect_bits("quantize", bits=bits)
    expect_flags("quantize", symmetric=symmetric)
    expect_one_of("quantize", "method", method, ("minmax", "mse"))
    if bits == 1 and symmetric:
        scale = np.abs(x).mean(_others(x, axis), float, keepdims=True).astype(x.dtype)
        signs = np.where(x >= 0, 1, -1).astype(np.int8)
        return Quantized(signs, _nonzero(scale), np.zeros_like(scale, np.int32), 1)
    if method == "minmax":
        return _in_range(x, bits, symmetric, *_range(x, symmetric, axis))
    low, high = _range(x, symmetric, axis)
    best, least, size = 1.0, np.inf, _nonzero(np.maximum(-low, high))
    for share in np.linspace(1, 0.21, 80):
        q = _in_range(x, bits, symmetric, share * low, share * high)
        error = (q.dequantize() - x) / size  # whose square stays in the range
        error = np.square(error).sum(_others(x, axis), keepdims=True)
        best = np.where(error < least, share, best)
        least = np.minimum(error, least)
    best = best.astype(x.dtype)
    return _in_range(x, bits, symmetric, best * low, best * high)


def quantize_with(x, scale, zero_point, low, high):
    """The integers (int32) of ``x`` for a given scale and zero point, from low to high.

    Raises ValueError for a scale that is not above 0, and for nan.
    """
    _expect_grid("quantize_with", scale, low, high)
    if np.isnan(x).any():
        raise ValueError("quantize_with expects numbers as x, got nan")
    return _steps(x, scale, zero_point).clip(low, high).astype(np.int32)


def _steps(x, scale, zero_point):
    with np.errstate(over="ignore"):  # inf is cut, as all that is far out
        return np.rint(x / scale) + zero_point


def expect_bits(who, **bits):
    """1 to 8 bits: what integer layers hold."""
    expect_sizes(who, **bits)
    for name, n in bits.items():
        expect_in(who, name, n, "[1, 8]")


def limits(bits, symmetric):
    """The smallest and the largest integer."""
    top = 2 ** (bits - 1) - 1
    return (-top, top) if symmetric else (0, 2**bits - 1)


def _range(x, symmetric, axis):
    others = _others(x, axis)
    low = np.minimum(x.min(others, keepdims=True), 0)
    high = np.maximum(x.max(others, keepdims=True), 0)
    if symmetric:
        high = np.maximum(-low, high)
        low = -high
    return low, high


def _in_range(x, bits, symmetric, low, high):
    smallest, largest = limits(bits, symmetric)
    # in halves: the whole range may be wider than the largest float
    scale = _nonzero((high / 2 - low / 2) / x.dtype.type(largest - smallest) * 2)
    zero = np.zeros_like(scale) if symmetric else np.rint(smallest - low / scale)
    zero = zero.clip(smallest, largest).astype(np.int32)
    values = quantize_with(x, scale, zero, smallest, largest)
    return Quantized(values.astype(np.int16), scale, zero, bits)


def _nonzero(scale):
    """Where all x are 0, any scale will do."""
    return np.where(scale > 0, scale, scale.dtype.type(1))


def _others(x, axis):
    """All axes but this one; None, which is all of them, for None."""
    if axis is None:
        return None
    return tuple(i for i in range(x.ndim) if i != axis % x.ndim)


def _checked(x, axis):
    x = np.asarray(x)
    expect_floats("quantize", x)
    if not x.size or not np.isfinite(x).all():
        raise ValueError("quantize expects finite numbers as x, at least one")
    if axis is not None:
        expect_axis("quantize", "axis", axis, x.ndim)
    return x


def _expect_grid(who, scale, low, high):
    if not np.all((np.asarray(scale) > 0) & np.isfinite(scale)):
        raise ValueError(f"{who} expects a finite scale above 0, got {scale}")
    if not low <= high:
        raise ValueError(f"{who} expects low <= high, got {low=}, {high=}")


# ---------------------------------------------------------------- while training


def fake_quantize(input, scale, zero_point, low, high):
    """Round to the grid and back, with the gradient passed *straight through*.

    Rounding has slope 0 everywhere: nothing would ever be learned. So its slope is
    taken to be 1 (Bengio, Léonard and Courville, 2013), and 0 where the value was cut,
    outside the range (Hubara et al., *Binarized neural networks*, 2016).

    Args:
        input: a Tensor.
        scale, zero_point: numbers, or arrays that broadcast against it.
        low, high: the ends of the integers.
    """
    expect_tensors("fake_quantize", input)
    expect_floats("fake_quantize", input)
    _expect_grid("fake_quantize", scale, low, high)
    x, scale = input.data, np.asarray(scale, input.dtype)
    q = _steps(x, scale, zero_point)
    inside = (q >= low) & (q <= high)
    y = scale * (q.clip(low, high) - zero_point).astype(x.dtype)
    return record("fake_quantize", y, (input, lambda g: g * inside))
