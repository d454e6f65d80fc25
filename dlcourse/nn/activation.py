"""Activations, and the softmax."""

import numpy as np

from dlcourse.autograd import expect_tensors, record
from dlcourse.nn.module import Module


class Sigmoid(Module):
    """1 / (1 + e^-x), entry by entry."""

    def forward(self, x):
        return x.sigmoid()


class Tanh(Module):
    """Hyperbolic tangent, entry by entry."""

    def forward(self, x):
        return x.tanh()


class ReLU(Module):
    """max(x, 0), entry by entry (Fukushima, 1969; Nair and Hinton, 2010)."""

    def forward(self, x):
        return x.relu()


def softmax(input, dim):
    """p_i = e^(x_i) / sum_j e^(x_j) along ``dim``: positive, with sum 1.

    dp_i/dx_j = p_i (1[i = j] - p_j), so dL/dx = p * (g - sum_i g_i p_i).
    """
    expect_tensors("softmax", input)
    p = np.exp(_log_softmax(input.data, dim))
    return record(
        "softmax", p, (input, lambda g: p * (g - (g * p).sum(dim, keepdims=True)))
    )


def log_softmax(input, dim):
    """log of the softmax along ``dim``: x_i - log sum_j e^(x_j).

    d(log p_i)/dx_j = 1[i = j] - p_j, so dL/dx = g - p * sum_i g_i.
    """
    expect_tensors("log_softmax", input)
    y = _log_softmax(input.data, dim)
    return record(
        "log_softmax",
        y,
        (input, lambda g: g - np.exp(y) * g.sum(dim, keepdims=True)),
    )


def _log_softmax(x, dim):
    """On arrays. Taking the largest entry off changes nothing but keeps e^x finite."""
    if x.dtype.kind != "f":
        raise TypeError(f"softmax expects floats, got {x.dtype}")
    x = x - x.max(dim, keepdims=True)
    return x - np.log(np.exp(x).sum(dim, keepdims=True))
