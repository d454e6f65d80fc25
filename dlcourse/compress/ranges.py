"""A model's weights: rounded to a grid, and rewritten so that a grid fits them.

ReLU(c x) = c ReLU(x) for every c > 0. So a unit's incoming weights and its bias may be
multiplied by c and its outgoing weights divided by it: the model computes the same from
weights with other ranges. Source: Nagel et al., *Data-free quantization through weight
equalization and bias correction* (2019).
"""

import copy
from itertools import pairwise

import numpy as np

from dlcourse.checks import expect_kind, expect_sizes
from dlcourse.compress.changed import Wrapper, changed, converted
from dlcourse.compress.quantization import quantize
from dlcourse.nn.activation import LeakyReLU, ReLU
from dlcourse.nn.container import Flatten, Identity, Sequential
from dlcourse.nn.conv import Conv2d
from dlcourse.nn.dropout import Dropout, Dropout2d
from dlcourse.nn.linear import Linear
from dlcourse.nn.module import Module, Parameter
from dlcourse.nn.pooling import AvgPool2d, MaxPool2d

# f(c x) = c f(x) for every c > 0, and each channel by itself
BETWEEN = ReLU, LeakyReLU, Identity, Flatten, Dropout, Dropout2d, AvgPool2d, MaxPool2d


def quantize_weights(model, bits=8, symmetric=True, axis=0, method="minmax"):
    """A copy of ``model`` whose Linear and Conv2d weights lie on a grid, as floats.

    Biases, and what the layers read, are not rounded. The other arguments, and what
    they raise, are those of :func:`quantize`: with ``axis`` 0 each output channel has
    its own range, with None each layer.
    """
    expect_kind("quantize_weights", "model", model, Module)

    def convert(part, path):
        layer = part.plain() if isinstance(part, Wrapper) else part
        if isinstance(layer, Linear | Conv2d):
            q = quantize(layer.weight.data, bits, symmetric, axis, method)
            return changed(layer, weight=Parameter(q.dequantize()))

    return converted(copy.deepcopy(model), convert)


def rescaled(model, factors):
    """A copy of ``model`` that computes the same from weights with other ranges.

    Args:
        model: a Sequential of Linear and Conv2d layers, with ReLU, LeakyReLU, pooling,
            Dropout and Flatten between them.
        factors: for each of these layers but the last an array (out,), above 0: by what
            an output's incoming weights and bias are multiplied, and its outgoing
            weights divided.

    Raises TypeError for parts through which a factor does not pass, ValueError for
    factors, or layers, that do not fit.
    """
    model = copy.deepcopy(model)
    layers = _chain("rescaled", model)
    factors = list(factors)
    if len(factors) != len(layers) - 1:
        raise ValueError(
            f"rescaled expects as factors {len(layers) - 1} arrays, one for each layer "
            f"that feeds another, got {len(factors)}"
        )
    weights = _by_channel(layers)
    for k, (w, c) in enumerate(zip(weights, factors, strict=False)):
        c = factors[k] = np.asarray(c, float)
        if c.shape != (len(w[0]) * len(w),) or not np.all((c > 0) & np.isfinite(c)):
            raise ValueError(
                f"rescaled expects as factors[{k}] {len(w[0]) * len(w)} finite numbers "
                f"above 0, got {c}"
            )
    new = {}
    for k, (path, layer) in enumerate(layers.items()):
        weight, bias = weights[k], layer.bias
        if k < len(factors):
            weight = weight * factors[k].reshape(*weight.shape[:2], 1, 1)
            if bias is not None:
                bias = Parameter((bias.data * factors[k]).astype(bias.dtype))
        if k:
            weight = weight / factors[k - 1].reshape(len(weight), 1, -1, 1)
        with np.errstate(over="ignore"):
            weight = weight.reshape(layer.weight.shape).astype(layer.weight.dtype)
        if not np.isfinite(weight).all():
            raise ValueError(
                f"rescaled expects factors that leave weights in the range of "
                f"{weight.dtype}: those at {path!r} leave it"
            )
        new[path] = {"weight": Parameter(weight), "bias": bias}

    def convert(part, path):
        return changed(part, **new[path]) if path in new else None

    return converted(model, convert)


def equalize(model, sweeps=20):
    """A copy of ``model`` that computes the same, its units' weights of like ranges.

    Between two layers c = sqrt(max outgoing / max incoming) makes a unit's largest
    incoming and largest outgoing weight the same size. Each sweep does so for all pairs
    of layers, as in Nagel et al. (2019, section 4.1), who divide by what is c here.
    A unit that reads nothing, or is not read, keeps its weights.

    Args:
        model: as for :func:`rescaled`.
        sweeps: how often; with two layers one is enough.
    """
    expect_sizes("equalize", sweeps=sweeps)
    sizes = [np.abs(w).max(axis=3) for w in _by_channel(_chain("equalize", model))]
    factors = [np.ones(w.shape[0] * w.shape[1]) for w in sizes[:-1]]
    for _ in range(sweeps):
        for c, (into, out) in zip(factors, pairwise(sizes), strict=True):
            largest = into.max(axis=2), out.max(axis=1)
            into_unit, out_of_unit = (np.sqrt(m).ravel() for m in largest)
            alive = (into_unit > 0) & (out_of_unit > 0)
            step = np.where(alive, out_of_unit, 1) / np.where(alive, into_unit, 1)
            into *= step.reshape(*into.shape[:2], 1)
            out /= step.reshape(len(out), 1, -1)
            c *= step
    return rescaled(model, factors)


def _chain(who, model):
    """{path: layer} of the layers with weights, in the order in which they are used."""
    expect_kind(who, "model", model, Sequential)
    layers, last, between = {}, None, []
    for path, part in _in_order(model):
        if not isinstance(part, Linear | Conv2d):
            between.append((path, part))
            continue
        if part in layers.values():
            raise ValueError(f"{who} expects a model whose layers are used once each")
        if last is not None:
            _expect_linked(who, path, last, between, part)
        layers[path] = last = part
        between = []
    if len(layers) < 2:
        raise ValueError(f"{who} expects at least two Linear or Conv2d layers as model")
    return layers


def _in_order(model, path=""):
    """(path, part) of the parts that are not Sequentials, and of those within them."""
    for name, part in model._parts():
        if type(part).forward is Sequential.forward:
            yield from _in_order(part, f"{path}{name}.")
        else:
            yield path + name, part


def _expect_linked(who, path, last, between, layer):
    """Whether each output of ``last`` is one channel of ``layer``, times a factor."""
    for where, part in between:
        if not isinstance(part, BETWEEN):
            raise TypeError(
                f"{who} expects ReLU, pooling and the like between Linear and Conv2d, "
                f"got {type(part).__name__} at {where!r}"
            )
    flat = any(isinstance(part, Flatten) for _, part in between)
    width, given = len(last.weight), layer.weight.shape[1] * getattr(layer, "groups", 1)
    rows = isinstance(last, Linear), isinstance(layer, Linear)
    fits = given == width and rows[0] == rows[1] and not flat
    if not fits and not (rows == (False, True) and flat and given % width == 0):
        raise ValueError(
            f"{who} can't follow {width} outputs into the {given} inputs of the "
            f"{type(layer).__name__} at {path!r}"
        )


def _by_channel(layers):
    """The weights as floats (groups, out of each, channels into each, places).

    A Linear behind a Flatten reads each channel of a convolution at many places.
    """
    weights, channels = [], None
    for layer in layers.values():
        groups = getattr(layer, "groups", 1)
        width = channels or layer.weight.shape[1] * groups
        w = layer.weight.data.astype(float)
        weights.append(w.reshape(groups, len(w) // groups, width // groups, -1))
        channels = len(w)
    return weights
