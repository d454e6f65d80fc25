r"""With weight decay, a step is $w \leftarrow w - \eta\,(g + \lambda w)$. The weights
before a batch normalisation start $a$ times as large, $a > 0$. At which rate and which
decay do they stay $a$ times as large in every step, so that all losses are the same?
"""

from ..twin_rate import _pair, twin_rate


def _three(rng):
    return *_pair(rng), float(10 ** rng.uniform(-4, -1))


@twin_rate.variant(
    "The rate alone is not enough: the decay, too, must be another one. Both, (lr, "
    "weight_decay), are asked for.",
    public=lambda lr, a, weight_decay: twin_rate.reference(lr, a),
    inputs=_three,
    edge_cases=((0.1, 2.0, 0.01), (0.3, 0.5, 0.001)),
    returns=("lr", "weight_decay"),
)
def twin_decay(lr, a, weight_decay):
    """(lr, weight_decay) that give the same losses with weights ``a`` times as large.

    lr, weight_decay: of the weights that start as they are.   a > 0.
    """
    return lr * a**2, weight_decay / a**2


def _by(rate, decay):
    """The rate times a**rate, the decay times a**decay."""
    return lambda lr, a, weight_decay: (lr * a**rate, weight_decay * a**decay)


twin_decay.mistake(
    "The rate is right. In one step the decay takes the share rate times decay off w, "
    "and that share must stay: what does the decay do, when the rate grows?",
    decay_unchanged=_by(2, 0),
    the_same_way=_by(2, 2),
    decay_once=_by(2, -1),
    decay_grows_once=_by(2, 1),
)
twin_decay.mistake(
    "Nothing has changed in yours: but the gradient of the larger weights is 1/a of "
    "what it was, and their steps are to be a times as long.",
    unchanged=_by(0, 0),
)
twin_decay.mistake(
    "In the rate, a comes once for the length of w, and once for its gradient. Then "
    "see that rate times decay stays.",
    once=_by(1, -1),
    rate_once=_by(1, -2),
    rate_unchanged=_by(0, -2),
    rate_once_alone=_by(1, 0),
)
twin_decay.mistake(
    "Turned round: larger weights need the larger rate, and the smaller decay.",
    turned=_by(-2, 2),
    turned_once=_by(-1, 1),
    turned_alone=_by(-2, 0),
)
twin_decay.mistake(
    "The two are right, in the other order: lr comes first.",
    swapped=lambda lr, a, weight_decay: (weight_decay / a**2, lr * a**2),
)
