"""The softmax and its logarithm: scores made probabilities."""

import numpy as np

from dlcourse.autograd import expect_tensors, record
from dlcourse.checks import expect_axis, expect_floats
from dlcourse.nn.applied import Applied


def softmax(input, dim):
    """p_i = e^(x_i) / sum_j e^(x_j) along ``dim``: positive, with sum 1.

    dp_i/dx_j = p_i (1[i = j] - p_j), so dL/dx = p * (g - sum_i g_i p_i).
    """
    expect_tensors("softmax", input)
    p = np.exp(_below_largest(input.data, dim))
    p = p / p.sum(dim, keepdims=True)
    slope = (input, lambda g: p * (g - (g * p).sum(dim, keepdims=True)))
    return record("softmax", p, slope)


def log_softmax(input, dim):
    """log of the softmax along ``dim``: x_i - log sum_j e^(x_j).

    d(log p_i)/dx_j = 1[i = j] - p_j, so dL/dx = g - p * sum_i g_i.
    """
    expect_tensors("log_softmax", input)
    y = log_softmax_of(input.data, dim)
    slope = (input, lambda g: g - np.exp(y) * g.sum(dim, keepdims=True))
    return record("log_softmax", y, slope)


def log_softmax_of(x, dim):
    """On arrays."""
    x = _below_largest(x, dim)
    return x - np.log(np.exp(x).sum(dim, keepdims=True))


def _below_largest(x, dim):
    """x less its largest entry: that changes no probability but keeps e^x finite."""
    expect_floats("softmax", x)
    expect_axis("softmax", "dim", dim, x.ndim)
    return x - x.max(dim, keepdims=True) if x.size else x


class Softmax(Applied, function=softmax):
    """See :func:`softmax`."""


class LogSoftmax(Applied, function=log_softmax):
    """See :func:`log_softmax`."""
