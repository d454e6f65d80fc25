"""Losses: how wrong a prediction is, as one number, and its slope.

Every loss takes ``reduction``: "mean" over all entries (for classes: over the
examples), "sum", or "none". PyTorch broadcasts unequal shapes, with a warning; here
they raise: (N, 1) against (N,) would silently compare every pair. So does an empty
batch, whose mean would be nan.
"""

import numpy as np

from dlcourse.autograd import Tensor, expect_tensors, promoted, record
from dlcourse.nn.module import Module
from dlcourse.nn.softmax import log_softmax, log_softmax_of

# ------------------------------------------------------------------------ of numbers


def mse_loss(input, target, reduction="mean"):
    """Squared error (input - target)^2; its slope is 2 (input - target).

    Args:
        input, target: equal shapes.

    Raises ValueError for unequal shapes or none to compare, TypeError for integers.
    """
    input, target = _pair("mse_loss", input, target)
    difference = input.data - target.data
    y, scale = _reduce(difference**2, reduction, "mse_loss")
    return record(
        "mse_loss",
        y,
        (input, lambda g: g * (scale * 2) * difference),
        (target, lambda g: g * (scale * -2) * difference),
    )


def l1_loss(input, target, reduction="mean"):
    """|input - target|; its slope is the sign, 0 where they agree."""
    input, target = _pair("l1_loss", input, target)
    difference = input.data - target.data
    y, scale = _reduce(np.abs(difference), reduction, "l1_loss")
    return record(
        "l1_loss",
        y,
        (input, lambda g: g * scale * np.sign(difference)),
        (target, lambda g: g * -scale * np.sign(difference)),
    )


# ------------------------------------------------------------------ of probabilities


def binary_cross_entropy(input, target, reduction="mean"):
    """-t log p - (1 - t) log(1 - p), for probabilities p; slope (p - t) / (p (1 - p)).

    As in PyTorch the logarithms end at -100 and p (1 - p) at 1e-12. From logits use
    :func:`binary_cross_entropy_with_logits`, which needs no such bounds.

    Args:
        input: p, from 0 to 1.
        target: t, of the same shape, usually 0 and 1.

    Raises ValueError for a p outside 0 to 1.
    """
    input, target = _pair("binary_cross_entropy", input, target)
    p, t = input.data, target.data
    if p.size and not (0 <= p.min() and p.max() <= 1):
        raise ValueError(
            "binary_cross_entropy expects probabilities, got values from "
            f"{p.min()} to {p.max()}: use binary_cross_entropy_with_logits"
        )
    with np.errstate(divide="ignore"):
        log_p, log_q = np.log(p).clip(-100, None), np.log1p(-p).clip(-100, None)
    y, scale = _reduce(-t * log_p - (1 - t) * log_q, reduction, "binary_cross_entropy")
    slope = (input, lambda g: g * scale * (p - t) / (p * (1 - p)).clip(1e-12, None))
    target_slope = (target, lambda g: g * scale * (log_q - log_p))
    return record("binary_cross_entropy", y, slope, target_slope)


def binary_cross_entropy_with_logits(input, target, reduction="mean", pos_weight=None):
    """Binary cross-entropy of p = sigmoid(x): slope p - t, however sure the unit is.

    -t log p - (1 - t) log(1 - p) = (1 - t) x + log(1 + e^-x), in a form in which
    nothing overflows.

    Args:
        input: logits x.
        target: t, of the same shape.
        pos_weight: an array-like Tensor that broadcasts to it: the weight of -t log p.
    """
    who = "binary_cross_entropy_with_logits"
    input, target = _pair(who, input, target)
    x, t = input.data, target.data
    w = 1 if pos_weight is None else pos_weight.data
    softplus = np.logaddexp(-x, 0)  # -log p; and -log(1 - p) = x - log p
    y, scale = _reduce((1 - t) * x + (1 + (w - 1) * t) * softplus, reduction, who)

    def slope(g):
        q = np.exp(-x - softplus)  # 1 - p = e^-x p
        return g * scale * ((1 - t) - (1 + (w - 1) * t) * q)

    def target_slope(g):
        return g * scale * ((w - 1) * softplus - x)

    return record(who, y, (input, slope), (target, target_slope))


def kl_div(input, target, reduction="mean", log_target=False):
    """Kullback-Leibler divergence, entry by entry: t (log t - x), with x = log q.

    Summed over the classes it says how many nats q wastes where t is true.

    Args:
        input: x, logarithms of probabilities.
        target: t, or its logarithm if ``log_target``; of the same shape.
        reduction: "batchmean" too, the sum over the number of rows: the one that is the
            mean divergence. ("mean" divides by the number of entries.)
    """
    input, target = _pair("kl_div", input, target)
    x, t = input.data, target.data
    p = np.exp(t) if log_target else t
    with np.errstate(divide="ignore", invalid="ignore"):
        log_p = t if log_target else np.log(t)
        losses = np.where(p == 0, 0, p * (log_p - x)) if not log_target else p * (t - x)
    if reduction == "batchmean":
        y, scale = _reduce(losses, "sum", "kl_div")
        scale = scale / (len(x) if x.ndim else 1)
        y = y * scale
    else:
        y, scale = _reduce(losses, reduction, "kl_div")

    def target_slope(g):
        return g * scale * (p * (t - x + 1) if log_target else log_p + 1 - x)

    slope = (input, lambda g: g * -scale * p)
    return record("kl_div", y, slope, (target, target_slope))


# ------------------------------------------------------------------------ of classes


def nll_loss(input, target, weight=None, reduction="mean"):
    """-input[target]: the negative log-likelihood, of logarithms of probabilities.

    Args:
        input: (N, K), or (N, K, ...) with a class at every place, or (K,).
        target: class indices 0 to K-1, (N,), (N, ...) or a single one.
        weight: (K,), one for each class; the mean is then over the weights.
    """
    labels = _checked_labels("nll_loss", input, target, weight)
    x = input.data
    axis = min(x.ndim - 1, 1)
    w = np.ones_like(labels, x.dtype) if weight is None else weight.data[labels]
    at = np.expand_dims(labels, axis)
    losses = -w * np.take_along_axis(x, at, axis).squeeze(axis)
    y, scale = _reduce(losses, "sum" if reduction == "mean" else reduction, "nll_loss")
    if reduction == "mean":
        scale = scale / w.sum()
        y = y * scale

    def gradient(g):
        d = np.zeros_like(x)
        np.put_along_axis(d, at, np.expand_dims(-w * g * scale, axis), axis)
        return d

    return record("nll_loss", y, (input, gradient))


def cross_entropy(input, target, weight=None, reduction="mean", label_smoothing=0.0):
    """-log p(target), where p = softmax(input): the negative log-likelihood.

    Softmax and logarithm are taken together: nothing overflows, and the slope becomes
    dL/dx = p - y for each example (over N for the mean), y being its one-hot target.

    Args:
        input: logits (N, K), or (N, K, ...) with a class at every place, or (K,).
        target: class indices from 0 to K-1, (N,), (N, ...) or a single one; or
            probabilities of the classes, floats of the shape of ``input``.
        weight: (K,), one for each class.
        label_smoothing: share of the target that is spread evenly over all classes.

    Raises ValueError for wrong shapes, an empty batch, a label out of range or a
    smoothing outside 0 to 1, TypeError for labels that are no integers.
    """
    if not 0 <= label_smoothing <= 1:
        raise ValueError(f"label_smoothing is from 0 to 1, got {label_smoothing}")
    expect_tensors("cross_entropy", input, target)
    if target.dtype.kind == "f" and target.shape == input.shape and input.ndim:
        return _of_probabilities(input, target, weight, reduction, label_smoothing)
    if input.ndim == 2 and weight is None and not label_smoothing:
        return _of_labels(input, target, reduction)
    labels = _checked_labels("cross_entropy", input, target, weight)
    axis = min(input.ndim - 1, 1)
    log_p = log_softmax(input, axis)
    loss = nll_loss(log_p, target, weight, reduction)
    if not label_smoothing:
        return loss
    # the rest of the target: the same for all K classes
    spread = -_times(log_p, weight, axis).sum(axis)
    if reduction != "none":
        spread = spread.sum()
    if reduction == "mean":
        spread = spread / float(
            labels.size if weight is None else weight.data[labels].sum()
        )
    share = label_smoothing / input.shape[axis]
    return loss * (1 - label_smoothing) + spread * share


def _of_labels(input, target, reduction):
    """The case of every training loop, in one step."""
    labels = _checked_labels("cross_entropy", input, target, None).copy()
    rows = np.arange(len(labels))
    log_p = log_softmax_of(input.data, dim=1)
    y, scale = _reduce(-log_p[rows, labels], reduction, "cross_entropy")

    def gradient(g):
        d = np.exp(log_p)
        d[rows, labels] -= 1
        return d * (g * scale).reshape(-1, 1)

    return record("cross_entropy", y, (input, gradient))


def _of_probabilities(input, target, weight, reduction, label_smoothing):
    axis = min(input.ndim - 1, 1)
    if label_smoothing:
        even = label_smoothing / input.shape[axis]
        target = target * (1 - label_smoothing) + even
    losses = -_times(log_softmax(input, axis) * target, weight, axis).sum(axis)
    _, scale = _reduce(losses.data, reduction, "cross_entropy")  # checks, too
    return losses if reduction == "none" else losses.sum() * float(scale)


def _times(x, weight, axis):
    if weight is None:
        return x
    return x * weight.reshape((-1,) + (1,) * (x.ndim - axis - 1))


# ------------------------------------------------------------------------- the modules


class _Loss(Module):
    """``function(input, target, **settings)`` as a Module."""

    def __init__(self, reduction="mean"):
        super().__init__()
        self.reduction, self._settings = reduction, ["reduction"]

    def _set(self, **settings):
        for name, value in settings.items():
            self._settings.append(name)
            if isinstance(value, Tensor):  # weights are saved with the model
                self.register_buffer(name, value)
            else:
                setattr(self, name, value)

    def forward(self, input, target):
        settings = {name: getattr(self, name) for name in self._settings}
        return type(self).function(input, target, **settings)


class MSELoss(_Loss):
    """See :func:`mse_loss`."""

    function = staticmethod(mse_loss)


class L1Loss(_Loss):
    """See :func:`l1_loss`."""

    function = staticmethod(l1_loss)


class BCELoss(_Loss):
    """See :func:`binary_cross_entropy`."""

    function = staticmethod(binary_cross_entropy)


class BCEWithLogitsLoss(_Loss):
    """See :func:`binary_cross_entropy_with_logits`."""

    function = staticmethod(binary_cross_entropy_with_logits)

    def __init__(self, reduction="mean", pos_weight=None):
        super().__init__(reduction)
        self._set(pos_weight=pos_weight)


class KLDivLoss(_Loss):
    """See :func:`kl_div`."""

    function = staticmethod(kl_div)

    def __init__(self, reduction="mean", log_target=False):
        super().__init__(reduction)
        self._set(log_target=log_target)


class NLLLoss(_Loss):
    """See :func:`nll_loss`."""

    function = staticmethod(nll_loss)

    def __init__(self, weight=None, reduction="mean"):
        super().__init__(reduction)
        self._set(weight=weight)


class CrossEntropyLoss(_Loss):
    """See :func:`cross_entropy`."""

    function = staticmethod(cross_entropy)

    def __init__(self, weight=None, reduction="mean", label_smoothing=0.0):
        super().__init__(reduction)
        self._set(weight=weight, label_smoothing=label_smoothing)


# -------------------------------------------------------------------------- the checks


def _pair(who, input, target):
    """Both Tensors in one dtype, floats of one shape."""
    expect_tensors(who, input, target)
    input, target = promoted(input, target)
    if input.dtype.kind != "f":
        raise TypeError(f"{who} expects floats, got {input.dtype}: use .float()")
    if input.shape != target.shape:
        raise ValueError(
            f"{who} expects equal shapes, got input {input.shape} and target "
            f"{target.shape}"
        )
    return input, target


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


def _checked_labels(who, input, target, weight):
    """The array of class indices, if they fit ``input`` (N, K, ...) or (K,)."""
    expect_tensors(who, input, target)
    shape, labels = input.shape, target.data
    if not shape or labels.shape != shape[:1][: len(shape) - 1] + shape[2:]:
        places = ", ..." if len(shape) > 2 else ""
        raise ValueError(
            f"{who} expects input (N, K{places}) and target (N{places or ','}), got "
            f"{shape} and {labels.shape}"
        )
    if labels.dtype.kind not in "iu":
        raise TypeError(
            f"{who} expects integer class indices as target, got {labels.dtype}"
        )
    classes = shape[min(len(shape) - 1, 1)]
    if labels.size and not 0 <= labels.min() <= labels.max() < classes:
        raise ValueError(
            f"{who} expects labels from 0 to {classes - 1} for {classes} logits, got "
            f"{labels.min()} to {labels.max()}"
        )
    if weight is not None:
        expect_tensors(f"{who}: weight", weight)
        if weight.shape != (classes,):
            raise ValueError(f"{who} expects weight ({classes},), got {weight.shape}")
    return labels
