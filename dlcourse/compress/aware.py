"""Training that knows of the quantisation to come."""

from dlcourse.autograd import expect_tensors, is_grad_enabled
from dlcourse.checks import expect_kind
from dlcourse.compress.changed import Wrapper, converted
from dlcourse.compress.integer import Observer
from dlcourse.compress.prune import Pruned
from dlcourse.compress.quantization import expect_bits, fake_quantize, limits, quantize
from dlcourse.nn.conv import Conv2d
from dlcourse.nn.linear import Linear
from dlcourse.nn.module import Module


class QuantizationAware(Wrapper):
    """A Linear or Conv2d that rounds its weights and its inputs as it will when small.

    The weights themselves stay floats and are learned; each forward pass rounds them
    anew, symmetric and per output channel, and the gradient passes straight through
    (Jacob et al., 2018). The range of the inputs is the widest seen while training, and
    part of the state.

    Args:
        layer: a Linear or Conv2d, or one that is Pruned; its parameters are used, not
            copied.
        bits, activation_bits: of the weights and of the inputs (None: left as floats).
    """

    def __init__(self, layer, bits=8, activation_bits=8):
        super().__init__(layer)
        expect_kind("QuantizationAware", "layer", layer, Linear, Conv2d, Pruned)
        expect_kind("QuantizationAware", "layer", self.inner, Linear, Conv2d)
        expect_bits("QuantizationAware", bits=bits)
        self.bits = bits
        self.observer = None
        if activation_bits is not None:
            self.observer = Observer(activation_bits).train(layer.training)

    def tensors(self):
        weight = self.given("weight")
        q = quantize(weight.data, self.bits, symmetric=True, axis=0)
        if self.bits == 1:  # +-scale: the sign, not the nearest of -1, 0 and 1
            return {"weight": weight + (q.dequantize() - weight.data)}
        ends = limits(self.bits, symmetric=True)
        return {"weight": fake_quantize(weight, q.scale, 0, *ends)}

    def forward(self, input):
        expect_tensors("QuantizationAware", input)
        if self.observer:
            if self.training and is_grad_enabled():
                self.observer.see(input.data)
            input = fake_quantize(input, *self.observer.grid)
        return super().forward(input)

    def extra_repr(self):
        return f"bits={self.bits}"


def quantization_aware(model, bits=8, activation_bits=8):
    """``model`` over the same parameters, with Linear and Conv2d made aware."""
    expect_kind("quantization_aware", "model", model, Module)

    def convert(part, path):
        layer = part.inner if isinstance(part, Wrapper) else part
        if isinstance(layer, Linear | Conv2d):
            return QuantizationAware(part, bits, activation_bits)

    return converted(model, convert)
