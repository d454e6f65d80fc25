"""What lesson 13 gives to debug."""

import numpy as np

from dlcourse.compress import IntegerLinear, Quantized, to_integers


def their_quantize(w, bits):
    """w (out, ...), symmetric, per channel, in 2 to 8 bits: a colleague's.

    Returns a compress.Quantized.
    """
    top = 2 ** (bits - 1) - 1
    largest = np.abs(w).max(axis=tuple(range(1, w.ndim)), keepdims=True)
    scale = np.where(largest > 0, largest / top, 1).astype(w.dtype)
    values = (w // scale).clip(-top, top).astype(np.int8)
    return Quantized(values, scale, np.zeros_like(scale, np.int32), bits)


def their_integers(model, x, activation_bits):
    """``model``, a Sequential, with Linear layers that compute in integers: a friend's.

    Weights have 8 bits, the layers' inputs so many. x: a Tensor of typical inputs.
    """
    model = to_integers(model, x, 8, activation_bits)
    for layer in model:
        if isinstance(layer, IntegerLinear):
            layer.__class__ = _Theirs
    return model


class _Theirs(IntegerLinear):
    def sums(self, q, zero_point):
        return super().sums(q, zero_point + 1)
