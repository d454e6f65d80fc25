"""How deep networks are trained: each mechanism in NumPy, equal to PyTorch.

    from dlcourse import nn, optim, tensor, no_grad

The rooms ``lab``, ``show``, ``teach`` and ``authoring`` need more than NumPy and are
imported by those who use them.
"""

from dlcourse import autograd, nn, optim
from dlcourse.autograd import Tensor, cat, no_grad, stack, tensor, where
from dlcourse.random import manual_seed

__all__ = [
    "Tensor",
    "autograd",
    "cat",
    "manual_seed",
    "nn",
    "no_grad",
    "optim",
    "stack",
    "tensor",
    "where",
]
__version__ = "0.1.0"
