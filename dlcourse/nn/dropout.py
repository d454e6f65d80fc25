"""Dropout: in training, chance switches off units, channels or connections.

What stays is divided by 1 - p, the share that stays (*inverted* dropout): the mean over
all masks is then the value itself, and evaluation has nothing to do. The mask is drawn
anew in each forward pass and for each example, not once an epoch.

A ``mask`` (True, or 1: stays) can be given instead: to look at one, or to give both
engines the same. Modules have it as an attribute, None for drawing.
"""

import numpy as np

from dlcourse.autograd import expect_tensors, record
from dlcourse.checks import expect_flags, expect_floats, expect_in
from dlcourse.nn.linear import Linear, linear
from dlcourse.nn.module import Module
from dlcourse.random import default_generator


def dropout(input, p=0.5, training=True, *, mask=None):
    """y = x * mask / (1 - p): each entry is 0 with probability p.

    dL/dx = g * mask / (1 - p): what was off gets no gradient (Srivastava et al., 2014).

    Args:
        input: floats of any shape.
        mask: of the input's shape, or one that broadcasts to it.

    Raises ValueError for p outside [0, 1] or a mask that does not fit.
    """
    expect_tensors("dropout", input)
    return _dropped("dropout", input, p, training, mask, input.shape)


def dropout2d(input, p=0.5, training=True, *, mask=None):
    """Dropout of whole channels: the mask is (N, C, 1, 1) for input (N, C, H, W).

    Neighbouring pixels say much the same, so that one alone is not missed (Tompson et
    al., 2015). Also takes (N, C, L), as PyTorch does.
    """
    expect_tensors("dropout2d", input)
    if input.ndim not in (3, 4):
        raise ValueError(f"dropout2d expects (N, C, H, W), got {input.shape}")
    shape = input.shape[:2] + (1,) * (input.ndim - 2)
    return _dropped("dropout2d", input, p, training, mask, shape)


def drop_connect(input, weight, bias=None, p=0.5, training=True, *, mask=None):
    """Y = X (W * mask / (1 - p))^T + b: connections are dropped instead of units.

    Wan et al. (2013) draw a mask for each example, (N, out, in): that many weights in
    memory. Here one mask (out, in) serves the whole batch, unless a larger is given. In
    evaluation W is used as it is, the masked ones' mean; they sample the activation.

    Args:
        input: (N, in).
        weight, bias: as for :func:`linear`.
    """
    expect_tensors("drop_connect", input, weight)
    batch = input.shape[:1] if np.ndim(mask) == 3 else ()
    shape = batch + weight.shape
    weight = _dropped("drop_connect", weight, p, training, mask, shape)
    if weight.ndim == 2:
        return linear(input, weight, bias)
    y = (weight @ input.reshape(*input.shape, 1)).reshape(*weight.shape[:2])
    return y if bias is None else y + bias


def _dropped(who, x, p, training, mask, shape):
    """x * mask / (1 - p), with a mask of ``shape`` drawn where none is given."""
    expect_in(who, "p", p, "[0, 1]")
    expect_flags(who, training=training)
    if not training:
        return x
    expect_floats(who, x)
    if mask is None:
        mask = _drawn(p, shape, x.data)
    elif np.shape(mask) != shape:
        raise ValueError(f"{who} expects mask {shape}, got {np.shape(mask)}")
    scale = x.dtype.type(1 / (1 - p) if p < 1 else 0)
    kept = np.multiply(np.asarray(mask), scale, dtype=x.dtype)
    return record(who, x.data * kept, (x, lambda g: g * kept))


def _drawn(p, shape, like):
    """A mask that lies in memory as the array does: their product is quick then."""
    order = np.argsort([-abs(stride) for stride in like.strides], kind="stable")
    uniform = default_generator().random([shape[i] for i in order], np.float32)
    return (uniform >= p).transpose(np.argsort(order))


class _Dropout(Module):
    """What Dropout and Dropout2d share."""

    def __init__(self, p=0.5):
        super().__init__()
        expect_in(type(self).__name__, "p", p, "[0, 1]")
        self.p, self.mask = p, None

    def forward(self, input):
        return self.function(input, self.p, self.training, mask=self.mask)

    def extra_repr(self):
        return f"p={self.p}"


class Dropout(_Dropout):
    """Entries are 0 with probability ``p`` in training; see :func:`dropout`."""

    function = staticmethod(dropout)


class Dropout2d(_Dropout):
    """Channels are 0 with probability ``p`` in training; see :func:`dropout2d`."""

    function = staticmethod(dropout2d)


class DropConnect(Linear):
    """A Linear that drops weights in training; see :func:`drop_connect`."""

    def __init__(self, in_features, out_features, bias=True, p=0.5):
        super().__init__(in_features, out_features, bias)
        expect_in(type(self).__name__, "p", p, "[0, 1]")
        self.p, self.mask = p, None

    def forward(self, input):
        return drop_connect(
            input, self.weight, self.bias, self.p, self.training, mask=self.mask
        )

    def extra_repr(self):
        return f"{super().extra_repr()}, p={self.p}"
