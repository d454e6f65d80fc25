"""The engine: a Tensor that records how it was made, and gradients from the record.

tensor.py holds the Tensor and its tape, operators.py the arithmetic, functions.py the
functions of one Tensor, gradcheck.py the check against finite differences.
"""

from dlcourse.autograd.functions import exp, log, relu, sigmoid, sqrt, tanh
from dlcourse.autograd.gradcheck import GradCheck, gradcheck
from dlcourse.autograd.operators import matmul, promoted
from dlcourse.autograd.tensor import (
    Tensor,
    expect_tensors,
    is_grad_enabled,
    no_grad,
    record,
    tensor,
)

__all__ = [
    "GradCheck",
    "Tensor",
    "exp",
    "expect_tensors",
    "gradcheck",
    "is_grad_enabled",
    "log",
    "matmul",
    "no_grad",
    "promoted",
    "record",
    "relu",
    "sigmoid",
    "sqrt",
    "tanh",
    "tensor",
]
