"""straight_through: rounded weights, and answers made of parts."""

import numpy as np

from .arrays import shaped, undecided

RNG = np.random.default_rng(13)


def rounded(rng, shape=None):
    """(w, g, scale, top): none is near to a half; some are on the ends, or all cut."""
    shape = shaped(rng) if shape is None else shape
    top = int(rng.choice([1, 2, 3, 7, 127, rng.integers(1, 128)]))
    axis = int(rng.integers(len(shape)))
    lengths = [n if i == axis else 1 for i, n in enumerate(shape)]
    scale = 10.0 ** rng.uniform(-3, 2, size=lengths)
    if rng.integers(2):
        scale = float(scale.flat[0])
    while True:
        t = rng.normal(size=shape) * top * float(rng.choice([0.3, 1, 1, 20]))
        t = np.where(rng.integers(4, size=shape), t, rng.integers(-top, top + 1))
        if not undecided(t):
            return t * scale, rng.normal(size=shape), scale, top


ENDS = np.array([-3.5, -3.25, -3, -2.5, -0.5, 0, 0.5, 1.5, 2.75, 3, 3.25, 3.5, 4])

STRAIGHT = (
    (0.5 * ENDS, np.arange(1.0, 14), 0.5, 3),
    (
        np.array([[-2.5, 2.5], [2.25, -0.5], [9, 2]]) * [[4.0], [0.25], [1.0]],
        *(
            np.array([[1.0, -2], [3, 5], [-4, 0.5]]),
            np.array([[4.0], [0.25], [1.0]]),
            2,
        ),
    ),
    (np.array([5.0, -7]), np.array([1.0, 2]), 1.0, 1),
    (np.array([[0.1, -0.2]]), np.array([[3.0, -1]]), 1.0, 127),
    rounded(RNG, (2, 3, 1)),
)


def passing(
    q=lambda t, top: np.clip(np.round(t), -top, top),
    y=lambda q, scale: scale * q,
    inside=lambda t, top: np.abs(np.round(t)) <= top,
    dw=lambda g, inside, scale, w: g * inside,
):
    """(y, dw) by these; t is w / scale."""

    def answer(w, g, scale, top):
        t = w / scale
        return y(q(t, top), scale), dw(g, inside(t, top), scale, w)

    return answer


def within(compare):
    """compare(|w|, the end of the range): w is held against it before it is rounded."""
    return lambda w, g, scale, top: (
        passing()(w, g, scale, top)[0],
        g * compare(np.abs(w), scale * top),
    )


WITHOUT_END = {
    "end_itself": passing(inside=lambda t, top: np.abs(np.round(t)) < top),
    "upper_end": passing(
        inside=lambda t, top: (np.round(t) >= -top) & (np.round(t) < top)
    ),
    "unrounded": passing(inside=lambda t, top: np.abs(t) <= top),
    "unrounded_below": passing(inside=lambda t, top: np.abs(t) < top),
    "unrounded_w": within(np.less_equal),
    "unrounded_w_below": within(np.less),
}


def overwritten(w, g, scale, top):
    y, dw = passing()(w, g, scale, top)
    w[...] = y
    return w, dw


OTHER_Y = {
    "not_cut": passing(q=lambda t, top: np.round(t)),
    "integers": passing(y=lambda q, scale: q),
    "floor": passing(q=lambda t, top: np.clip(np.floor(t), -top, top)),
    "floor_in_both": passing(
        q=lambda t, top: np.clip(np.floor(t), -top, top),
        inside=lambda t, top: np.abs(np.floor(t)) <= top,
    ),
    "towards_0": passing(q=lambda t, top: np.clip(np.trunc(t), -top, top)),
    "towards_0_in_both": passing(
        q=lambda t, top: np.clip(np.trunc(t), -top, top),
        inside=lambda t, top: np.abs(np.trunc(t)) <= top,
    ),
    "one_lower": passing(q=lambda t, top: np.clip(np.round(t), -top - 1, top)),
    "one_lower_in_both": passing(
        q=lambda t, top: np.clip(np.round(t), -top - 1, top),
        inside=lambda t, top: (np.round(t) >= -top - 1) & (np.round(t) <= top),
    ),
    "w_cut": passing(q=lambda t, top: np.clip(t, -top, top)),
}

ONE_END = {
    "above_alone": passing(inside=lambda t, top: np.round(t) <= top),
    "below_alone": passing(inside=lambda t, top: np.round(t) >= -top),
}

WITH_SCALE = {
    "times_scale": passing(dw=lambda g, inside, scale, w: g * inside * scale),
    "by_scale": passing(dw=lambda g, inside, scale, w: g * inside / scale),
}

OTHER_UNITS = {
    "w_itself": lambda w, g, scale, top: (
        passing()(w, g, scale, top)[0],
        g * (np.abs(w) <= top),
    ),
}

OTHER_SLOPE = {
    "mask": passing(dw=lambda g, inside, scale, w: 1.0 * inside),
    "times_w": passing(dw=lambda g, inside, scale, w: g * inside * w),
    "g_cut": lambda w, g, scale, top: (
        passing()(w, g, scale, top)[0],
        np.clip(g, -top, top),
    ),
}
