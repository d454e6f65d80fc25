"""Distillation: a small student learns from what a large teacher believes."""

from dlcourse.autograd import expect_tensors
from dlcourse.checks import expect_in
from dlcourse.nn.functional import cross_entropy, kl_div, log_softmax, softmax


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
    if student.ndim != 2:
        raise ValueError(
            f"distillation_loss expects student (N, K), got {student.shape}"
        )
    if target is None and alpha < 1:
        raise ValueError(f"distillation_loss expects a target where {alpha=} is not 1")
    p = softmax(teacher.detach() / temperature, 1)
    log_q = log_softmax(student / temperature, 1)
    loss = kl_div(log_q, p, reduction="batchmean") * (alpha * temperature**2)
    if alpha < 1:
        loss = loss + cross_entropy(student, target) * (1 - alpha)
    return loss
