"""Arithmetic on the rows of a matrix, for the normalisations; columns come out."""

import numpy as np


def mean_of(x):
    return x.sum(1, keepdims=True) / max(x.shape[1], 1)


def root_mean_square(x):
    """Of each row.

    The squares of 1e20 and of 1e-25 are beyond float32: where they leave the range, the
    row is first divided by its largest entry.
    """
    with np.errstate(over="ignore"):
        squares = np.vecdot(x, x)
    limits, scale = np.finfo(x.dtype), np.ones_like(squares)
    far = ~((squares > limits.tiny / limits.eps) & (squares < np.inf))
    if far.any():
        largest = np.abs(x[far]).max(1, initial=0)
        scale[far] = np.where(largest == 0, 1, largest)
        scaled = x[far] / scale[far, None]
        squares[far] = np.vecdot(scaled, scaled)
    return (scale * np.sqrt(squares / max(x.shape[1], 1))).reshape(-1, 1)


def x_hat_of(x, mean, over_s):
    """x̂ = (x - mean) / s, from 1/s."""
    x_hat = x - mean
    x_hat *= over_s
    return x_hat


def sums_of(g, x_hat):
    """The sums of g and of g x̂; as products, the quickest way."""
    ones = np.ones((g.shape[1], 1), g.dtype)
    return g @ ones, np.vecdot(g, x_hat).reshape(-1, 1)


def projected(g, x_hat, total, dot):
    """g - mean(g) - x̂ mean(g x̂), from the sums; written over x̂."""
    n = max(g.shape[1], 1)
    x_hat *= dot / -n
    x_hat += g
    x_hat -= total / n
    return x_hat
