"""Functions of one Tensor: each forward beside its gradient.

Each is a function, ``exp(x)``, and a method, ``x.exp()``, as in PyTorch. In every vjp,
``g`` is the gradient of the loss with respect to the result and has the result's shape.
"""

import math

import numpy as np

from dlcourse.autograd.operators import promoted
from dlcourse.autograd.tape import expect_tensors, record
from dlcourse.autograd.tensor import Tensor, floats
from dlcourse.checks import expect_in

# ------------------------------------------------------------------------- pointwise


def exp(x):
    """e to the x; d/dx e^x = e^x."""
    y = np.exp(floats(x))
    return record("exp", y, (x, lambda g: g * y))


def log(x):
    """Natural logarithm; d/dx log x = 1/x."""
    return record("log", np.log(floats(x)), (x, lambda g: g / x.data))


def sqrt(x):
    """Square root; d/dx sqrt x = 1 / (2 sqrt x)."""
    y = np.sqrt(floats(x))
    return record("sqrt", y, (x, lambda g: g / (2 * y)))


def abs(x):
    """Absolute value; d/dx |x| = sign x, and 0 at 0 (a subgradient)."""
    return record("abs", np.abs(x.data), (x, lambda g: g * np.sign(x.data)))


def tanh(x):
    """Hyperbolic tangent; d/dx tanh x = 1 - tanh(x)^2."""
    y = np.tanh(floats(x))
    return record("tanh", y, (x, lambda g: g * (1 - y * y)))


def sigmoid(x):
    """1 / (1 + e^-x); slope y (1 - y), at most 1/4, at 0."""
    with np.errstate(over="ignore"):  # far below 0 e^-x becomes inf, and y rightly 0
        y = 1 / (1 + np.exp(-floats(x)))
    return record("sigmoid", y, (x, lambda g: g * (y * (1 - y))))


def relu(x):
    """max(x, 0); slope 1 above 0, and 0 at 0 and below."""
    expect_tensors("relu", x)
    if x.dtype.kind == "f":  # clipping with both bounds: NumPy's quickest maximum
        y = x.data.clip(0, np.inf)
    else:
        y = np.maximum(x.data, 0)
    return record("relu", y, (x, lambda g: g * (y > 0)))


def clamp(x, min=None, max=None):
    """x, but at least ``min`` and at most ``max``; slope 1 between them (and there)."""
    if min is None and max is None:
        raise ValueError("clamp expects min, max or both, got neither")
    for name, bound in ("min", min), ("max", max):
        if bound is not None:
            expect_in("clamp", name, bound, "[-inf, inf]")
            x, _ = promoted(x, bound)  # integers between floats become floats
    min, max = (b if b is None else x.dtype.type(b) for b in (min, max))

    def gradient(g):
        return g * ((min is None or x.data >= min) & (max is None or x.data <= max))

    return record("clamp", x.data.clip(min, max), (x, gradient))


# ------------------------------------------------------------------------ reductions


def sum(x, dim=None, keepdim=False):
    """Sum over the axes ``dim`` (default: all); each entry's slope is 1.

    Integers and booleans are summed as int64, so that nothing wraps.
    """
    dim, dtype = _axes(x, dim), None if x.dtype.kind == "f" else np.int64
    y = x.data.sum(axis=dim, keepdims=keepdim, dtype=dtype)
    return record("sum", y, (x, lambda g: _spread(g, x, dim, keepdim)))


def mean(x, dim=None, keepdim=False):
    """Mean over the axes ``dim`` (default: all); each entry's slope is 1/n."""
    if x.dtype.kind != "f":
        raise TypeError(f"mean expects floats, got {x.dtype}: use x.float().mean()")
    if x.data.size == 0:
        raise ValueError(f"mean expects at least one entry, got shape {x.shape}")
    dim = _axes(x, dim)
    y = x.data.mean(axis=dim, keepdims=keepdim)
    n = x.data.size // y.size
    return record("mean", y, (x, lambda g: _spread(g / n, x, dim, keepdim)))


def amax(x, dim=None, keepdim=False):
    """Largest entry along the axes ``dim``; equal largest ones share the gradient."""
    dim = _axes(x, dim)
    y = x.data.max(axis=dim, keepdims=True)

    def share(g):
        largest = x.data == y
        return _spread(g, x, dim, keepdim) * (
            largest / largest.sum(axis=dim, keepdims=True, dtype=x.dtype)
        )

    return record("amax", y if keepdim else y.squeeze(dim), (x, share))


def _axes(x, dim):
    """PyTorch takes lists too, [] for all axes, and axis 0 or -1 of a single number."""
    if x.ndim == 0 and dim in (0, -1):
        return None
    return dim if dim is None or np.isscalar(dim) else tuple(dim) or None


def _spread(g, x, dim, keepdim):
    """The gradient of a sum, handed to every entry that was summed."""
    if dim is not None and not keepdim:
        g = np.expand_dims(g, dim)
    return np.broadcast_to(g, x.shape, subok=True)


# ---------------------------------------------------------------------------- shapes


def reshape(x, *shape):
    """The same entries in another shape; the gradient goes back into the old one."""
    shape = shape[0] if len(shape) == 1 and not np.isscalar(shape[0]) else shape
    return record("reshape", x.data.reshape(shape), (x, lambda g: g.reshape(x.shape)))


def transpose(x, dim0, dim1):
    """Swap two axes; the gradient swaps them back."""
    if x.ndim == 0 and {dim0, dim1} <= {0, -1}:  # as PyTorch: nothing to swap
        return reshape(x, ())
    return record(
        "transpose",
        x.data.swapaxes(dim0, dim1),
        (x, lambda g: g.swapaxes(dim0, dim1)),
    )


def permute(x, *dims):
    """The axes in the order ``dims``; the gradient takes the opposite order."""
    dims = dims[0] if len(dims) == 1 and not np.isscalar(dims[0]) else dims
    back = np.argsort([d % x.ndim for d in dims])
    y = x.data.transpose(dims)
    return record("permute", y, (x, lambda g: g.transpose(back)))


def flatten(x, start_dim=0, end_dim=-1):
    """The axes from ``start_dim`` to ``end_dim`` made one, row by row."""
    if x.ndim == 0:
        return reshape(x, 1)
    start, end = (range(x.ndim)[d] for d in (start_dim, end_dim))
    if start > end:
        raise ValueError(f"flatten expects start_dim <= end_dim, got {start} > {end}")
    rest = x.shape[end + 1 :]
    return reshape(x, *x.shape[:start], math.prod(x.shape[start : end + 1]), *rest)


POINTWISE = (exp, log, sqrt, abs, tanh, sigmoid, relu, clamp)
REDUCTIONS = (sum, mean, amax)
SHAPES = (reshape, transpose, permute, flatten)

for function in POINTWISE + REDUCTIONS + SHAPES:
    setattr(Tensor, function.__name__, function)


@property
def matrix_transpose(x):
    """``x.T``, the transpose of a matrix."""
    if x.ndim != 2:
        raise ValueError(f".T expects a matrix, got shape {x.shape}")
    return transpose(x, 0, 1)


Tensor.T = matrix_transpose
