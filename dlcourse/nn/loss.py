"""Losses: how wrong a prediction is, as one number, and its slope."""

import numpy as np

from dlcourse.autograd import expect_tensors, promoted, record
from dlcourse.nn.module import Module
from dlcourse.nn.softmax import log_softmax_of


def mse_loss(input, target, reduction="mean"):
    """Squared error (input - target)^2; its slope is 2 (input - target).

    Args:
        input, target: equal shapes. (PyTorch broadcasts unequal ones, with a warning;
            (N, 1) against (N,) would silently compare every pair.)
        reduction: "mean" over all entries, "sum", or "none".

    Raises ValueError for unequal shapes or none to compare, TypeError for integers.
    """
    expect_tensors("mse_loss", input, target)
    input, target = promoted(input, target)
    if input.dtype.kind != "f":
        raise TypeError(f"mse_loss expects floats, got {input.dtype}: use .float()")
    if input.shape != target.shape:
        raise ValueError(
            f"mse_loss expects equal shapes, got input {input.shape} and target "
            f"{target.shape}"
        )
    difference = input.data - target.data
    y, scale = _reduce(difference**2, reduction, "mse_loss")
    return record(
        "mse_loss",
        y,
        (input, lambda g: g * (scale * 2) * difference),
        (target, lambda g: g * (scale * -2) * difference),
    )


def cross_entropy(input, target, reduction="mean"):
    """-log p(target), where p = softmax(input): the negative log-likelihood.

    Softmax and logarithm are taken together: nothing overflows, and the slope becomes
    dL/dx = p - y for each example (over N for the mean), y being its one-hot target.

    Args:
        input: logits (N, K), floats.
        target: class indices (N,), integers from 0 to K-1.
        reduction: "mean" over the examples, "sum", or "none".

    Raises ValueError for wrong shapes, an empty batch or a label out of range,
    TypeError for labels that are no integers.
    """
    expect_tensors("cross_entropy", input, target)
    labels = target.data.copy()  # the gradient needs them later
    _expect_labels(input.data, labels)
    rows = np.arange(len(labels))
    log_p = log_softmax_of(input.data, dim=1)
    y, scale = _reduce(-log_p[rows, labels], reduction, "cross_entropy")

    def gradient(g):
        d = np.exp(log_p)
        d[rows, labels] -= 1
        return d * (g * scale).reshape(-1, 1)

    return record("cross_entropy", y, (input, gradient))


class MSELoss(Module):
    """Squared error; see :func:`mse_loss`."""

    def __init__(self, reduction="mean"):
        super().__init__()
        self.reduction = reduction

    def forward(self, input, target):
        return mse_loss(input, target, self.reduction)


class CrossEntropyLoss(Module):
    """Cross-entropy of logits and class indices; see :func:`cross_entropy`."""

    def __init__(self, reduction="mean"):
        super().__init__()
        self.reduction = reduction

    def forward(self, input, target):
        return cross_entropy(input, target, self.reduction)


def _reduce(losses, reduction, who):
    """The reduced loss, and its slope with respect to each of ``losses``."""
    if losses.size == 0:
        raise ValueError(f"{who} of an empty batch")
    one = losses.dtype.type(1)
    if reduction == "none":
        return losses, one
    if reduction == "sum":
        return losses.sum(), one
    if reduction == "mean":
        return losses.mean(), one / losses.size
    raise ValueError(f"reduction expects 'mean', 'sum' or 'none', got {reduction!r}")


def _expect_labels(logits, labels):
    if logits.ndim != 2 or labels.shape != logits.shape[:1]:
        raise ValueError(
            "cross_entropy expects input (N, K) and target (N,), got "
            f"{logits.shape} and {labels.shape}"
        )
    if labels.dtype.kind not in "iu":
        raise TypeError(
            f"cross_entropy expects integer class indices as target, got {labels.dtype}"
        )
    if labels.size and not 0 <= labels.min() <= labels.max() < logits.shape[1]:
        raise ValueError(
            f"cross_entropy expects labels from 0 to {logits.shape[1] - 1} for "
            f"{logits.shape[1]} logits, got {labels.min()} to {labels.max()}"
        )
