"""Where weights start: each function fills a Tensor in place, and returns it.

``gain`` undoes what the activation does to the size of a signal; ``fan_in`` and
``fan_out`` count how many inputs a unit has, and how many units use an input. Draws
come from the package's generator: see ``manual_seed``.
"""

import math
from contextlib import ExitStack
from numbers import Real

import numpy as np

from dlcourse.autograd import Tensor, expect_tensors, no_grad
from dlcourse.checks import expect_in, expect_one_of, expect_sizes
from dlcourse.nn.conv import Conv2d
from dlcourse.nn.linear import Linear
from dlcourse.nn.measuring import measuring
from dlcourse.random import default_generator


def calculate_gain(nonlinearity, param=None):
    """The factor that makes up for what an activation does to the size of a signal.

    It belongs into the weights that read the activation's output. ReLU: sqrt(2), since
    it halves the second moment; leaky: sqrt(2 / (1 + a^2)) with slope a = ``param``
    (default 0.01). tanh: 5/3, a rule of thumb; sigmoid: 1.
    """
    slope = 0.01 if param is None else param
    if isinstance(slope, bool) or not isinstance(slope, Real):
        raise ValueError(f"calculate_gain expects a slope as param, got {param!r}")
    gains = {"relu": math.sqrt(2), "tanh": 5 / 3, "selu": 3 / 4}
    gains |= dict.fromkeys(("linear", "sigmoid", "conv1d", "conv2d"), 1)
    gains["leaky_relu"] = math.sqrt(2 / (1 + slope**2))
    expect_one_of("calculate_gain", "nonlinearity", nonlinearity, list(gains))
    return gains[nonlinearity]


# ------------------------------------------------------------------- without fans


def constant_(tensor, val):
    """Every entry ``val``. All units of such a layer stay equal for ever."""
    expect_in("constant_", "val", val, "[-inf, inf]")
    return _fill(tensor, val)


def zeros_(tensor):
    return _fill(tensor, 0)


def ones_(tensor):
    return _fill(tensor, 1)


def eye_(tensor):
    """The identity, as far as it goes; for a recurrent layer that starts by keeping."""
    _expect_ndim("eye_", tensor, 2, exactly=True)
    return _fill(tensor, np.eye(*tensor.shape))


def uniform_(tensor, a=0.0, b=1.0):
    """Uniform on [a, b]: variance (b - a)^2 / 12."""
    if not a <= b:
        raise ValueError(f"uniform_ expects a <= b, got a={a}, b={b}")
    return _fill(tensor, default_generator().uniform(a, b, tensor.shape))


def normal_(tensor, mean=0.0, std=1.0):
    """Normal with standard deviation (not variance) ``std``."""
    expect_in("normal_", "std", std, "[0, inf]")
    return _fill(tensor, default_generator().normal(mean, std, tensor.shape))


# ---------------------------------------------------------------------- with fans


def xavier_uniform_(tensor, gain=1.0):
    """Uniform with variance gain^2 2 / (fan_in + fan_out): see :func:`xavier_normal_`.

    A uniform distribution on +-b has variance b^2 / 3, so b = sqrt(3) std.
    """
    bound = math.sqrt(3) * _xavier_std(tensor, gain)
    return uniform_(tensor, -bound, bound)


def xavier_normal_(tensor, gain=1.0):
    """Normal with variance gain^2 2 / (fan_in + fan_out) (Glorot and Bengio, 2010).

    1/fan_in would keep the variance of the signal, 1/fan_out that of the gradient;
    this is between the two.
    """
    return normal_(tensor, 0, _xavier_std(tensor, gain))


def kaiming_uniform_(tensor, a=0, mode="fan_in", nonlinearity="leaky_relu"):
    """Uniform with the variance of :func:`kaiming_normal_`."""
    bound = math.sqrt(3) * _kaiming_std(tensor, a, mode, nonlinearity)
    return uniform_(tensor, -bound, bound)


def kaiming_normal_(tensor, a=0, mode="fan_in", nonlinearity="leaky_relu"):
    """Normal with variance gain^2 / fan (He et al., 2015), gain^2 = 2 for ReLU.

    Args:
        a: the slope below 0, for "leaky_relu" only.
        mode: "fan_in" keeps the signal's size, "fan_out" the gradient's.
        nonlinearity: what the gain makes up for, see :func:`calculate_gain`: with
            "fan_in" what precedes the layer, and made its input; with "fan_out" what
            follows it, and passes the gradient back.
    """
    return normal_(tensor, 0, _kaiming_std(tensor, a, mode, nonlinearity))


def _xavier_std(tensor, gain):
    expect_in("xavier", "gain", gain, "[0, inf)")
    return gain * math.sqrt(2 / sum(_fans(tensor)))


def _kaiming_std(tensor, a, mode, nonlinearity):
    expect_one_of("kaiming", "mode", mode, ("fan_in", "fan_out"))
    fan = _fans(tensor)[mode == "fan_out"]
    return calculate_gain(nonlinearity, a) / math.sqrt(fan)


def _fans(tensor):
    """(fan_in, fan_out) of a weight (out, in, *kernel)."""
    _expect_ndim("fan_in and fan_out", tensor, 2)
    outputs, inputs, *kernel = tensor.shape
    if not tensor.data.size:
        raise ValueError(f"an empty weight has no fans: shape {tensor.shape}")
    return inputs * math.prod(kernel), outputs * math.prod(kernel)


# -------------------------------------------------------------- as a whole matrix


def orthogonal_(tensor, gain=1):
    """Rows (or, where they are more, columns) orthogonal, of length ``gain``.

    It keeps the length of every vector, not only the variance of a typical one (Saxe,
    McClelland and Ganguli, 2014). Axes after the first count as one.
    """
    _expect_ndim("orthogonal_", tensor, 2)
    expect_in("orthogonal_", "gain", gain, "(-inf, inf)")
    rows, columns = len(tensor), math.prod(tensor.shape[1:])
    size = max(rows, columns), min(rows, columns)
    q, r = np.linalg.qr(default_generator().normal(size=size))
    q = q * np.sign(np.diag(r))  # without this qr prefers some rotations to others
    q = q.T if rows < columns else q
    return _fill(tensor, gain * q.reshape(tensor.shape))


def looks_linear_(tensor, gain=1):
    """[W, -W] with W orthogonal, for the weight (out, 2 n, ...) behind a CReLU of n
    units or channels.

    W relu(x) - W relu(-x) = W x: the network starts as a linear one, however deep
    (Balduzzi et al., *The shattered gradients problem*, 2017).
    """
    _expect_ndim("looks_linear_", tensor, 2)
    outputs, inputs, *kernel = tensor.shape
    if inputs % 2:
        raise ValueError(
            f"looks_linear_ expects a weight (out, 2 n, ...) behind a CReLU, got "
            f"{tensor.shape}"
        )
    half = orthogonal_(Tensor(np.empty((outputs, inputs // 2, *kernel))), gain).data
    return _fill(tensor, np.concatenate([half, -half], axis=1))


def lsuv_(model, x, tol=0.02, max_trials=10):
    """Layer-sequential unit variance: scale each layer by what it really gives.

    Starts every Linear and convolution that ``model(x)`` uses orthogonal with bias 0;
    then, in the order of their use, divides each weight by the standard deviation of
    the layer's output on the batch ``x``, until that is 1 within ``tol`` (Mishkin and
    Matas, *All you need is a good init*, 2016). Nothing else changes: no mode, no
    buffer, such as running moments. Returns the model.

    Raises ValueError where a layer's output does not vary: its units are dead.
    """
    expect_in("lsuv_", "tol", tol, "(0, inf)")
    expect_sizes("lsuv_", max_trials=max_trials)
    names = {
        module: name
        for name, module in model.named_modules()
        if isinstance(module, Linear | Conv2d)
    }
    layers = list(_spreads(model, names, x))
    if not layers:
        raise ValueError("lsuv_ found no Linear nor convolution in this model")
    for layer in layers:
        orthogonal_(layer.weight)
        if layer.bias is not None:
            zeros_(layer.bias)
    for layer in layers:
        for _ in range(max_trials):
            std = _spreads(model, [layer], x)[layer]
            if not 0 < std < math.inf:
                raise ValueError(
                    f"lsuv_: the output of layer {names[layer]!r} has standard "
                    f"deviation {std}"
                )
            if abs(std - 1) < tol:
                break
            _fill(layer.weight, layer.weight.data / std)
    return model


@no_grad()
def _spreads(model, layers, x):
    """{layer: standard deviation of its output}, in the order of the forward pass."""
    spreads = {}

    def note(layer, args, output):
        spreads.setdefault(layer, float(output.data.std(dtype=float)))

    with ExitStack() as afterwards:
        afterwards.enter_context(measuring(model))
        for layer in layers:
            afterwards.callback(layer.register_forward_hook(note).remove)
        model(x)
    return spreads


@no_grad()
def _fill(tensor, values):
    if not isinstance(tensor, Tensor):
        raise TypeError(f"init expects a Tensor to fill, got {type(tensor).__name__}")
    if tensor.dtype.kind != "f" and np.asarray(values).dtype.kind == "f":
        raise TypeError(f"init expects a Tensor of floats to fill, got {tensor.dtype}")
    tensor[...] = values
    return tensor


def _expect_ndim(who, tensor, ndim, exactly=False):
    expect_tensors(who, tensor)
    if tensor.ndim < ndim or (exactly and tensor.ndim != ndim):
        least = "" if exactly else " or more"
        raise ValueError(
            f"{who} expects {ndim}{least} axes, got a Tensor of shape {tensor.shape}"
        )
