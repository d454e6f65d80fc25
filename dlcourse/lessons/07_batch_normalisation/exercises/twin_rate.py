import numpy as np

from dlcourse.teach.exercise import exercise


def _pair(rng):
    return float(10 ** rng.uniform(-3, 1)), float(rng.choice([0.1, 0.3, 3, 10]))


@exercise(
    section="The grid again",
    inputs=_pair,
    edge_cases=((0.1, 2.0), (0.3, 0.5), (1.0, 10.0)),
    returns="the rate, a number",
)
def twin_rate(lr, a):
    """The rate at which weights that are ``a`` times as large give the same losses.

    lr: the rate of the smaller (or larger) ones.   a > 0.
    """
    return lr * a**2


twin_rate.mistake(
    "That is the same rate: the weights are a times as long, and their gradient is a "
    "times as short, so the same step turns them much less (or more).",
    same=lambda lr, a: lr,
)
twin_rate.mistake(
    "One factor a is for the longer weights. The other: their gradient is 1/a of what "
    "it was, so that the step is shorter, too.",
    once=lambda lr, a: lr * a,
)
twin_rate.mistake(
    "Turned round: *larger* weights need a larger step to turn as far.",
    divided=lambda lr, a: lr / a,
    divided_twice=lambda lr, a: lr / a**2,
)
twin_rate.mistake(
    "a must come out squared: which two things have changed by a?",
    root=lambda lr, a: lr * np.sqrt(a),
    cubed=lambda lr, a: lr * a**3,
    both=lambda lr, a: lr * (1 + a**2) / 2,
)
