"""Recurrent cells: one step of a recurrent network, in its plain form.

A cell maps an input x (N, input_size) and the state h (N, hidden_size) to the next
state. The layers in recurrent.py run the same equations over a whole sequence at once.
"""

import math

import numpy as np

from dlcourse.autograd import expect_tensors, tensor
from dlcourse.checks import expect_flags, expect_one_of, expect_sizes
from dlcourse.nn.linear import linear
from dlcourse.nn.module import Module, uniform_parameter


def parameter_shapes(input_size, hidden_size, gates, bias):
    """{name: shape} of a cell with ``gates`` blocks of rows, in PyTorch's order."""
    rows = gates * hidden_size
    shapes = {"weight_ih": (rows, input_size), "weight_hh": (rows, hidden_size)}
    return shapes | ({"bias_ih": (rows,), "bias_hh": (rows,)} if bias else {})


def expect_like(who, name, x, shape, dtype):
    """Raise where ``x`` is no Tensor of this shape and dtype."""
    expect_tensors(f"{who}: {name}", x)
    if x.shape != shape:
        raise ValueError(f"{who} expects {name} {shape}, got {x.shape}")
    if x.dtype != dtype:
        raise TypeError(
            f"{who} expects {name} of {dtype}, like its weights, got {x.dtype}"
        )


def expect_pair(who, hx):
    if not isinstance(hx, tuple | list) or len(hx) != 2:
        raise TypeError(
            f"{who} expects hx to be a pair (h, c), got {type(hx).__name__}"
        )
    return hx


class _Cell(Module):
    """What the cells share: parameters, and the checks of input and state."""

    gates = 1  # blocks of rows in each weight

    def __init__(self, input_size, hidden_size, bias=True):
        super().__init__()
        who = type(self).__name__
        expect_sizes(who, input_size=input_size, hidden_size=hidden_size)
        expect_flags(who, bias=bias)
        self.input_size, self.hidden_size, self.bias = input_size, hidden_size, bias
        bound = 1 / math.sqrt(hidden_size)
        shapes = parameter_shapes(input_size, hidden_size, self.gates, bias)
        for name, shape in shapes.items():
            setattr(self, name, uniform_parameter(bound, *shape))
        if not bias:
            self.bias_ih = self.bias_hh = None

    def _checked(self, input, state, name="hx"):
        """The given state, checked, or zeros."""
        who, dtype = type(self).__name__, self.weight_hh.dtype
        expect_tensors(who, input)
        if input.ndim not in (1, 2):
            n = self.input_size
            raise ValueError(
                f"{who} expects input (N, {n}) or ({n},), got {input.shape}"
            )
        batch = input.shape[:-1]
        expect_like(who, "input", input, (*batch, self.input_size), dtype)
        if state is None:
            return tensor(np.zeros((*batch, self.hidden_size), dtype))
        expect_like(who, name, state, (*batch, self.hidden_size), dtype)
        return state

    def _affine(self, input, h):
        """W_ih x + b_ih and W_hh h + b_hh, each (..., gates * hidden_size)."""
        return (
            linear(input, self.weight_ih, self.bias_ih),
            linear(h, self.weight_hh, self.bias_hh),
        )

    def _blocks(self, x):
        """The gates' blocks of x, each (..., hidden_size)."""
        n = self.hidden_size
        return [x[..., k * n : (k + 1) * n] for k in range(self.gates)]

    def extra_repr(self):
        bias = "" if self.bias else ", bias=False"
        return f"{self.input_size}, {self.hidden_size}{bias}"


class RNNCell(_Cell):
    """h' = tanh(W_ih x + b_ih + W_hh h + b_hh) (Elman, 1990).

    Args:
        input_size, hidden_size: the sizes of x and h.
        bias: learn b_ih and b_hh.
        nonlinearity: "tanh" or "relu".

    Called with x (N, input_size) and h (N, hidden_size), zeros where it is left out;
    both without N for a single example. Raises ValueError where shapes do not fit,
    TypeError where dtypes do not.
    """

    def __init__(self, input_size, hidden_size, bias=True, nonlinearity="tanh"):
        expect_one_of("RNNCell", "nonlinearity", nonlinearity, ("tanh", "relu"))
        super().__init__(input_size, hidden_size, bias)
        self.nonlinearity = nonlinearity

    def forward(self, input, hx=None):
        x, h = self._affine(input, self._checked(input, hx))
        return getattr(x + h, self.nonlinearity)()


class LSTMCell(_Cell):
    """Long short-term memory (Hochreiter and Schmidhuber, 1997; Gers et al., 2000).

    With i, f, o = sigmoid(...) and g = tanh(...) of W_ih x + b_ih + W_hh h + b_hh,
    whose blocks of rows come in the order i f g o:

        c' = f * c + i * g          h' = o * tanh(c')

    Called with x and the pair (h, c), shapes as for :class:`RNNCell`; returns (h', c').
    """

    gates = 4

    def forward(self, input, hx=None):
        h, c = (None, None) if hx is None else expect_pair("LSTMCell", hx)
        h, c = self._checked(input, h, "h"), self._checked(input, c, "c")
        x, h = self._affine(input, h)
        i, f, g, o = self._blocks(x + h)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        return o.sigmoid() * c.tanh(), c


class GRUCell(_Cell):
    """Gated recurrent unit (Cho et al., 2014), in PyTorch's variant.

    With x_r, x_z, x_n the blocks of rows of W_ih x + b_ih and h_r, h_z, h_n those of
    W_hh h + b_hh:

        r = sigmoid(x_r + h_r)      z = sigmoid(x_z + h_z)
        n = tanh(x_n + r * h_n)     h' = (1 - z) * n + z * h

    (In the paper r multiplies h itself, before W_hh.) Called as :class:`RNNCell`.
    """

    gates = 3

    def forward(self, input, hx=None):
        h = self._checked(input, hx)
        x_gates, h_gates = self._affine(input, h)
        x_r, x_z, x_n = self._blocks(x_gates)
        h_r, h_z, h_n = self._blocks(h_gates)
        r, z = (x_r + h_r).sigmoid(), (x_z + h_z).sigmoid()
        n = (x_n + r * h_n).tanh()
        return (1 - z) * n + z * h
