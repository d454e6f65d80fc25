import numpy as np

from dlcourse.teach.exercise import exercise

from ..answers.units import NETS, behind_relu, bias_by, two_nets


@exercise(
    section="Deeper: What a bias can take back",
    inputs=two_nets,
    edge_cases=NETS,
    trials=16,
    returns="an array (m,)",
)
def corrected_bias(W, V, b, x, z):
    """The bias (m,) with which each unit's mean is again what it was before rounding.

    W, V (m, n): a layer's weights before and after rounding.   b (m,): its bias before.
    x, z (N, n): the inputs that the layer gets from the same N examples, x in the float
    net, z in the rounded one. Means are over the examples, of what the layer gives
    before its activation: of x with W and b, and of z with V and your bias.
    """
    return bias_by()(W, V, b, x, z)


corrected_bias.mistake(
    "The wrong way: what is missing in the mean is to be added.",
    sign=bias_by(end=lambda b, correction: b - correction),
)
corrected_bias.mistake(
    "In the float net W meets x, in the rounded one V meets z. With you both nets have "
    "the same inputs, or inputs or weights have changed nets.",
    x_alone=bias_by(after=lambda W, V, x, z: x @ V.T),
    z_alone=bias_by(before=lambda W, V, x, z: z @ W.T),
    weights_exchanged=bias_by(
        lambda a, c: (a - c).mean(0),
        *(lambda W, V, x, z: x @ V.T, lambda W, V, x, z: z @ W.T),
    ),
    exchanged=bias_by(
        lambda a, c: (a - c).mean(0),
        *(lambda W, V, x, z: z @ W.T, lambda W, V, x, z: x @ V.T),
    ),
)
corrected_bias.mistake(
    "Rounding has changed the weights, too: with you only the inputs differ.",
    W_alone=bias_by(after=lambda W, V, x, z: z @ W.T),
    V_alone=bias_by(before=lambda W, V, x, z: x @ V.T),
)
corrected_bias.mistake(
    "That is what is to be added. The *bias* is asked for.",
    correction=bias_by(end=lambda b, correction: correction),
    correction_turned=bias_by(end=lambda b, correction: -correction),
)
corrected_bias.mistake(
    "b is in it twice.", twice=bias_by(end=lambda b, correction: 2 * b + correction)
)
corrected_bias.mistake(
    "Each unit has its own mean, over the examples. You take one for all units.",
    one_for_all=bias_by(lambda before, after: (before - after).mean()),
)
corrected_bias.mistake(
    "The mean over the examples, not a sum, one of them, or the middle one.",
    sum=bias_by(lambda before, after: (before - after).sum(axis=0)),
    first=bias_by(lambda before, after: (before - after)[0]),
    last=bias_by(lambda before, after: (before - after)[-1]),
    median=bias_by(lambda before, after: np.median(before - after, axis=0)),
)
corrected_bias.mistake(
    "Errors of both signs cancel in a mean. Yours have lost their signs.",
    sizes=bias_by(lambda before, after: np.abs(before - after).mean(axis=0)),
    size=bias_by(lambda before, after: np.abs((before - after).mean(axis=0))),
)
corrected_bias.mistake(
    "Those are means behind the ReLU. Match what is before it: there a bias adds up.",
    behind_relu=behind_relu,
)
corrected_bias.mistake(
    "The mean is to be what it *was*, not 0: or it is the old mean that you return.",
    to_0=bias_by(end=lambda b, c: c, before=lambda W, V, x, z: 0 * x @ W.T),
    old_mean=bias_by(after=lambda W, V, x, z: 0 * z @ V.T),
)
