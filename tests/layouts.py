"""The same images in other orders in memory: only speed may depend on it."""

import numpy as np
import pytest


def batch_last(x):
    """In the order that convolution gives: (C, H, W, N)."""
    return np.ascontiguousarray(x.transpose(1, 2, 3, 0)).transpose(3, 0, 1, 2)


def transposed(x):
    return np.ascontiguousarray(x.T).T


def every_other(x):
    wide = np.zeros((*x.shape[:-1], 2 * x.shape[-1]), x.dtype)
    wide[..., ::2] = x
    return wide[..., ::2]


def every_layout(argument):
    """Run a test with each of the orders, as a function of x, for this argument."""
    layouts = np.ascontiguousarray, batch_last, transposed, every_other
    return pytest.mark.parametrize(argument, layouts, ids=lambda f: f.__name__)
