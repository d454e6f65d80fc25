"""Counting arithmetic: a computation's cost that does not depend on the machine."""

from dataclasses import dataclass

import numpy as np

from dlcourse import autograd
from dlcourse.lab.examples import engine_of
from dlcourse.nn.measuring import measuring


@dataclass(frozen=True)
class Flops:
    """Floating-point operations of a forward and of its backward pass."""

    forward: int
    backward: int


def count_flops(make_loss, model):
    """Count the floating-point operations of ``make_loss()`` and of its ``backward``.

    A product (n, k) @ (k, m) counts 2 n k m, every other function one operation for
    each entry; indexing and reshaping count nothing. Only what depends on the
    parameters of ``model`` is counted.

    Args:
        make_loss: runs the forward pass and returns the loss, a scalar Tensor.
        model: the Module whose parameters it uses; it is left as it was.

    Raises ValueError where ``make_loss`` does not use the model, TypeError for a model
    of torch, whose arithmetic NumPy does not see.
    """
    if engine_of(model) is not autograd:
        raise TypeError("count_flops expects a Module of dlcourse, got torch's")
    kept = [(p, p.data) for p in model.parameters()]
    with measuring(model):
        try:
            for p, data in kept:
                p.data = data.view(_Counted)
            _Counted.flops = 0
            loss = make_loss()
            forward = _Counted.flops
            if forward == 0:
                raise ValueError("make_loss() does not use this model's parameters")
            loss.backward()
        finally:
            for p, data in kept:
                p.data = data
    return Flops(forward, _Counted.flops - forward)


class _Counted(np.ndarray):
    """An array that counts what NumPy computes from it."""

    flops = 0

    def __array_ufunc__(self, ufunc, method, *inputs, out=None, **kwargs):
        plain = [_plain(a) for a in inputs]
        if out is not None:
            kwargs["out"] = tuple(_plain(a) for a in out)
        result = getattr(ufunc, method)(*plain, **kwargs)
        if ufunc is np.matmul:
            _Counted.flops += 2 * np.size(result) * plain[0].shape[-1]
        else:
            _Counted.flops += max(np.size(a) for a in plain)
        if out is not None:
            return out[0]
        return np.asarray(result).view(_Counted) if result is not None else None


def _plain(a):
    return a.view(np.ndarray) if isinstance(a, _Counted) else a
