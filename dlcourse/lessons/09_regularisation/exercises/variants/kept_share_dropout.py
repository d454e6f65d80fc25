"""As in the paper of 2014 (and not in most libraries): `q` is the probability to be
*kept*, training only multiplies by the mask, and evaluation makes up for it. Write this
dropout and its gradient. (What has y to be in evaluation, to be training's mean?)
"""

import numpy as np

from ...fixtures import layer
from ..dropout import _by, dropout


def _kept(rng, shape=None, p=None, training=None):
    x, g, p, mask, training = layer(rng, shape, p, training)
    return x, g, 1 - p, mask, training


@dropout.variant(
    "That is the lesson's answer: there p is dropped, and training scales.",
    inputs=_kept,
)
def kept_share_dropout(x, g, q, mask, training):
    """(y, dx): dropout of x, and dL/dx.   g = dL/dy.   All arrays are (N, C).

    q: the probability to be *kept*, 0 to 1.   mask: True where an entry of x is kept.
    In training nothing is scaled. In evaluation nothing is dropped, and y is the mean
    of what training gives.
    """
    factor = mask if training else q
    return x * factor, g * factor


def _of(train=lambda mask, q: 1 * mask, evaluate=lambda mask, q: q, **back):
    """As in the exercise, by q."""
    return lambda x, g, q, mask, training: _by(train, evaluate, **back)(
        x, g, q, mask, training
    )


kept_share_dropout.mistake(
    "That is the inverted form, which scales in training. Here evaluation does.",
    inverted=_of(
        lambda mask, q: mask / q if q > 0 else 0 * mask, lambda mask, q: 1 + 0 * mask
    ),
)
kept_share_dropout.mistake(
    "q is the share that is *kept*: 1 - q is what is dropped.",
    dropped=_of(evaluate=lambda mask, q: 1 - q),
)
kept_share_dropout.mistake(
    "In evaluation y is not x: in training a part q of x came through, on the mean.",
    identity=_of(evaluate=lambda mask, q: 1),
)
kept_share_dropout.mistake(
    "Both modes are scaled with you: once is enough.",
    both=_of(lambda mask, q: mask / q if q > 0 else 0 * mask),
    both_times=_of(lambda mask, q: mask * q),
)
kept_share_dropout.mistake(
    "In evaluation you divide. It is to be smaller than x.",
    divided=_of(evaluate=lambda mask, q: 1 / q if q > 0 else 1),
)
kept_share_dropout.mistake(
    "In evaluation no mask is used.",
    masked=_of(evaluate=lambda mask, q: q * mask),
    masked_alone=_of(evaluate=lambda mask, q: 1 * mask),
)
kept_share_dropout.mistake(
    "y is right. dL/dx is g times the very factor that x had, in each mode.",
    unmasked=_of(back=lambda g, f, x, m: g),
    evaluated_as_x=_of(back=lambda g, f, x, m: g * (f if np.ndim(f) else 1)),
    without_g=_of(back=lambda g, f, x, m: f + 0 * x),
    times_x=_of(back=lambda g, f, x, m: g * f * x),
)
