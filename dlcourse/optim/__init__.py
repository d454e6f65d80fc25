"""Optimisers: what is done with a gradient. Names and numbers are PyTorch's."""

from dlcourse.optim.adam import Adam, AdamW, PrintedAdam
from dlcourse.optim.adaptive import Adadelta, Adagrad, RMSprop
from dlcourse.optim.optimizer import Optimizer
from dlcourse.optim.sgd import SGD

__all__ = [
    "SGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Optimizer",
    "PrintedAdam",
    "RMSprop",
]
