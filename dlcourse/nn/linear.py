"""The fully connected layer."""

import math
from functools import lru_cache

import numpy as np

from dlcourse.autograd import expect_tensors, record
from dlcourse.checks import expect_flags, expect_sizes
from dlcourse.nn.module import Module, uniform_parameter


def linear(input, weight, bias=None):
    """Y = X W^T + b, one row for each example.

    With G = dL/dY:  dL/dX = G W,  dL/dW = G^T X,  dL/db = the sum of G's rows.

    Args:
        input: X, (..., in_features).
        weight: W, (out_features, in_features).
        bias: b, (out_features,), or None.

    Raises ValueError where the shapes do not fit, TypeError where the dtypes differ.
    """
    _expect_fit(input, weight, bias)
    x, w = input.data, weight.data
    edges = [
        (input, lambda g: g @ w),
        (weight, lambda g: _rows(g).T @ _rows(x)),
    ]
    y = x @ w.T
    if bias is not None:
        y += bias.data
        edges.append((bias, lambda g: _sum_of_rows(_rows(g))))
    return record("linear", y, *edges)


class Linear(Module):
    """Y = X W^T + b with learned W (out_features, in_features) and b (out_features,).

    W and b start uniform in +-1/sqrt(in_features), PyTorch's default. Its variance is
    1/(3n), a third of what keeps a linear signal's size (LeCun et al., *Efficient
    BackProp*, 1998).
    """

    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        expect_sizes("Linear", in_features=in_features, out_features=out_features)
        expect_flags("Linear", bias=bias)
        self.in_features, self.out_features = in_features, out_features
        bound = 1 / math.sqrt(in_features)
        self.weight = uniform_parameter(bound, out_features, in_features)
        self.bias = uniform_parameter(bound, out_features) if bias else None

    def forward(self, input):
        return linear(input, self.weight, self.bias)

    def extra_repr(self):
        return (
            f"in_features={self.in_features}, out_features={self.out_features}, "
            f"bias={self.bias is not None}"
        )


def _rows(array):
    return array.reshape(-1, array.shape[-1])


def _sum_of_rows(matrix):
    """As a product with ones: twice as quick as sum(axis=0)."""
    return _ones(len(matrix), matrix.dtype) @ matrix


@lru_cache(maxsize=8)
def _ones(n, dtype):
    return np.ones(n, dtype)


def _expect_fit(input, weight, bias):
    expect_tensors("Linear", input, weight)
    if weight.ndim != 2:
        raise ValueError(f"Linear expects weight (out, in), got {weight.shape}")
    n = weight.shape[1]
    shape = input.shape
    if not shape or shape[-1] != n:
        hint = ": is the batch in the second axis?" if shape and shape[0] == n else ""
        raise ValueError(f"Linear expects (N, {n}), got {shape}{hint}")
    if input.dtype != weight.dtype:
        hint = "" if input.dtype.kind == "f" else ": turn it into floats with .float()"
        raise TypeError(
            f"Linear expects {weight.dtype}, like its weight, got {input.dtype}{hint}"
        )
    if bias is not None:
        expect_tensors("Linear", bias)
        if (bias.shape, bias.dtype) != (weight.shape[:1], weight.dtype):
            raise ValueError(
                f"Linear expects bias {weight.shape[:1]} of {weight.dtype}, got "
                f"{bias.shape} of {bias.dtype}"
            )
