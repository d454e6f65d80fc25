"""Distillation: a small student learns from what a large teacher believes."""

import numpy as np

from dlcourse.autograd import expect_tensors, record
from dlcourse.checks import expect_floats, expect_in
from dlcourse.nn.functional import cross_entropy
from dlcourse.nn.softmax import log_softmax_of


def distillation_loss(student, teacher, target=None, temperature=4.0, alpha=0.9):
    """alpha T^2 KL(teacher || student, both at temperature T) + (1 - alpha) CE(target).

    At T > 1 the teacher's probabilities of the wrong classes become large enough to
    teach. Their gradient shrinks like 1/T^2, which the factor T^2 undoes (Hinton,
    Vinyals and Dean, 2015).

    Args:
        student, teacher: logits (N, K); the teacher gets no gradient.
        target: class indices (N,); may be left out where ``alpha`` is 1.
        temperature: T, above 0.
        alpha: weight of the teacher's part, 0 to 1.
    """
    expect_in("distillation_loss", "temperature", temperature, "(0, inf)")
    expect_in("distillation_loss", "alpha", alpha, "[0, 1]")
    expect_tensors("distillation_loss", student, teacher)
    for logits in (student, teacher):
        expect_floats("distillation_loss", logits)
    if student.ndim != 2:
        raise ValueError(
            f"distillation_loss expects student (N, K), got {student.shape}"
        )
    if target is None and alpha < 1:
        raise ValueError(f"distillation_loss expects a target where {alpha=} is not 1")
    loss = _soft_loss(student, teacher, temperature) * alpha
    if alpha < 1:
        loss = loss + cross_entropy(student, target) * (1 - alpha)
    return loss


def _soft_loss(student, teacher, temperature):
    """T^2 KL(p || q), the mean of the rows; its slope with respect to x is T (q - p).

    With r = log q - log p it is the sum of p (e^r - 1 - r): the same as that of -p r,
    for p and q sum to 1, but without a negative term. At high T, where r is small, the
    terms of the other sum are far larger than it, and nothing but rounding is left.
    """
    if student.shape != teacher.shape or not len(student):
        raise ValueError(
            "distillation_loss expects equal shapes with examples, got student "
            f"{student.shape} and teacher {teacher.shape}"
        )
    log_q, log_p = (
        log_softmax_of(x.data.astype(float) / temperature, 1)
        for x in (student, teacher)
    )
    p, r = np.exp(log_p), log_q - log_p
    apart = np.where(r < 1, p * np.expm1(np.minimum(r, 1)), np.exp(log_q) - p)
    terms = np.maximum(apart - p * r, 0)
    dtype = np.result_type(student.dtype, teacher.dtype)
    y = np.asarray(temperature**2 * terms.sum() / len(p), dtype)
    slope = (temperature / len(p) * apart).astype(student.dtype)
    return record("distillation", y, (student, lambda g: g * slope))
