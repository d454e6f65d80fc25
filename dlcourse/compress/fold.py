"""Batch norms folded away: what is linear in evaluation is one layer."""

import numpy as np

from dlcourse.checks import expect_kind
from dlcourse.compress.changed import changed, converted
from dlcourse.nn.container import Sequential
from dlcourse.nn.conv import Conv2d
from dlcourse.nn.linear import Linear
from dlcourse.nn.module import Module, Parameter
from dlcourse.nn.normalization import BatchNorm1d, BatchNorm2d


def fold_batch_norm(model):
    """``model`` without the batch norms that follow a Linear or Conv2d directly.

    In evaluation batch norm is y = a (Wx + b - m) + c with a = gamma / sqrt(v + eps):
    the layer with weights a W and bias a (b - m) + c does both at once. What follows
    what is only known in a Sequential: those within it, or within other modules, become
    flat ones.

    Raises ValueError in training mode: there the moments change with each batch. A
    folded Linear raises for other inputs than rows (N, in): behind (N, C, L) a batch
    norm's channels are the other axis.
    """
    expect_kind("fold_batch_norm", "model", model, Module)

    def convert(part, path):
        if not _in_order(part):
            return None
        layers = []
        for layer in _flat(part):
            before = layers[-1] if layers else None
            is_norm = isinstance(layer, BatchNorm1d | BatchNorm2d)
            if is_norm and isinstance(before, Linear | Conv2d):
                layers[-1] = _folded(before, layer)
            else:
                layers.append(layer)
        out = Sequential(*layers)
        out.training = part.training
        return out

    return converted(model, convert)


def _in_order(part):
    """Whether it only calls one part after the other, as Sequential does."""
    return type(part).forward is Sequential.forward


def _flat(model):
    """The layers; those of Sequentials within are flat already."""
    for layer in model:
        yield from layer if _in_order(layer) else [layer]


def _folded(layer, norm):
    if norm.training or norm.running_var is None:
        raise ValueError(
            "fold_batch_norm needs a model in evaluation mode, with running moments: "
            "call model.eval()"
        )
    if norm.num_features != len(layer.weight):
        raise ValueError(
            f"fold_batch_norm expects model with norms of their layers' widths, got "
            f"{norm.num_features} after {len(layer.weight)}"
        )
    mean, var = (m.data.astype(float) for m in (norm.running_mean, norm.running_var))
    gamma, beta = (norm.weight.data, norm.bias.data) if norm.affine else (1, 0)
    slope = gamma / np.sqrt(var + norm.eps)
    bias = 0 if layer.bias is None else layer.bias.data
    bias = slope * (bias - mean) + beta
    weight = layer.weight.data
    weight = slope.reshape((-1,) + (1,) * (weight.ndim - 1)) * weight
    weight, bias = (Parameter(x.astype(layer.weight.dtype)) for x in (weight, bias))
    folded = changed(layer, weight=weight, bias=bias)
    if isinstance(layer, Linear):
        folded.__class__ = LinearOfRows
    return folded


class LinearOfRows(Linear):
    """A Linear with a batch norm in it, which knows its channels in rows only."""

    def forward(self, input):
        self.expect_rows(input.shape)
        return super().forward(input)

    @staticmethod
    def expect_rows(shape):
        if len(shape) != 2:
            raise ValueError(
                "a Linear with a batch norm folded in expects rows (N, in), got "
                f"{shape}: of (N, C, L) the norm's channels are the other axis"
            )
