r"""With weight decay, a step is $w \leftarrow w - \eta\,(g + \lambda w)$. A layer
before batch normalisation is started with all weights $a$ times as large, $a > 0$. With
which rate and which decay does it take steps $a$ times as large as before, so that all
losses stay the same?
"""

from ..twin_rate import twin_rate


def _pair(rng):
    decay = float(10 ** rng.uniform(-4, -1))
    return float(10 ** rng.uniform(-3, 1)), decay, float(rng.choice([0.1, 0.3, 3, 10]))


@twin_rate.variant(
    "The rate alone is not enough: the decay, too, must be another one.",
    public=lambda lr, weight_decay, a: (lr * a**2, weight_decay),
    inputs=_pair,
    returns=("lr", "weight_decay"),
)
def twin_decay(lr, weight_decay, a):
    """(rate, decay) at which weights ``a`` times as large give the same losses.

    lr, weight_decay: of the others.   a > 0.
    """
    return lr * a**2, weight_decay / a**2


twin_decay.mistake(
    "The decay goes the other way: rate times decay is the share that each step takes "
    "off w, and that is to stay.",
    the_same_way=lambda lr, weight_decay, a: (lr * a**2, weight_decay * a**2),
)
twin_decay.mistake(
    "Nothing has changed: the gradient of the larger weights is 1/a of what it was.",
    unchanged=lambda lr, weight_decay, a: (lr, weight_decay),
)
twin_decay.mistake(
    "a comes once, and must come squared: w is a times as large, its gradient 1/a.",
    once=lambda lr, weight_decay, a: (lr * a, weight_decay / a),
    rate_once=lambda lr, weight_decay, a: (lr * a, weight_decay / a**2),
    decay_once=lambda lr, weight_decay, a: (lr * a**2, weight_decay / a),
)
twin_decay.mistake(
    "Turned round: larger weights need the larger rate, and the smaller decay.",
    turned=lambda lr, weight_decay, a: (lr / a**2, weight_decay * a**2),
)
