"""Activations, entry by entry, and those that join units: value and slope together.

In every vjp, ``g`` is the gradient of the loss with respect to the result. Most slopes
are worked out again in the backward pass: that is cheaper than keeping them. Where one
differs above and below 0, a product with ``x > 0`` picks it, four times as quickly as
``np.where``.
"""

import math
from functools import reduce

import numpy as np

from dlcourse.autograd import expect_tensors, record
from dlcourse.checks import (
    expect_axis,
    expect_floats,
    expect_in,
    expect_one_of,
    expect_sizes,
)
from dlcourse.nn.applied import Applied
from dlcourse.nn.module import Module, Parameter
from dlcourse.nn.normal_tail import normal_tail

SELU_ALPHA, SELU_SCALE = 1.6732632423543772, 1.0507009873554805

# ----------------------------------------------------------------- rectifiers, and kin


def leaky_relu(input, negative_slope=0.01):
    """x above 0, a x below; slope a at 0 (Maas, Hannun and Ng, 2013)."""
    x = _floats("leaky_relu", input)
    expect_in("leaky_relu", "negative_slope", negative_slope, "(-inf, inf)")
    a = x.dtype.type(negative_slope)
    slope = (input, lambda g: g * ((x > 0) * (1 - a) + a))
    return record("leaky_relu", _above(x) + a * _below(x), slope)


def prelu(input, weight):
    """Leaky ReLU with a learned slope: one, or one for each channel (He et al., 2015).

    Args:
        input: (N, C, ...).
        weight: (1,) or (C,); its gradient sums g x over all the x below 0.
    """
    x, a = _floats("prelu", input), _floats("prelu: weight", weight)
    channels = x.shape[1] if x.ndim > 1 else 1
    if a.ndim > 1 or a.size not in (1, channels):
        raise ValueError(f"prelu expects weight (1,) or ({channels},), got {a.shape}")
    if a.dtype != x.dtype:
        raise TypeError(f"prelu expects weight of {x.dtype}, got {a.dtype}")
    a = a.reshape((-1,) + (1,) * (x.ndim - 2) if a.size > 1 else (1,) * x.ndim)

    def weight_gradient(g):
        axes = tuple(i for i in range(x.ndim) if a.size == 1 or i != 1)
        return (g * _below(x)).sum(axes).reshape(weight.shape)

    return record(
        "prelu",
        _above(x) + a * _below(x),
        (input, lambda g: g * ((x > 0) * (1 - a) + a)),
        (weight, weight_gradient),
    )


def elu(input, alpha=1.0):
    """x above 0, alpha (e^x - 1) below, slope alpha e^x (Clevert and others, 2016)."""
    return _elu("elu", input, alpha, 1)


def selu(input):
    """ELU times 1.0507 with alpha 1.6733: keeps mean 0 and variance 1 from layer to
    layer, where weights have variance 1/n (Klambauer et al., 2017)."""
    return _elu("selu", input, SELU_ALPHA, SELU_SCALE)


def _elu(name, input, alpha, scale):
    x = _floats(name, input)
    expect_in(name, "alpha", alpha, "(-inf, inf)")
    alpha, scale = x.dtype.type(alpha), x.dtype.type(scale)

    def gradient(g):  # the exponential is 1 above 0
        return g * (scale * ((x > 0) * (1 - alpha) + alpha * np.exp(_below(x))))

    y = scale * (_above(x) + alpha * np.expm1(_below(x)))
    return record(name, y, (input, gradient))


def crelu(input, dim=1):
    """(relu(x), relu(-x)) along ``dim``: twice the units, nothing lost (Shang et al.,
    2016). Slope 1 above 0 in the first half, -1 below 0 in the second."""
    x = _floats("crelu", input)
    dim = expect_axis("crelu", "dim", dim, x.ndim)

    def gradient(g):
        above, below = np.split(g, 2, dim)
        return above * (x > 0) - below * (x < 0)

    y = np.concatenate([_above(x), _above(-x)], dim)
    return record("crelu", y, (input, gradient))


# -------------------------------------------------------------------- smooth and gated


def gelu(input, approximate="none"):
    """x Phi(x), Phi the normal distribution function (Hendrycks and Gimpel, 2016).

    Its slope is Phi(x) + x phi(x), phi the density. With ``approximate="tanh"``, Phi(x)
    is replaced by (1 + tanh u) / 2, u = sqrt(2/pi) (x + 0.044715 x^3).
    """
    x = _floats("gelu", input)
    expect_one_of("gelu", "approximate", approximate, ("none", "tanh"))
    z = x.clip(-40, 40)  # Phi is 0 or 1 long before; so that no power overflows
    if approximate == "none":
        tail = normal_tail(np.abs(z))
        phi = (x > 0) * (1 - 2 * tail) + tail  # exact far below 0, too

        def gradient(g):
            return g * (phi + z * np.exp(-0.5 * z * z) * (2 * math.pi) ** -0.5)

    else:
        k = math.sqrt(2 / math.pi)
        t = np.tanh(k * (z + 0.044715 * z * z * z))
        phi = 0.5 * (1 + t)

        def gradient(g):
            return g * (phi + 0.5 * z * (1 - t * t) * k * (1 + 0.134145 * z * z))

    return record("gelu", x * phi, (input, gradient))


def silu(input):
    """x s, s = sigmoid(x): "swish"; slope s + x s (1 - s) (Elfwing et al., 2018)."""
    x = _floats("silu", input)
    s = sigmoid_of(x)
    return record("silu", x * s, (input, lambda g: g * (s * (1 + x * (1 - s)))))


def softplus(input, beta=1.0, threshold=20.0):
    """log(1 + e^(beta x)) / beta, a smooth ReLU; its slope is sigmoid(beta x).

    Where beta x > ``threshold`` it is x itself, as in PyTorch.
    """
    x = _floats("softplus", input)
    expect_in("softplus", "beta", beta, "(-inf, inf)")
    expect_in("softplus", "threshold", threshold, "[-inf, inf]")
    beta = x.dtype.type(beta)
    linear = beta * x > threshold
    y = np.where(linear, x, softplus_of(beta * x) / beta)

    def gradient(g):
        return g * np.where(linear, x.dtype.type(1), sigmoid_of(beta * x))

    return record("softplus", y, (input, gradient))


def logsigmoid(input):
    """log sigmoid(x) = -log(1 + e^-x), which never overflows; slope sigmoid(-x)."""
    x = _floats("logsigmoid", input)
    return record("logsigmoid", -softplus_of(-x), (input, lambda g: g * sigmoid_of(-x)))


def glu(input, dim=-1):
    """a sigmoid(b) for the two halves a, b along ``dim`` (Dauphin et al., 2017)."""
    x = _floats("glu", input)
    if x.ndim == 0 or x.shape[expect_axis("glu", "dim", dim, x.ndim)] % 2:
        raise ValueError(
            f"glu halves axis {dim}: expected an even length, got shape {x.shape}"
        )
    a, b = np.split(x, 2, dim)
    s = sigmoid_of(b)
    return record(
        "glu",
        a * s,
        (input, lambda g: np.concatenate([g * s, g * a * (s * (1 - s))], dim)),
    )


def maxout(input, pieces, dim=-1):
    """The largest of each ``pieces`` neighbours on an axis (Goodfellow et al., 2013).

    After a linear layer it is the upper edge of ``pieces`` straight lines: any convex
    function, given enough of them. Equal largest ones share the gradient.
    """
    expect_tensors("maxout", input)
    axis = expect_axis("maxout", "dim", dim, input.ndim)
    expect_sizes("maxout", pieces=pieces)
    n = input.shape[axis]
    if n % pieces:
        raise ValueError(
            f"maxout expects axis {dim} of {n} units to be a multiple of "
            f"pieces={pieces}"
        )
    shape = (*input.shape[:axis], n // pieces, pieces, *input.shape[axis + 1 :])
    each = np.moveaxis(input.data.reshape(shape), axis + 1, 0)  # (pieces, ...)
    y = reduce(np.maximum, each)  # six times as quick as a maximum over a short axis

    def share(g):
        largest = each == y
        parts = largest * (g / reduce(np.add, largest, g.dtype.type(0)))
        return np.moveaxis(parts, 0, axis + 1).reshape(input.shape)

    return record("maxout", y, (input, share))


# ------------------------------------------------------------------- parts, on arrays


def sigmoid_of(x):
    """1 / (1 + e^-x)."""
    with np.errstate(over="ignore"):  # far below 0 e^-x becomes inf, and y rightly 0
        return 1 / (1 + np.exp(-x))


def softplus_of(x):
    """log(1 + e^x) = max(x, 0) + log(1 + e^-|x|): np.logaddexp, 14 times as quick."""
    return _above(x) + np.log1p(np.exp(-np.abs(x)))


def _above(x):
    return x.clip(0, np.inf)  # with both bounds: NumPy's quickest maximum


def _below(x):
    return x.clip(-np.inf, 0)


def _floats(who, input):
    """The array, or an error."""
    expect_tensors(who, input)
    expect_floats(who, input)
    return input.data


# ------------------------------------------------------------------------- the modules


class Sigmoid(Module):
    """1 / (1 + e^-x), entry by entry."""

    def forward(self, input):
        return input.sigmoid()


class Tanh(Module):
    """Hyperbolic tangent, entry by entry."""

    def forward(self, input):
        return input.tanh()


class ReLU(Module):
    """max(x, 0), entry by entry (Fukushima, 1969; Nair and Hinton, 2010)."""

    def forward(self, input):
        return input.relu()


class LeakyReLU(Applied, function=leaky_relu):
    """See :func:`leaky_relu`."""


class ELU(Applied, function=elu):
    """See :func:`elu`."""


class SELU(Applied, function=selu):
    """See :func:`selu`."""


class CReLU(Applied, function=crelu):
    """See :func:`crelu`."""


class GELU(Applied, function=gelu):
    """See :func:`gelu`."""


class SiLU(Applied, function=silu):
    """See :func:`silu`."""


class Softplus(Applied, function=softplus):
    """See :func:`softplus`."""


class LogSigmoid(Applied, function=logsigmoid):
    """See :func:`logsigmoid`."""


class GLU(Applied, function=glu):
    """See :func:`glu`."""


class Maxout(Applied, function=maxout):
    """See :func:`maxout`."""


class PReLU(Module):
    """See :func:`prelu`; its slopes start at ``init``."""

    def __init__(self, num_parameters=1, init=0.25):
        super().__init__()
        expect_sizes("PReLU", num_parameters=num_parameters)
        expect_in("PReLU", "init", init, "(-inf, inf)")
        self.num_parameters, self.init = num_parameters, init
        self.weight = Parameter(np.full(num_parameters, init, np.float32))

    def forward(self, input):
        return prelu(input, self.weight)

    def extra_repr(self):
        return f"num_parameters={self.num_parameters}"
