"""Distillation: a small student learns from what a large teacher believes."""

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
    if not temperature > 0:
        raise ValueError(f"temperature must be above 0, got {temperature!r}")
    if not 0 <= alpha <= 1:
        raise ValueError(f"alpha is from 0 to 1, got {alpha!r}")
    if target is None and alpha < 1:
        raise ValueError(f"alpha = {alpha} needs a target for the rest of the loss")
    p = softmax(teacher.detach() / temperature, 1)
    log_q = log_softmax(student / temperature, 1)
    loss = kl_div(log_q, p, reduction="batchmean") * (alpha * temperature**2)
    if alpha < 1:
        loss = loss + cross_entropy(student, target) * (1 - alpha)
    return loss
