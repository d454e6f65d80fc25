"""Layers: what a network is built of. Names, arguments and numbers are PyTorch's."""

from dlcourse.nn import functional
from dlcourse.nn.activation import ReLU, Sigmoid, Tanh
from dlcourse.nn.linear import Linear
from dlcourse.nn.loss import CrossEntropyLoss, MSELoss
from dlcourse.nn.module import Module, Parameter, Sequential

__all__ = [
    "CrossEntropyLoss",
    "Linear",
    "MSELoss",
    "Module",
    "Parameter",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "Tanh",
    "functional",
]
