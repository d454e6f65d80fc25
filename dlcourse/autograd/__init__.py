"""The engine: a Tensor that records how it was made, and gradients from the record.

tensor.py holds the Tensor, tape.py the record and the walk back over it; operators.py
the arithmetic, functions.py the functions of one Tensor, joining.py those of several;
gradcheck.py the check against finite differences, memory.py what is freed at hand.
"""

from dlcourse.autograd.functions import exp, log, relu, sigmoid, sqrt, tanh
from dlcourse.autograd.grad_mode import is_grad_enabled, no_grad
from dlcourse.autograd.gradcheck import GradCheck, gradcheck
from dlcourse.autograd.joining import cat, maximum, stack, where
from dlcourse.autograd.memory import keep_what_is_freed
from dlcourse.autograd.operators import matmul, promoted
from dlcourse.autograd.tape import expect_tensors, record, shared
from dlcourse.autograd.tensor import Tensor, kept, tensor

__all__ = [
    "GradCheck",
    "Tensor",
    "cat",
    "exp",
    "expect_tensors",
    "gradcheck",
    "is_grad_enabled",
    "kept",
    "log",
    "matmul",
    "maximum",
    "no_grad",
    "promoted",
    "record",
    "relu",
    "shared",
    "sigmoid",
    "sqrt",
    "stack",
    "tanh",
    "tensor",
    "where",
]

keep_what_is_freed()
