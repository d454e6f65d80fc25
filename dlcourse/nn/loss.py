"""Losses: how wrong a prediction is, as one number, and its slope.

Every loss takes ``reduction``: "mean" over all entries (for classes: over the
examples), "sum", or "none"; by name only, as PyTorch has other arguments before it.
PyTorch broadcasts unequal shapes, with a warning; here they raise: (N, 1) against (N,)
would silently compare every pair. So does an empty batch, whose mean would be nan.
"""

import numpy as np

from dlcourse.autograd import Tensor, expect_tensors, kept, promoted, record
from dlcourse.checks import expect_flags, expect_floats, expect_in, expect_one_of
from dlcourse.nn.activation import sigmoid_of, softplus_of
from dlcourse.nn.applied import Applied
from dlcourse.nn.softmax import log_softmax, log_softmax_of

# ------------------------------------------------------------------------ of numbers


def mse_loss(input, target, *, reduction="mean"):
    """Squared error (input - target)^2; its slope is 2 (input - target).

    Args:
        input, target: equal shapes.

    Raises ValueError for unequal shapes or none to compare, TypeError for integers.
    """
    input, target = _pair("mse_loss", input, target)
    difference = input.data - target.data
    y, scale = _reduce(difference**2, reduction, "mse_loss")
    slope = (input, lambda g: g * (scale * 2) * difference)
    return record(
        "mse_loss", y, slope, (target, lambda g: g * (scale * -2) * difference)
    )


def l1_loss(input, target, *, reduction="mean"):
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


def binary_cross_entropy(input, target, *, reduction="mean"):
    """-t log p - (1 - t) log(1 - p), for probabilities p; slope (p - t) / (p (1 - p)).

    As in PyTorch the logarithms end at -100 and p (1 - p) at 1e-12. From logits use
    :func:`binary_cross_entropy_with_logits`, which needs no such bounds.

    Args:
        input, target: p and t, from 0 to 1, of one shape and dtype.

    Raises ValueError for a p or t outside 0 to 1.
    """
    who = "binary_cross_entropy"
    input, target = _pair(who, input, target, of_floats=True)
    p, t = input.data, target.data
    for name, x in ("input", p), ("target", t):
        if x.size and not (0 <= x.min() and x.max() <= 1):
            raise ValueError(
                f"{who} expects probabilities as {name}, got values from {x.min()} to "
                f"{x.max()}: for logits use binary_cross_entropy_with_logits"
            )
    with np.errstate(divide="ignore"):
        log_p, log_q = np.log(p).clip(-100, None), np.log1p(-p).clip(-100, None)
    y, scale = _reduce(-t * log_p - (1 - t) * log_q, reduction, who)
    slope = (input, lambda g: g * scale * (p - t) / (p * (1 - p)).clip(1e-12, None))
    return record(who, y, slope, (target, lambda g: g * scale * (log_q - log_p)))


def binary_cross_entropy_with_logits(
    input, target, *, reduction="mean", pos_weight=None
):
    """Binary cross-entropy of p = sigmoid(x): slope p - t, however sure the unit is.

    -t log p - (1 - t) log(1 - p) = (1 - t) x + log(1 + e^-x), in a form in which
    nothing overflows.

    Args:
        input: logits x.
        target: t, of the same shape.
        pos_weight: the weight of -t log p; a Tensor that broadcasts to this shape.
    """
    who = "binary_cross_entropy_with_logits"
    input, target = _pair(who, input, target, of_floats=True)
    x, t, w = input.data, target.data, 1
    if pos_weight is not None:
        expect_tensors(f"{who}: pos_weight", pos_weight)
        w = pos_weight.data.astype(x.dtype)
        fits = zip(w.shape[::-1], x.shape[::-1], strict=False)
        if w.ndim > x.ndim or any(n not in (1, m) for n, m in fits):
            raise ValueError(f"{who} expects pos_weight for {x.shape}, got {w.shape}")
    minus_log_p = softplus_of(-x)  # and -log(1 - p) = x - log p
    losses = (1 - t) * x + (1 + (w - 1) * t) * minus_log_p
    y, scale = _reduce(losses, reduction, who)

    def slope(g):
        return g * scale * ((1 - t) - (1 + (w - 1) * t) * sigmoid_of(-x))

    target_slope = (target, lambda g: g * scale * ((w - 1) * minus_log_p - x))
    return record(who, y, (input, slope), target_slope)


def kl_div(input, target, *, reduction="mean", log_target=False):
    """Kullback-Leibler divergence, entry by entry: t (log t - x), with x = log q.

    Summed over the classes it says how many nats q wastes where t is true.

    Args:
        input: x, logarithms of probabilities.
        target: t, or its logarithm if ``log_target``; of the same shape.
        reduction: "batchmean" too, the sum over the number of rows: the one that is the
            mean divergence. ("mean" divides by the number of entries.)
    """
    input, target = _pair("kl_div", input, target, of_floats=True)
    expect_flags("kl_div", log_target=log_target)
    x, t = input.data, target.data
    p = np.exp(t) if log_target else t
    with np.errstate(divide="ignore", invalid="ignore"):
        log_p = t if log_target else np.log(t)
        losses = np.where(p == 0, 0, p * log_p) - p * x  # 0 log 0 is 0
    rows = len(x) if x.ndim else 1
    y, scale = _reduce(losses, reduction, "kl_div", batchmean=rows)

    def target_slope(g):
        return g * scale * (p * (t - x + 1) if log_target else log_p + 1 - x)

    slope = (input, lambda g: g * -scale * p)
    return record("kl_div", y, slope, (target, target_slope))


# ------------------------------------------------------------------------ of classes


def nll_loss(input, target, weight=None, *, reduction="mean"):
    """-input[target]: the negative log-likelihood, of logarithms of probabilities.

    Args:
        input: (N, K), or (N, K, ...) with a class at every place, or (K,).
        target: class indices 0 to K-1, (N,), (N, ...) or a single one.
        weight: (K,), one for each class; the mean is then over the weights.
    """
    labels = _checked_labels("nll_loss", input, target, weight)
    x, axis = input.data, _classes(input)
    w = np.ones_like(labels, x.dtype) if weight is None else weight.data[labels]
    at = np.expand_dims(labels, axis)
    losses = -w * np.take_along_axis(x, at, axis).squeeze(axis)
    y, scale = _reduce(losses, reduction, "nll_loss", mean=w.sum())

    def gradient(g):
        d = np.zeros_like(x)
        np.put_along_axis(d, at, np.expand_dims(-w * g * scale, axis), axis)
        return d

    return record("nll_loss", y, (input, gradient))


def cross_entropy(input, target, weight=None, *, reduction="mean", label_smoothing=0.0):
    """-log p(target), where p = softmax(input): the negative log-likelihood.

    Softmax and logarithm are taken together: nothing overflows, and the slope becomes
    dL/dx = p - y for each example (over N for the mean), y being its one-hot target.

    Args:
        input: logits (N, K), or (N, K, ...) with a class at every place, or (K,).
        target: class indices from 0 to K-1, (N,), (N, ...) or a single one; or
            probabilities of the classes, floats of the shape of ``input``.
        weight: (K,), one for each class; the mean of labels is then over the weights.
        label_smoothing: share of the target that is spread evenly over all classes.

    Raises ValueError for wrong shapes, an empty batch, a label out of range or a
    smoothing outside 0 to 1, TypeError for labels that are no integers.
    """
    if label_smoothing:
        expect_in("cross_entropy", "label_smoothing", label_smoothing, "[0, 1]")
    expect_tensors("cross_entropy", input, target)
    axis = _classes(input)
    if target.dtype.kind == "f" and target.shape == input.shape and input.ndim:
        _check_weight("cross_entropy", input, weight)
        count = input.data.size // input.shape[axis]
        q = target
    else:
        labels = _checked_labels("cross_entropy", input, target, weight)
        if not label_smoothing:
            if input.ndim == 2 and weight is None:
                return _of_labels(input, labels, reduction)
            log_p = log_softmax(input, axis)
            return nll_loss(log_p, target, weight, reduction=reduction)
        count = labels.size if weight is None else weight.data[labels].sum()
        one_hot = np.zeros_like(input.data)
        np.put_along_axis(one_hot, np.expand_dims(labels, axis), 1, axis)
        q = Tensor(one_hot)
    if label_smoothing:
        q = q * (1 - label_smoothing) + label_smoothing / input.shape[axis]
    if weight is not None:
        q = q * weight.reshape((-1,) + (1,) * (input.ndim - axis - 1))
    losses = -(log_softmax(input, axis) * q).sum(axis)
    _, scale = _reduce(losses.data, reduction, "cross_entropy", mean=count)
    return losses if reduction == "none" else losses.sum() * float(scale)


def _of_labels(input, labels, reduction):
    """The case of every training loop, in one step."""
    rows = np.arange(len(labels))
    log_p = log_softmax_of(input.data, dim=1)
    y, scale = _reduce(-log_p[rows, labels], reduction, "cross_entropy")

    def gradient(g):
        d = np.exp(log_p)
        d[rows, labels] -= 1
        return d * (g * scale).reshape(-1, 1)

    return record("cross_entropy", y, (input, gradient))


# ------------------------------------------------------------------------- the modules


class _Loss(Applied):
    def extra_repr(self):
        return ""  # as PyTorch's


class MSELoss(_Loss, function=mse_loss):
    """See :func:`mse_loss`."""


class L1Loss(_Loss, function=l1_loss):
    """See :func:`l1_loss`."""


class BCELoss(_Loss, function=binary_cross_entropy):
    """See :func:`binary_cross_entropy`."""


class BCEWithLogitsLoss(_Loss, function=binary_cross_entropy_with_logits):
    """See :func:`binary_cross_entropy_with_logits`."""


class KLDivLoss(_Loss, function=kl_div):
    """See :func:`kl_div`."""


class NLLLoss(_Loss, function=nll_loss):
    """See :func:`nll_loss`."""


class CrossEntropyLoss(_Loss, function=cross_entropy):
    """See :func:`cross_entropy`."""


# -------------------------------------------------------------------------- the checks


def _pair(who, input, target, of_floats=False):
    """Both Tensors in one dtype, floats of one shape."""
    expect_tensors(who, input, target)
    if of_floats:
        expect_floats(f"{who}: target", target)
    input, target = promoted(input, target)
    expect_floats(who, input)
    if input.shape != target.shape:
        raise ValueError(
            f"{who} expects equal shapes, got input {input.shape} and target "
            f"{target.shape}"
        )
    return input, target


def _reduce(losses, reduction, who, **divisors):
    """The reduced loss, and its slope with respect to each of ``losses``.

    Both are divided by ``divisors[reduction]``; that of "mean" is their number.
    """
    if losses.size == 0:
        raise ValueError(f"{who} of an empty batch")
    one = losses.dtype.type(1)
    divisors = {"mean": losses.size, "sum": 1, "none": None} | divisors
    expect_one_of(who, "reduction", reduction, divisors)
    if reduction == "none":
        return losses, one
    return losses.sum() / divisors[reduction], one / divisors[reduction]


def _classes(input):
    """The axis of the classes in (N, K, ...) or (K,)."""
    return min(input.ndim - 1, 1)


def _checked_labels(who, input, target, weight):
    """The class indices, an array of one's own, if they fit (N, K, ...) or (K,)."""
    expect_tensors(who, input, target)
    shape, labels = input.shape, kept(target)
    expect_floats(who, input)
    if not shape or labels.shape != shape[:1][: len(shape) - 1] + shape[2:]:
        places = ", ..." if len(shape) > 2 else ""
        raise ValueError(
            f"{who} expects input (N, K{places}) and target (N{places or ','}), got "
            f"{shape} and {labels.shape}"
        )
    # PyTorch's two, and int32, which is NumPy's default on some platforms.
    if labels.dtype not in (np.int64, np.int32, np.uint8):
        raise TypeError(
            f"{who} expects integer class indices (int64) as target, got {labels.dtype}"
        )
    k = shape[_classes(input)]
    if labels.size and not 0 <= labels.min() <= labels.max() < k:
        raise ValueError(
            f"{who} expects labels from 0 to {k - 1} for {k} logits, got "
            f"{labels.min()} to {labels.max()}"
        )
    _check_weight(who, input, weight)
    return labels


def _check_weight(who, input, weight):
    if weight is None:
        return
    expect_tensors(f"{who}: weight", weight)
    expected = (input.shape[_classes(input)],)
    if weight.shape != expected:
        raise ValueError(f"{who} expects weight {expected}, got {weight.shape}")
    if weight.dtype != input.dtype:
        raise TypeError(f"{who} expects weight of {input.dtype}, got {weight.dtype}")
