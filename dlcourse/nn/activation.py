"""Activations, entry by entry, and those that join units: value and slope together.

In every vjp, ``g`` is the gradient of the loss with respect to the result. Most slopes
are worked out again in the backward pass: that is cheaper than keeping them.
"""

import math

import numpy as np

from dlcourse.autograd import cat, expect_tensors, record
from dlcourse.nn.module import Module, Parameter

SELU_ALPHA, SELU_SCALE = 1.6732632423543772, 1.0507009873554805

# ----------------------------------------------------------------- rectifiers, and kin


def leaky_relu(input, negative_slope=0.01):
    """x above 0, a x below; slope a at 0 (Maas, Hannun and Ng, 2013)."""
    x = _floats("leaky_relu", input)

    def slope():  # 1 where x > 0, else a: a product is quicker than np.where
        return (x > 0) * x.dtype.type(1 - negative_slope) + x.dtype.type(negative_slope)

    return record("leaky_relu", x * slope(), (input, lambda g: g * slope()))


def prelu(input, weight):
    """Leaky ReLU with a learned slope: one, or one for each channel (He et al., 2015).

    Args:
        input: (N, C, ...).
        weight: (1,) or (C,); its gradient sums g x over all the x below 0.
    """
    x, a = _floats("prelu", input), weight.data
    channels = x.shape[1] if x.ndim > 1 else 1
    if a.ndim > 1 or a.size not in (1, channels):
        raise ValueError(f"prelu expects weight (1,) or ({channels},), got {a.shape}")
    shape = (-1,) + (1,) * (x.ndim - 2) if a.size > 1 else (1,) * x.ndim
    a = a.reshape(shape)

    def weight_gradient(g):
        below = g * x.clip(-np.inf, 0)
        axes = tuple(i for i in range(x.ndim) if a.size == 1 or i != 1)
        return below.sum(axes).reshape(weight.shape)

    y = x.clip(0, np.inf) + a * x.clip(-np.inf, 0)
    slope = lambda g: g * np.where(x > 0, x.dtype.type(1), a)  # noqa: E731
    return record("prelu", y, (input, slope), (weight, weight_gradient))


def elu(input, alpha=1.0):
    """x above 0, alpha (e^x - 1) below, slope alpha e^x (Clevert and others, 2016)."""
    return _elu("elu", input, alpha, 1.0)


def selu(input):
    """ELU times 1.0507 with alpha 1.6733: keeps mean 0 and variance 1 from layer to
    layer, where weights have variance 1/n (Klambauer et al., 2017)."""
    return _elu("selu", input, SELU_ALPHA, SELU_SCALE)


def _elu(name, input, alpha, scale):
    x = _floats(name, input)
    below = x.clip(-np.inf, 0)  # so that e^x can't overflow where it isn't wanted
    y = scale * (x.clip(0, np.inf) + alpha * np.expm1(below))

    def gradient(g):
        return g * np.where(x > 0, x.dtype.type(scale), scale * alpha * np.exp(below))

    return record(name, y.astype(x.dtype, copy=False), (input, gradient))


def crelu(input, dim=1):
    """(relu(x), relu(-x)) along ``dim``: twice the units, nothing lost (Shang et al.,
    2016)."""
    return cat([input.relu(), (-input).relu()], dim)


# -------------------------------------------------------------------- smooth and gated


def gelu(input, approximate="none"):
    """x Phi(x), Phi the normal distribution function (Hendrycks and Gimpel, 2016).

    Its slope is Phi(x) + x phi(x). With ``approximate="tanh"``, Phi(x) is replaced by
    (1 + tanh u) / 2 with u = sqrt(2/pi) (x + 0.044715 x^3): several times as quick.
    """
    x = _floats("gelu", input)
    if approximate == "none":
        phi = (0.5 * (1 + _erf(x * math.sqrt(0.5)))).astype(x.dtype)

        def gradient(g):
            return g * (phi + x * np.exp(-0.5 * x * x) * (2 * math.pi) ** -0.5)

    elif approximate == "tanh":
        k = math.sqrt(2 / math.pi)
        t = np.tanh(k * (x + 0.044715 * x**3))
        phi = 0.5 * (1 + t)

        def gradient(g):
            return g * (phi + 0.5 * x * (1 - t * t) * k * (1 + 0.134145 * x * x))

    else:
        raise ValueError(f"approximate is 'none' or 'tanh', got {approximate!r}")
    return record("gelu", x * phi, (input, gradient))


# NumPy has no error function: Python's, entry by entry, about 0.1 microseconds each.
_erf = np.vectorize(math.erf, otypes=[float])


def silu(input):
    """x s, s = sigmoid(x): "swish"; slope s + x s (1 - s) (Elfwing et al., 2018)."""
    x = _floats("silu", input)
    s = _sigmoid(x)
    return record("silu", x * s, (input, lambda g: g * (s * (1 + x * (1 - s)))))


def softplus(input, beta=1.0, threshold=20.0):
    """log(1 + e^(beta x)) / beta, a smooth ReLU; its slope is sigmoid(beta x).

    Where beta x > ``threshold`` it is x itself, as in PyTorch.
    """
    x = _floats("softplus", input)
    z = x * x.dtype.type(beta)
    linear = z > threshold
    y = np.where(linear, x, np.logaddexp(z, 0) / x.dtype.type(beta))

    def gradient(g):
        return g * np.where(linear, x.dtype.type(1), _sigmoid(z))

    return record("softplus", y, (input, gradient))


def logsigmoid(input):
    """log sigmoid(x) = -log(1 + e^-x), which never overflows; slope sigmoid(-x)."""
    x = _floats("logsigmoid", input)
    return record(
        "logsigmoid", -np.logaddexp(-x, 0), (input, lambda g: g * _sigmoid(-x))
    )


def glu(input, dim=-1):
    """a sigmoid(b) for the two halves a, b along ``dim`` (Dauphin et al., 2017)."""
    x = _floats("glu", input)
    if x.ndim == 0 or x.shape[dim] % 2:
        raise ValueError(
            f"glu halves axis {dim}: expected an even length, got shape {x.shape}"
        )
    a, b = np.split(x, 2, dim)
    s = _sigmoid(b)
    return record(
        "glu",
        a * s,
        (input, lambda g: np.concatenate([g * s, g * a * s * (1 - s)], dim)),
    )


def maxout(input, pieces, dim=-1):
    """The largest of each ``pieces`` neighbours on an axis (Goodfellow et al., 2013).

    After a linear layer it is the upper edge of ``pieces`` straight lines: any convex
    function, given enough of them. Equal largest ones share the gradient.
    """
    expect_tensors("maxout", input)
    axis = range(input.ndim)[dim]
    n = input.shape[axis]
    if pieces < 1 or n % pieces:
        raise ValueError(
            f"maxout expects axis {dim} of {n} units to be a multiple of "
            f"pieces={pieces}"
        )
    shape = (*input.shape[:axis], n // pieces, pieces, *input.shape[axis + 1 :])
    return input.reshape(shape).amax(axis + 1)


def _sigmoid(x):
    with np.errstate(over="ignore"):  # far below 0 e^-x becomes inf, and y rightly 0
        return 1 / (1 + np.exp(-x))


def _floats(who, input):
    """The array, or an error: no slope goes through integers."""
    expect_tensors(who, input)
    if input.dtype.kind != "f":
        raise TypeError(f"{who} expects floats, got {input.dtype}: use .float()")
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


class LogSigmoid(Module):
    """See :func:`logsigmoid`."""

    def forward(self, input):
        return logsigmoid(input)


class SELU(Module):
    """See :func:`selu`."""

    def forward(self, input):
        return selu(input)


class SiLU(Module):
    """See :func:`silu`."""

    def forward(self, input):
        return silu(input)


class _WithSettings(Module):
    """A function with fixed settings: ``function(input, *settings)``."""

    def __init__(self, **settings):
        super().__init__()
        vars(self).update(settings)
        self._settings = tuple(settings)  # their names

    def forward(self, input):
        settings = {name: getattr(self, name) for name in self._settings}
        return type(self).function(input, **settings)

    def extra_repr(self):
        return ", ".join(f"{name}={getattr(self, name)}" for name in self._settings)


class LeakyReLU(_WithSettings):
    """See :func:`leaky_relu`."""

    function = staticmethod(leaky_relu)

    def __init__(self, negative_slope=0.01):
        super().__init__(negative_slope=negative_slope)


class ELU(_WithSettings):
    """See :func:`elu`."""

    function = staticmethod(elu)

    def __init__(self, alpha=1.0):
        super().__init__(alpha=alpha)


class CReLU(_WithSettings):
    """See :func:`crelu`."""

    function = staticmethod(crelu)

    def __init__(self, dim=1):
        super().__init__(dim=dim)


class GELU(_WithSettings):
    """See :func:`gelu`."""

    function = staticmethod(gelu)

    def __init__(self, approximate="none"):
        super().__init__(approximate=approximate)


class Softplus(_WithSettings):
    """See :func:`softplus`."""

    function = staticmethod(softplus)

    def __init__(self, beta=1.0, threshold=20.0):
        super().__init__(beta=beta, threshold=threshold)


class GLU(_WithSettings):
    """See :func:`glu`."""

    function = staticmethod(glu)

    def __init__(self, dim=-1):
        super().__init__(dim=dim)


class Maxout(_WithSettings):
    """See :func:`maxout`."""

    function = staticmethod(maxout)

    def __init__(self, pieces, dim=-1):
        super().__init__(pieces=pieces, dim=dim)


class PReLU(Module):
    """See :func:`prelu`; its slopes start at ``init``."""

    def __init__(self, num_parameters=1, init=0.25):
        super().__init__()
        self.num_parameters, self.init = num_parameters, init
        self.weight = Parameter(np.full(num_parameters, init, np.float32))

    def forward(self, input):
        return prelu(input, self.weight)

    def extra_repr(self):
        return f"num_parameters={self.num_parameters}"
