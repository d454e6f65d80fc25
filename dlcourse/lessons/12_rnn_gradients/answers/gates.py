"""An LSTM's biases: inputs, and the parts of answers."""

import numpy as np

from dlcourse import nn


def biased(rng, hidden=None, double=None):
    """(lstm,): each gate has its own bias, or all are small but one."""
    hidden = int(rng.integers(1, 7)) if hidden is None else hidden
    double = bool(rng.integers(2)) if double is None else double
    lstm = nn.LSTM(int(rng.integers(1, 4)), hidden)
    for each in lstm.parameters():
        each.data = rng.normal(size=each.shape).astype(float if double else np.float32)
    if rng.integers(2):
        each = lstm.bias_ih_l0 if rng.integers(2) else lstm.bias_hh_l0
        gate = int(rng.integers(4))
        each.data[gate * hidden : (gate + 1) * hidden] += 3
    return (lstm,)


def biases(lstm, add=lambda ih, hh: ih + hh):
    return add(lstm.bias_ih_l0.data, lstm.bias_hh_l0.data)


def setting(
    rows=lambda h: slice(h, 2 * h),
    ih=lambda b, ih, hh: b - hh,
    hh=lambda b, hh: hh,
    first=lambda ih, hh: None,
):
    """Sets these rows of b_ih and b_hh, after ``first``, which gets all of both."""

    def change(lstm, b):
        one, other = lstm.bias_ih_l0.data, lstm.bias_hh_l0.data
        first(one, other)
        at = rows(lstm.hidden_size)
        one[at] = ih(b, one[at], other[at])
        other[at] = hh(b, other[at])

    return change


def emptied(*biases):
    """Sets all of them to 0."""
    for each in biases:
        each[:] = 0
