"""Clipping: gradients that are too long are shortened before the optimiser sees them.

Source: Pascanu, Mikolov and Bengio (2013).
"""

import numpy as np

from dlcourse.autograd import Tensor, expect_tensors
from dlcourse.checks import expect_in


def clip_grad_norm_(parameters, max_norm, norm_type=2.0, error_if_nonfinite=False):
    """Scale all gradients by one factor, so that their common norm is at most max_norm.

        g <- g * min(1, max_norm / (norm + 1e-6))

    The direction stays. The 1e-6 is PyTorch's: what was longer ends a hair below
    ``max_norm``, where the formula in lectures and in the paper gives exactly that.

    Args:
        parameters: Tensors; those without gradient are passed over.
        max_norm: the largest norm allowed.
        norm_type: 2 is the usual length, ``float("inf")`` the largest entry's size.
        error_if_nonfinite: raise RuntimeError where the norm is infinite or NaN;
            otherwise that makes every gradient 0 or NaN.

    Returns the norm before clipping, a Tensor.
    """
    gradients = _gradients("clip_grad_norm_", parameters)
    expect_in("clip_grad_norm_", "max_norm", max_norm, "[0, inf]")
    expect_in("clip_grad_norm_", "norm_type", norm_type, "[-inf, inf]")
    dtype = np.result_type(*(g.dtype for g in gradients)) if gradients else np.float32
    norm = _norm([g.data for g in gradients], norm_type)
    if error_if_nonfinite and not np.isfinite(norm):
        raise RuntimeError(
            f"the gradients' norm of order {norm_type} is {norm}: it cannot be clipped"
        )
    factor = np.minimum(max_norm / (norm + 1e-6), 1)
    with np.errstate(invalid="ignore", over="ignore"):  # inf * 0: NaN, as in PyTorch
        for g in gradients:
            g *= float(factor)
        return Tensor(np.asarray(norm, dtype))


def _norm(arrays, order):
    """Of all entries together; over the largest, so that no power leaves the range."""
    largest = max((np.abs(a).max() for a in arrays), default=0)
    if not 0 < largest < np.inf or order == 0:  # order 0 counts
        largest = 1
    norms = [np.linalg.norm((a / largest).reshape(-1), order) for a in arrays]
    return float(largest) * float(np.linalg.norm(norms, order)) if norms else 0.0


def clip_grad_value_(parameters, clip_value):
    """Clip every entry of every gradient to [-clip_value, clip_value].

    The direction changes: the largest entries lose most.
    """
    expect_in("clip_grad_value_", "clip_value", clip_value, "[0, inf]")
    for g in _gradients("clip_grad_value_", parameters):
        g[...] = g.data.clip(-clip_value, clip_value)


def _gradients(who, parameters):
    parameters = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    if not parameters:
        raise ValueError(f"{who} got no parameters: is the generator already used up?")
    expect_tensors(who, *parameters)
    return [p.grad for p in parameters if p.grad is not None and p.grad.data.size]
