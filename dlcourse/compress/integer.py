"""Layers that compute in integers: int8 times int8, summed in int32.

With x ~ s (q - z) for the inputs and w ~ t r for each output's weights,

    sum over k of w_k x_k  ~  s t ( sum r_k q_k  -  z sum r_k ) :

one product of integers, a correction that is known beforehand, one scale at the end.
"""

from contextlib import ExitStack

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from dlcourse.autograd import Tensor, expect_tensors, no_grad
from dlcourse.checks import expect_kind
from dlcourse.compress.changed import Wrapper, changed, converted
from dlcourse.compress.fold import LinearOfRows
from dlcourse.compress.quantization import expect_bits, limits, quantize, quantize_with
from dlcourse.nn.conv import Conv1d, Conv2d
from dlcourse.nn.linear import Linear
from dlcourse.nn.measuring import measuring
from dlcourse.nn.module import Module
from dlcourse.nn.sliding import output_shape, spans


def integer_matmul(a, b, exact_floats=True):
    """a @ b of integers, exactly: (n, k) @ (k, m) -> int32.

    NumPy multiplies matrices of integers without BLAS, ten to a hundred times slower
    than of floats. ``exact_floats`` goes through floats, which hold every integer up to
    2^24 (float32) or 2^53 (float64): as |sum| is at most k max|a| max|b|, no partial
    sum is rounded. Raises OverflowError where int32 would not hold it.
    """
    if a.dtype.kind not in "iu" or b.dtype.kind not in "iu":
        raise TypeError(f"integer_matmul expects integers, got {a.dtype}, {b.dtype}")
    if b.ndim != 2 or a.shape[-1:] != b.shape[:1]:
        raise ValueError(
            f"integer_matmul expects a (n, k) and b (k, m), got {a.shape} and {b.shape}"
        )
    bound = a.shape[-1] * _largest(a) * _largest(b)
    if bound >= 2**31:
        raise OverflowError(f"a sum may reach {bound}, int32 ends at {2**31 - 1}")
    if not exact_floats:
        return a.astype(np.int32) @ b.astype(np.int32)
    dtype = np.float32 if bound <= 2**24 else np.float64
    return (a.astype(dtype) @ b.astype(dtype)).astype(np.int32)


def _largest(a):
    return max(int(a.max(initial=0)), -int(a.min(initial=0)))


class Observer(Module):
    """The range of what it has seen; (scale, zero_point) for so many bits, affine.

    The range is two buffers, PyTorch's min_val and max_val: a part of the state. 0 is
    always in it: from ``low`` to ``high``.
    """

    def __init__(self, bits=8):
        super().__init__()
        expect_bits("Observer", bits=bits)
        self.bits = bits
        self.register_buffer("min_val", Tensor(np.array(np.inf)))
        self.register_buffer("max_val", Tensor(np.array(-np.inf)))

    def see(self, x):
        if not np.isfinite(x).all() or not x.size:
            raise ValueError("Observer expects finite numbers as x, at least one")
        self.min_val[...] = min(self.min_val.item(), x.min())
        self.max_val[...] = max(self.max_val.item(), x.max())

    low = property(lambda self: min(self.min_val.item(), 0.0))
    high = property(lambda self: max(self.max_val.item(), 0.0))

    @property
    def scale(self):
        if self.min_val.item() > self.max_val.item():
            raise RuntimeError("an Observer that has seen nothing knows no scale")
        return (self.high / 2 - self.low / 2) / (2**self.bits - 1) * 2 or 1.0

    @property
    def zero_point(self):
        return round(-self.low / self.scale)

    @property
    def grid(self):
        """(scale, zero_point, low, high), as quantize_with takes them."""
        return self.scale, self.zero_point, *limits(self.bits, symmetric=False)


class _Integer(Module):
    """What the two layers share: weights in integers, the input's scale, the end."""

    kind = None  # of the layer in floats

    def __init__(self, layer, observer, bits):
        super().__init__()
        who = type(self).__name__
        expect_kind(who, "layer", layer, self.kind)
        expect_kind(who, "observer", observer, Observer)
        expect_bits(who, bits=bits)
        if getattr(layer, "padding_mode", "zeros") != "zeros":
            raise ValueError("integer convolution pads with zeros, not circularly")
        weight = quantize(layer.weight.data, bits, symmetric=True, axis=0)
        inputs = layer.weight.data[0].size
        largest = (2**observer.bits - 1) * max(limits(bits, symmetric=True)[1], 1)
        if inputs * largest >= 2**31:
            raise ValueError(
                f"{who} sums {inputs} products of up to {largest} for each output: "
                f"int32 holds {(2**31 - 1) // largest}"
            )
        self.layer, self.observer = changed(layer, weight=None), observer
        self.training = layer.training
        self.register_buffer("weight", Tensor(weight.values.astype(np.int8)))
        self.register_buffer("weight_scale", Tensor(weight.scale.ravel()))
        self.bits = bits

    def forward(self, input):
        """Floats in, floats out; integers between. No gradient."""
        seen, q = self.observer, self._quantized(input)
        # 0 ... 255 as int8: shifted by 128, and the zero point with it
        shift = 2 ** (seen.bits - 1)
        sums = self.sums((q - shift).astype(np.int8), seen.zero_point - shift)
        return self._with_bias(
            sums * self._along(seen.scale * self.weight_scale.data), input
        )

    def simulated(self, input):
        """The same in floats, from the numbers that the integers stand for."""
        seen, q = self.observer, self._quantized(input)
        x = seen.scale * (q - seen.zero_point).astype(np.float64)
        shape = (-1,) + (1,) * (self.weight.ndim - 1)
        weight = self.weight_scale.data.reshape(shape) * self.weight.data.astype(float)
        layer = changed(self.layer, weight=Tensor(weight), bias=None)
        return self._with_bias(layer(Tensor(x)).data, input)

    bias = property(lambda self: self.layer.bias)

    def _with_bias(self, y, input):
        if self.bias is not None:
            y = y + self._along(self.bias.data)
        return Tensor(y.astype(input.dtype))

    def _along(self, values):
        """(out,) for the outputs of a Linear, (out, 1, 1) for those of a Conv2d."""
        return values.reshape((-1,) + (1,) * (self.weight.ndim - 2))

    def _quantized(self, input):
        expect_tensors(type(self).__name__, input)
        self._expect_fit(input.shape)
        return quantize_with(input.data, *self.observer.grid)

    def extra_repr(self):
        return f"weights in {self.bits} bits, inputs in {self.observer.bits}"


class IntegerLinear(_Integer):
    """A Linear whose product is one of int8 matrices, summed in int32."""

    kind = Linear

    def _expect_fit(self, shape):
        n = self.layer.in_features
        if isinstance(self.layer, LinearOfRows):
            self.layer.expect_rows(shape)
        if shape[-1:] != (n,):
            raise ValueError(f"IntegerLinear expects (..., {n}), got {shape}")

    def sums(self, q, zero_point):
        return _sums(q, self.weight.data, zero_point)


class IntegerConv2d(_Integer):
    """A Conv2d whose products are of int8, summed in int32; padded with the zero."""

    kind = Conv2d

    def _expect_fit(self, shape):
        layer, n = self.layer, self.layer.in_channels
        if len(shape) != 4 or shape[1] != n:
            raise ValueError(f"IntegerConv2d expects (N, {n}, H, W), got {shape}")
        slide = layer.kernel_size, layer.stride, layer.dilation
        output_shape("IntegerConv2d", shape[2:], layer._pads, *slide)

    def sums(self, q, zero_point):
        layer = self.layer
        pads = [(0, 0), (0, 0), *layer._pads]
        q = np.pad(q, pads, constant_values=zero_point)  # it stands for 0
        reach = spans(layer.kernel_size, layer.dilation)
        windows = sliding_window_view(q, reach, axis=(2, 3))
        (sh, sw), (dh, dw) = layer.stride, layer.dilation
        windows = windows[:, :, ::sh, ::sw, ::dh, ::dw]  # (N, C, H', W', kh, kw)
        n, _, h, w = windows.shape[:4]
        columns = windows.transpose(0, 2, 3, 1, 4, 5)
        columns = columns.reshape(n * h * w, layer.groups, -1).swapaxes(0, 1)
        rows = self.weight.data.reshape(layer.groups, -1, columns.shape[-1])
        parts = [_sums(*pair, zero_point) for pair in zip(columns, rows, strict=True)]
        return np.hstack(parts).reshape(n, h, w, -1).transpose(0, 3, 1, 2)


def _sums(q, r, zero_point):
    """sum over k of r (q - z), as int32: int8 (n, k) and (m, k) -> (n, m)."""
    correction = zero_point * r.sum(axis=1, dtype=np.int32)
    return integer_matmul(q, r.T) - correction


def to_integers(model, x, bits=8, activation_bits=8):
    """``model`` with its Linear and Conv2d layers computing in integers.

    Args:
        model: a Module; it stays as it is. Fold its batch norms first.
        x: a Tensor of typical inputs: run in evaluation, the model gives the ranges of
            the layers' inputs.
        bits, activation_bits: of the weights and of the layers' inputs.

    Raises ValueError where a layer's sums may leave int32. A layer that x does not
    reach raises when it is used.
    """
    expect_kind("to_integers", "model", model, Module)
    expect_tensors("to_integers", x)
    observers = {}

    with ExitStack() as afterwards, measuring(model, training=False), no_grad():
        for path, part in model.named_modules():
            observer = observers[path] = Observer(activation_bits)

            def see(part, args, output, observer=observer):
                observer.see(args[0].data)

            if _integer_kind(part):
                afterwards.callback(part.register_forward_hook(see).remove)
        model(x)

    def convert(part, path):
        kind = _integer_kind(part)
        if kind:
            layer = part.plain() if isinstance(part, Wrapper) else part
            return kind(layer, observers[path], bits)

    return converted(model, convert)


def _integer_kind(part):
    """The integer layer for a Linear or a Conv2d, wrapped or not; None for others."""
    layer = part.inner if isinstance(part, Wrapper) else part
    if isinstance(layer, Linear):
        return IntegerLinear
    if isinstance(layer, Conv2d) and not isinstance(layer, Conv1d):
        return IntegerConv2d
