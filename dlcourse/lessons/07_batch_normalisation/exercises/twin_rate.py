import numpy as np

from dlcourse.teach.exercise import exercise


def _pair(rng):
    a = 10 ** (rng.choice([-1, 1]) * rng.uniform(0.2, 1))
    return float(10 ** rng.uniform(-3, 1)), float(a)


@exercise(
    section="The grid again",
    inputs=_pair,
    edge_cases=((0.1, 2.0), (0.3, 0.5), (1.0, 10.0)),
    returns="the rate, a number",
)
def twin_rate(lr, a):
    """The learning rate that gives the same losses with weights ``a`` times as large.

    lr: the rate at which the weights before a BN learn when they start as they are.
    a > 0: they start a times as large instead.
    """
    return lr * a**2


twin_rate.mistake(
    "The same rate: but the gradient is not the same, nor is the length of w. What "
    "is the angle by which a step turns w?",
    same=lambda lr, a: lr,
)
twin_rate.mistake(
    "Half of it. One a is there because w is a times as long, so that its steps must "
    "be, too. But a step is rate times gradient: what has happened to the gradient?",
    once=lambda lr, a: lr * a,
)
twin_rate.mistake(
    "Turned round: a step of the same length turns *longer* weights by less. Do they "
    "need a larger or a smaller rate?",
    divided=lambda lr, a: lr / a,
    divided_twice=lambda lr, a: lr / a**2,
)
twin_rate.mistake(
    "Count how often a comes in. What does it do to the length that a step must have, "
    "what to the gradient? A step is rate times gradient.",
    root=lambda lr, a: lr * np.sqrt(a),
    cubed=lambda lr, a: lr * a**3,
    added=lambda lr, a: lr * (a + a),
)
