"""Layers: what a network is built of. Names, arguments and numbers are PyTorch's."""

from dlcourse.nn import functional
from dlcourse.nn.activation import ReLU, Sigmoid, Tanh
from dlcourse.nn.container import Flatten, Identity, ModuleList, Sequential
from dlcourse.nn.linear import Linear
from dlcourse.nn.loss import CrossEntropyLoss, MSELoss
from dlcourse.nn.module import Module, Parameter

__all__ = [
    "CrossEntropyLoss",
    "Flatten",
    "Identity",
    "Linear",
    "MSELoss",
    "Module",
    "ModuleList",
    "Parameter",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "Tanh",
    "functional",
]
