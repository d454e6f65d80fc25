import numpy as np

from dlcourse.teach.exercise import exercise

from ..fixtures import layer


@exercise(
    section="Switch units off",
    inputs=layer,
    edge_cases=tuple(
        layer(np.random.default_rng(1), (4, 3), p, training)
        for p in (0.2, 1)
        for training in (True, False)
    ),
    returns=("y", "dx"),
)
def dropout(x, g, p, mask, training):
    """(y, dx): dropout of x, and dL/dx.   g = dL/dy.   All arrays are (N, C).

    p: the probability to be dropped, 0 to 1.   mask: True where an entry of x is kept.
    In training, what is kept is divided by the probability to be kept, the rest is 0;
    at p = 1 all is dropped, and y and dx are 0. In evaluation y = x, whatever the mask.
    """
    return _by()(x, g, p, mask, training)


def _scaled(mask, p):
    return mask / (1 - p) if p < 1 else 0 * mask


def _by(train=_scaled, evaluate=lambda m, p: 1 + 0 * m, back=lambda g, f, *_: g * f):
    """Factors of x in the two modes, and what is handed back: by g, factor, x, mask."""

    def run(x, g, p, mask, training):
        factor = (train if training else evaluate)(mask, p)
        return x * factor, back(g, factor, x, mask)

    return run


dropout.mistake(
    "p is the share that is *dropped*. You divide by p: divide by what is kept.",
    share_kept=_by(lambda mask, p: mask / p if p > 0 else 0 * mask),
)
dropout.mistake(
    "In training, what is kept must make up for what is dropped: you do not scale it, "
    "or the wrong way. (Nor is that left to evaluation: there y is x.)",
    unscaled=_by(lambda mask, p: 1 * mask),
    multiplied=_by(lambda mask, p: mask * (1 - p)),
    as_first_published=_by(lambda mask, p: 1 * mask, lambda mask, p: 1 - p + 0 * mask),
)
dropout.mistake(
    "In evaluation y is x: no factor. What is kept in training was scaled already.",
    scaled_again=_by(evaluate=lambda mask, p: 1 - p + 0 * mask),
)
dropout.mistake(
    "In evaluation nothing is dropped: y is x. Yours uses the mask there.",
    always_on=_by(evaluate=_scaled),
    mask_in_both=_by(evaluate=lambda mask, p: 1 * mask),
    unscaled_in_both=_by(*[lambda mask, p: 1 * mask] * 2),
)
dropout.mistake(
    "y is right. But dL/dx is g times a factor: the very one that x had, in each mode.",
    unmasked=_by(back=lambda g, f, x, m: g),
    masked_only=_by(back=lambda g, f, x, m: g * (f > 0)),
    evaluated=_by(back=lambda g, f, x, m: g * f * m),
    times_x=_by(back=lambda g, f, x, m: g * f * x),
    without_g=_by(back=lambda g, f, x, m: f),
    where_y_is_0=lambda x, g, p, m, on: _by()(x, g, p, m & (x != 0), on),
    dropped_too=_by(back=lambda g, f, x, m: g * f.max()),
)
dropout.mistake(
    "All examples get the mask of the first. Each row has its own.",
    one_row=_by(lambda mask, p: _scaled(mask[:1], p) + 0 * mask),
)
dropout.mistake(
    "The scale is that of the probability, not of what this very mask happens to keep.",
    by_the_mask=_by(lambda mask, p: mask / max(mask.mean(), 1e-9)),
)
dropout.mistake(
    "The mask is True where an entry is *kept*.",
    turned=_by(lambda mask, p: _scaled(~mask, p)),
)
