import numpy as np

from dlcourse.teach.exercise import exercise

from ..answers import slopes as given
from ..answers.slopes import overwritten, passing, rounded


@exercise(
    section="Training with the rounding",
    inputs=rounded,
    edge_cases=given.STRAIGHT,
    trials=16,
    returns=("y", "dw"),
)
def straight_through(w, g, scale, top):
    """(y, dw): y, w rounded to the grid, and dL/dw by the straight-through rule.

    y = scale * clip(round(w / scale), -top, top), halves to even.   g: dL/dy, like w.
    w: floats of any shape.   scale: a number, or an array that broadcasts against w.
    dw is g where rounding alone gave y, and 0 where the value was cut to an end. (A
    value that rounds to -top or top itself is not cut.)
    """
    return passing()(w, g, scale, top)


straight_through.mistake(
    "That is rounding's true slope, 0 nearly everywhere: no weight would ever move.",
    zeros=passing(dw=lambda g, inside, scale, w: 0 * g),
)
straight_through.mistake(
    "Where the value was cut, nothing passes. With you all of g does.",
    all=passing(dw=lambda g, inside, scale, w: g),
)
straight_through.mistake(
    "What rounds to an end itself is not cut. For some of it no g passes with you.",
    **given.WITHOUT_END,
)
straight_through.mistake(
    "Right but for halves: they go to the even integer, and only then may be cut.",
    all_halves=passing(inside=lambda t, top: np.abs(t) <= top + 0.5),
    no_halves=passing(inside=lambda t, top: np.abs(t) < top + 0.5),
    halves_up=passing(q=lambda t, top: np.clip(np.floor(t + 0.5), -top, top)),
    halves_up_in_both=passing(
        q=lambda t, top: np.clip(np.floor(t + 0.5), -top, top),
        inside=lambda t, top: np.abs(np.floor(t + 0.5)) <= top,
    ),
)
straight_through.mistake(
    "A value is cut at either end. With you g passes beyond one of them.",
    **given.ONE_END,
)
straight_through.mistake(
    "`top` counts steps: is that what you hold against it, or w in its own units?",
    **given.OTHER_UNITS,
)
straight_through.mistake(
    "The scale has no part in dw: y is worth as much as w, in the same units.",
    **given.WITH_SCALE,
)
straight_through.mistake(
    "w itself is changed. The small steps of training would be lost: y is another "
    "array.",
    overwritten=overwritten,
)
straight_through.mistake(
    "Turned round: g passes where the value was cut.",
    turned=passing(dw=lambda g, inside, scale, w: g * ~inside),
)
straight_through.mistake(
    "dw is g or 0, entry by entry: no other slope, and g is not cut itself.",
    **given.OTHER_SLOPE,
)
straight_through.mistake(
    "y: it is not cut, or elsewhere, not times the scale again, or not the nearest.",
    **given.OTHER_Y,
)
