"""Recurrent layers: a whole sequence, through one layer or several.

recurrent_cells.py has the equations, one step at a time; recurrent_fused.py runs them
over time.
"""

import math

import numpy as np

from dlcourse.autograd import cat, expect_tensors, tensor
from dlcourse.checks import expect_flags, expect_one_of, expect_sizes
from dlcourse.nn.module import Module, uniform_parameter
from dlcourse.nn.recurrent_cells import expect_like, expect_pair, parameter_shapes
from dlcourse.nn.recurrent_fused import gru, lstm, rnn


class _Recurrent(Module):
    """What the layers share: parameters, one layer after the other, and checks."""

    gates = 1  # blocks of rows in each weight
    initial = ("hx",)  # the names of the initial states

    def __init__(
        self, input_size, hidden_size, num_layers=1, bias=True, batch_first=False
    ):
        super().__init__()
        sizes = {"input_size": input_size, "hidden_size": hidden_size}
        expect_sizes(type(self).__name__, **sizes, num_layers=num_layers)
        expect_flags(type(self).__name__, bias=bias, batch_first=batch_first)
        self.input_size, self.hidden_size = input_size, hidden_size
        self.num_layers, self.bias, self.batch_first = num_layers, bias, batch_first
        bound = 1 / math.sqrt(hidden_size)
        self._names = []  # of the parameters, layer by layer
        for layer in range(num_layers):
            n = hidden_size if layer else input_size
            shapes = parameter_shapes(n, hidden_size, self.gates, bias)
            self._names.append([f"{name}_l{layer}" for name in shapes])
            for name, shape in zip(self._names[-1], shapes.values(), strict=True):
                setattr(self, name, uniform_parameter(bound, *shape))

    def forward(self, input, hx=None):
        output, (h,) = self._run(input, None if hx is None else [hx])
        return output, h

    def _layer(self, x, states, weights):
        """The output (T, N, H), and the final states, each (1, N, H)."""
        raise NotImplementedError

    def _run(self, input, states):
        """The output of the last layer, and a list of the final states of all."""
        batched = self._expect_input(input)
        x = input if batched else _with_batch(input)
        if batched and self.batch_first:
            x = x.transpose(0, 1)
        states = self._expect_states(states, x.shape[1] if batched else None, x.dtype)
        finals = []
        for layer, names in enumerate(self._names):
            weights = [getattr(self, name) for name in names]
            x, *final = self._layer(x, [state[layer] for state in states], weights)
            finals.append(final)
        finals = list(map(cat, zip(*finals, strict=True)))
        if not batched:
            return x[:, 0], [state[:, 0] for state in finals]
        return (x.transpose(0, 1) if self.batch_first else x), finals

    def _expect_input(self, input):
        """Whether there is a batch; raises where shape or dtype do not fit."""
        who, n = type(self).__name__, self.input_size
        expect_tensors(who, input)
        if input.ndim not in (2, 3) or input.shape[-1] != n or 0 in input.shape:
            batched = f"(N, T, {n})" if self.batch_first else f"(T, N, {n})"
            raise ValueError(
                f"{who} expects input {batched} or (T, {n}), none of them 0, got "
                f"{input.shape}"
            )
        expect_like(who, "input", input, input.shape, self.weight_hh_l0.dtype)
        return input.ndim == 3

    def _expect_states(self, states, batch, dtype):
        """The initial states, each (num_layers, N, hidden_size)."""
        shape = (self.num_layers, batch or 1, self.hidden_size)
        if states is None:
            return [tensor(np.zeros(shape, dtype))] * len(self.initial)
        given = shape if batch else (self.num_layers, self.hidden_size)
        for name, state in zip(self.initial, states, strict=True):
            expect_like(type(self).__name__, name, state, given, dtype)
        return states if batch else list(map(_with_batch, states))

    def extra_repr(self):
        usual = {"num_layers": 1, "bias": True, "batch_first": False}
        given = {name: getattr(self, name) for name in usual}
        settings = [f"{k}={v}" for k, v in given.items() if v != usual[k]]
        return ", ".join([str(self.input_size), str(self.hidden_size), *settings])


def _with_batch(x):
    """(A, B) as (A, 1, B)."""
    return x.reshape(x.shape[0], 1, x.shape[1])


class RNN(_Recurrent):
    """Elman's network: h_t = tanh(W_ih x_t + b_ih + W_hh h_{t-1} + b_hh) (1990).

    Args:
        input_size, hidden_size: features of x_t and of h_t.
        num_layers: each further layer takes the states of the one before as its input.
        nonlinearity: "tanh" or "relu".
        bias: learn b_ih and b_hh.
        batch_first: input and output are (N, T, features), not (T, N, features).

    Called with input (T, N, input_size) and the initial states (num_layers, N,
    hidden_size), zeros where they are left out; returns the states of the last layer at
    all steps (T, N, hidden_size) and the last states of all layers (num_layers, N,
    hidden_size). Without N everywhere for a single sequence. Raises ValueError where
    shapes do not fit, TypeError where dtypes do not.
    """

    def __init__(
        self,
        input_size,
        hidden_size,
        num_layers=1,
        nonlinearity="tanh",
        bias=True,
        batch_first=False,
    ):
        expect_one_of("RNN", "nonlinearity", nonlinearity, ("tanh", "relu"))
        super().__init__(input_size, hidden_size, num_layers, bias, batch_first)
        self.nonlinearity = nonlinearity

    def _layer(self, x, states, weights):
        y = rnn(x, *states, weights, self.nonlinearity)
        return y, y[-1:]


class LSTM(_Recurrent):
    """Long short-term memory (Hochreiter and Schmidhuber, 1997); see LSTMCell.

    Arguments and shapes as for :class:`RNN`; the initial states are a pair (h, c), and
    so are the final ones: it returns output, (h, c).
    """

    gates = 4
    initial = ("h", "c")

    def forward(self, input, hx=None):
        output, states = self._run(
            input, None if hx is None else expect_pair("LSTM", hx)
        )
        return output, tuple(states)

    def _layer(self, x, states, weights):
        y = lstm(x, *states, weights)
        return y[:-1], y[-2:-1], y[-1:]


class GRU(_Recurrent):
    """Gated recurrent unit (Cho et al., 2014), in PyTorch's variant; see GRUCell.

    Arguments and shapes as for :class:`RNN`.
    """

    gates = 3

    def _layer(self, x, states, weights):
        y = gru(x, *states, weights)
        return y, y[-1:]
