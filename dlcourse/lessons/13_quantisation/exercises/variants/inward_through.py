"""Where a value was cut, the straight-through gradient is 0, and the weight stays out
there for good. Let the gradient pass where a step against it leads back into the range.
"""

import numpy as np

from ...answers.slopes import STRAIGHT, passing
from ..straight_through import straight_through


@straight_through.variant(
    "That is the lesson's answer: what was cut gets no gradient, wherever it leads.",
    edge_cases=(
        *STRAIGHT[:2],
        (np.array([5.0, -7, 9, -8]), np.array([1.0, 2, -3, -4]), 1.0, 1),
        *STRAIGHT[3:],
    ),
)
def inward_through(w, g, scale, top):
    """(y, dw): y, w rounded to the grid, and a gradient that lets weights come back.

    y = scale * clip(round(w / scale), -top, top), halves to even.   g: dL/dy, like w.
    w: floats of any shape.   scale: a number, or an array that broadcasts against w.
    dw is g where rounding alone gave y. Where the value was cut to an end, dw is g if a
    step of gradient descent, w - lr * g, leads towards the range, else 0.
    """
    return _of()(w, g, scale, top)


def _of(
    back=lambda g, steps, top: ((steps > top) & (g > 0)) | ((steps < -top) & (g < 0)),
    inside=lambda steps, top: np.abs(steps) <= top,
    steps=np.round,
    dw=lambda g, passes: g * passes,
):
    def answer(w, g, scale, top):
        found = steps(w / scale)
        passes = inside(found, top) | back(g, found, top)
        return scale * np.clip(np.round(w / scale), -top, top), dw(g, passes)

    return answer


inward_through.mistake(
    "Outwards: a step goes *against* the gradient. Where does w - lr * g lie?",
    outwards=_of(
        lambda g, steps, top: ((steps > top) & (g < 0)) | ((steps < -top) & (g > 0))
    ),
)
inward_through.mistake(
    "All of g passes, also where it leads further out.",
    all=passing(dw=lambda g, inside, scale, w: g),
)
inward_through.mistake(
    "Which way is back depends on the end: above the range, or below it.",
    positive=_of(lambda g, steps, top: g > 0),
    negative=_of(lambda g, steps, top: g < 0),
    above_alone=_of(lambda g, steps, top: (steps > top) & (g > 0)),
    below_alone=_of(lambda g, steps, top: (steps < -top) & (g < 0)),
)
inward_through.mistake(
    "Within the range all of g passes, and what rounds to an end itself is within it.",
    end_itself=_of(
        lambda g, steps, top: g * np.sign(steps) > 0,
        lambda steps, top: np.abs(steps) < top,
    ),
    inwards_everywhere=_of(
        lambda g, steps, top: g * np.sign(steps) > 0, lambda steps, top: steps == 0
    ),
    unrounded=_of(
        lambda g, steps, top: ((steps > top) & (g > 0)) | ((steps < -top) & (g < 0)),
        steps=lambda t: t,
    ),
)
inward_through.mistake(
    "dw is g or 0: no share of it, and no size.",
    size=_of(dw=lambda g, passes: np.abs(g) * passes),
    mask=_of(dw=lambda g, passes: 1.0 * passes),
)
