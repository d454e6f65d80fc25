"""Training that knows of the quantisation to come, and batch norms folded away."""

import numpy as np

from dlcourse.autograd import expect_tensors, is_grad_enabled
from dlcourse.checks import expect_kind
from dlcourse.compress.changed import changed
from dlcourse.compress.integer import Observer
from dlcourse.compress.quantization import expect_bits, fake_quantize, limits, quantize
from dlcourse.nn.container import Sequential
from dlcourse.nn.conv import Conv2d
from dlcourse.nn.linear import Linear
from dlcourse.nn.module import Module, Parameter
from dlcourse.nn.normalization import BatchNorm1d, BatchNorm2d


class QuantizationAware(Module):
    """A Linear or Conv2d that rounds its weights and its inputs as it will when small.

    The weights themselves stay floats and are learned; each forward pass rounds them
    anew, symmetric and per output channel, and the gradient passes straight through
    (Jacob et al., 2018). The range of the inputs is the widest seen while training.

    Args:
        layer: a Linear or Conv2d; its parameters are used, not copied.
        bits, activation_bits: of the weights and of the inputs (None: left as floats).
    """

    def __init__(self, layer, bits=8, activation_bits=8):
        super().__init__()
        expect_kind("QuantizationAware", "layer", layer, Linear, Conv2d)
        expect_bits("QuantizationAware", bits=bits)
        self.layer, self.bits = layer, bits
        self.observer = None if activation_bits is None else Observer(activation_bits)

    def forward(self, input):
        expect_tensors("QuantizationAware", input)
        if self.observer:
            if self.training and is_grad_enabled():
                self.observer.see(input.data)
            input = fake_quantize(input, *self.observer.grid)
        weight = self.layer.weight
        q = quantize(weight.data, self.bits, symmetric=True, axis=0)
        if self.bits == 1:  # +-scale: the sign, not the nearest of -1, 0 and 1
            rounded = weight + (q.dequantize() - weight.data)
        else:
            ends = limits(self.bits, symmetric=True)
            rounded = fake_quantize(weight, q.scale, 0, *ends)
        return changed(self.layer, weight=rounded)(input)

    def extra_repr(self):
        return f"bits={self.bits}"


def quantization_aware(model, bits=8, activation_bits=8):
    """A Sequential over the same parameters, with Linear and Conv2d made aware."""
    expect_kind("quantization_aware", "model", model, Sequential)
    layers = list(model)
    for i, layer in enumerate(layers):
        if isinstance(layer, Linear | Conv2d):
            layers[i] = QuantizationAware(layer, bits, activation_bits)
    return Sequential(*layers)


def fold_batch_norm(model):
    """A Sequential without the batch norms that follow a Linear or Conv2d directly.

    In evaluation batch norm is y = a (Wx + b - m) + c with a = gamma / sqrt(v + eps):
    the layer with weights a W and bias a (b - m) + c does both at once.

    Raises ValueError in training mode: there the moments change with each batch.
    """
    expect_kind("fold_batch_norm", "model", model, Sequential)
    layers = []
    for layer in model:
        before = layers[-1] if layers else None
        is_norm = isinstance(layer, BatchNorm1d | BatchNorm2d)
        if is_norm and isinstance(before, Linear | Conv2d):
            if layer.training or layer.running_var is None:
                raise ValueError(
                    "fold_batch_norm needs a model in evaluation mode, with running "
                    "moments: call model.eval()"
                )
            layers[-1] = _folded(before, layer)
        else:
            layers.append(layer)
    return Sequential(*layers).train(model.training)


def _folded(layer, norm):
    if norm.num_features != len(layer.weight):
        raise ValueError(
            f"fold_batch_norm expects model with norms of their layers' widths, got "
            f"{norm.num_features} after {len(layer.weight)}"
        )
    gamma, beta = (norm.weight.data, norm.bias.data) if norm.affine else (1, 0)
    slope = gamma / np.sqrt(norm.running_var.data + norm.eps)
    bias = 0 if layer.bias is None else layer.bias.data
    bias = slope * (bias - norm.running_mean.data) + beta
    weight = layer.weight.data
    weight = slope.reshape((-1,) + (1,) * (weight.ndim - 1)) * weight
    weight, bias = (Parameter(x.astype(layer.weight.dtype)) for x in (weight, bias))
    return changed(layer, weight=weight, bias=bias)
