"""Gradient checking: the engine's gradient against centred differences."""

import contextlib
from dataclasses import dataclass

import numpy as np

from dlcourse.autograd.grad_mode import no_grad


@dataclass(frozen=True)
class InputCheck:
    """How well one input's gradient agrees with centred differences.

    Attributes:
        error: ||a - n|| / (||a|| + ||n||) for the gradients a and n, from 0 to
            1. Where both are so small that rounding drowns them, it is relative to the
            smallest size that differences can resolve instead.
        worst: index of the entry in which they differ most.
        analytic, numeric: the two values there.
    """

    error: float
    worst: tuple
    analytic: float
    numeric: float


@dataclass(frozen=True)
class GradCheck:
    """The report of :func:`gradcheck`: true where every input's gradient is right."""

    inputs: tuple
    rtol: float

    @property
    def error(self):
        """The largest relative error among the inputs."""
        return max(check.error for check in self.inputs)

    def __bool__(self):
        return self.error <= self.rtol  # False for nan

    def __str__(self):
        lines = []
        for i, check in enumerate(self.inputs):
            sign, word = ("<=", "right") if check.error <= self.rtol else (">", "WRONG")
            lines.append(
                f"input {i}: {word}, relative error {check.error:.1e} {sign} "
                f"{self.rtol:.0e}; worst at {check.worst}: "
                f"backward {check.analytic:.8g}, differences {check.numeric:.8g}"
            )
        return "\n".join(lines)


def gradcheck(func, inputs, eps=6e-6, rtol=1e-7, raise_exception=True):
    """Compare ``backward`` through ``func`` with centred differences.

    A result that is not a scalar is weighted with fixed random numbers first, so that
    each of its entries matters. For step h the difference (f(x+h) - f(x-h)) / 2h is off
    by O(h^2) because the function bends and by O(1e-16 / h) because numbers are
    rounded; the sum is least near h = 6e-6, with about ten correct digits left.

    Args:
        func: takes the Tensors in ``inputs``, returns one Tensor.
        inputs: a Tensor, or a sequence of them; float64. Those that require a gradient
            are checked.
        eps: the step h, times the size of an entry where that is above 1.
        rtol: largest relative error allowed, of the norm of each input's gradient.
            Single entries can be off by more, and so can points close to a kink.
        raise_exception: raise AssertionError with the report where the check fails.

    Returns:
        A :class:`GradCheck`, true where the check passes; printed, it names the worst
        entry of each input.

    Raises:
        TypeError: an input is not float64: single precision leaves only three digits.
        ValueError: nothing requires a gradient, an input is computed from others, or
            ``func`` is random or not finite.
    """
    inputs = [inputs] if hasattr(inputs, "requires_grad") else list(inputs)
    checked = [x for x in inputs if x.requires_grad]
    if not checked:
        raise ValueError("gradcheck: no input has requires_grad=True")
    for i, x in enumerate(inputs):
        if x.requires_grad and x.dtype != np.float64:
            raise TypeError(f"gradcheck needs float64, input {i} is {x.dtype}")
        if not x.is_leaf:
            raise ValueError(
                f"gradcheck needs leaves, input {i} is computed: detach it"
            )

    with _gradients_of(checked) as analytic:
        out = func(*inputs)
        weights = np.ones(out.shape)
        if out.shape:
            weights = np.random.default_rng(0).uniform(0.5, 1.5, out.shape)
        out.backward(weights)

    @no_grad()
    def f():
        return float((func(*inputs).data * weights).sum())

    value = f()
    if not np.isfinite(value):
        raise ValueError(f"gradcheck: func gives {value}")
    if not value == f() == (out.data * weights).sum():
        raise ValueError("gradcheck: func gives two results for the same inputs")
    rounding = np.finfo(float).eps * np.abs(out.data * weights).sum()

    def check(x, gradient):
        steps = eps * np.maximum(1, np.abs(x))
        resolution = np.linalg.norm(rounding / steps) / rtol
        return _compare(gradient, _differences(f, x, steps), resolution)

    pairs = zip(checked, analytic, strict=True)
    report = GradCheck(tuple(check(x.data, a) for x, a in pairs), rtol)
    if raise_exception and not report:
        raise AssertionError(f"the gradient is wrong\n{report}")
    return report


@contextlib.contextmanager
def _gradients_of(tensors):
    """A list for the gradients that arise inside; the Tensors keep their own."""
    before, new = [x.grad for x in tensors], []
    for x in tensors:
        x.grad = None
    try:
        yield new
        new += [np.zeros(x.shape) if x.grad is None else x.grad.data for x in tensors]
    finally:
        for x, grad in zip(tensors, before, strict=True):
            x.grad = grad


def _differences(f, x, steps):
    """df/dx by centred differences: two evaluations for every entry of ``x``."""
    gradient = np.empty(x.shape)
    for i in np.ndindex(x.shape):
        kept = x[i]
        try:
            x[i] = kept + steps[i]
            above = f()
            x[i] = kept - steps[i]
            below = f()
        finally:
            x[i] = kept
        gradient[i] = (above - below) / (2 * steps[i])
    return gradient


def _compare(analytic, numeric, resolution):
    difference = np.linalg.norm(analytic - numeric)
    size = np.linalg.norm(analytic) + np.linalg.norm(numeric)
    size = max(size, resolution)
    worst = np.unravel_index(np.abs(analytic - numeric).argmax(), analytic.shape)
    return InputCheck(
        error=float(difference / size) if size else 0.0,
        worst=tuple(int(i) for i in worst),
        analytic=float(analytic[worst]),
        numeric=float(numeric[worst]),
    )
