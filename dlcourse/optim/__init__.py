"""Optimisers: what is done with a gradient. Names and numbers are PyTorch's."""

from dlcourse.optim.optimizer import Optimizer
from dlcourse.optim.sgd import SGD

__all__ = ["SGD", "Optimizer"]
