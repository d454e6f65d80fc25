import numpy as np

from dlcourse.teach.exercise import exercise

from ..answers import grids as given
from ..answers.grids import grid, ranged, symmetric_range, zero_at


@exercise(
    section="Scale and zero point",
    inputs=ranged,
    edge_cases=given.RANGES,
    trials=24,
    returns=("scale", "zero_point"),
)
def affine_grid(x, bits):
    """(scale, zero_point): the grid of 2**bits integers, from 0 up, that x asks for.

    x: an array of floats, of any shape, with one entry or more.   bits: 1 to 8.
    The range runs from x's smallest entry to its largest, and 0 always belongs to it.
    Its lower end gets the integer 0, its upper end the largest integer. scale: the
    distance of two neighbours, in units of x. zero_point: where 0 lies, counted from
    the lower end in steps, as a whole number (halves to even).   All x 0: (1.0, 0).
    """
    return grid()(x, bits)


affine_grid.mistake(
    "0 belongs to the range also where all x lie above it, or all below.",
    **given.ALONE,
)
affine_grid.mistake(
    "Between 4 integers there are 3 steps. How many steps has your grid?",
    integers=grid(steps=lambda bits: 2**bits),
    two_less=grid(steps=lambda bits: max(2**bits - 2, 1)),
    always_8=grid(steps=lambda bits: 255),
)
affine_grid.mistake(
    "The zero point is one of the grid's integers: yours is not rounded.",
    not_rounded=zero_at(lambda t: t),
)
affine_grid.mistake(
    "The *nearest* integer is the zero point. You take the one below, or above.",
    cut_off=zero_at(np.floor),
    divided_down=grid(zero=lambda low, high, s, n: -low // s),
    cut_off_on_zeros_too=zero_at(lambda t: np.floor(t + 1e-9)),
    up=zero_at(np.ceil),
    up_but_whole_ones=zero_at(lambda t: np.ceil(t - 1e-9)),
)
affine_grid.mistake(
    "Right but for halves: they go to the even integer, counted from the lower end.",
    halves_up=zero_at(lambda t: np.floor(t + 0.5)),
    from_above=grid(zero=lambda low, high, s, n: n - np.round(high / s)),
)
affine_grid.mistake(
    "Your range reaches as far below 0 as above it. Which values does x have?",
    symmetric=symmetric_range(lambda low, high, s, n: np.round(max(-low, high) / s)),
    symmetric_at_0=symmetric_range(lambda *_: 0),
    signed=grid(
        scale=lambda low, high, n: max(-low, high) / max((n - 1) / 2, 1),
        zero=lambda *_: 0,
    ),
)
affine_grid.mistake(
    "Where all x are 0 the range has no width. Try np.zeros(3).",
    **given.NO_WIDTH,
)
affine_grid.mistake(
    "All x 0 is one case, a small range another: what you do against a width of 0 "
    "changes the scale of small x, too. Try np.array([0, 1e-9]).",
    **given.SMALL_RANGE,
)
affine_grid.mistake(
    "Where does 0 lie *from the lower end*, in steps? Yours has the other sign, is in "
    "units of x, or is counted from elsewhere.",
    **given.ELSEWHERE,
)
