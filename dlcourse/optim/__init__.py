"""Optimisers: what is done with a gradient. Names and numbers are PyTorch's."""

from dlcourse.optim import lr_scheduler
from dlcourse.optim.adam import Adam, AdamW, PrintedAdam
from dlcourse.optim.adaptive import Adadelta, Adagrad, RMSprop
from dlcourse.optim.optimizer import Optimizer
from dlcourse.optim.penalty import penalty, soft_threshold_
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
    "lr_scheduler",
    "penalty",
    "soft_threshold_",
]
