"""Optimisers: what is done with a gradient. Names and numbers are PyTorch's."""

from dlcourse.lazy import attach

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        ".": "lr_scheduler",
        "dlcourse.optim.adam": "Adam AdamW PrintedAdam",
        "dlcourse.optim.adaptive": "Adadelta Adagrad RMSprop",
        "dlcourse.optim.optimizer": "Optimizer",
        "dlcourse.optim.penalty": "penalty soft_threshold_",
        "dlcourse.optim.sgd": "SGD",
    },
)
