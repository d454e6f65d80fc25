"""Processors often multiply signed integers: with b bits from -2^(b-1) to 2^(b-1) - 1,
as PyTorch's `qint8`. What changes in the scale, and what in the zero point?
"""

import numpy as np

from ...answers.grids import RANGES, alone, grid, ranged, symmetric_range
from ..affine_grid import affine_grid


@affine_grid.variant(
    "That is the lesson's answer: its integers begin at 0, and these do not.",
    inputs=lambda rng: ranged(rng, least=2),
    edge_cases=tuple((x, bits) for x, bits in RANGES if bits > 1),
)
def signed_grid(x, bits):
    """(scale, zero_point): the grid of 2**bits signed integers that x asks for.

    x: an array of floats, of any shape, with one entry or more.   bits: 2 to 8.
    The range runs from x's smallest entry to its largest, and 0 always belongs to it.
    Its lower end gets the integer -2**(bits - 1), its upper end 2**(bits - 1) - 1.
    scale: the distance of two neighbours, in units of x. zero_point: the integer that
    is nearest to where 0 lies (halves to even).   All x 0: (1.0, 0).
    """
    low, high = min(x.min(), 0.0), max(x.max(), 0.0)
    if low == high:
        return 1.0, 0
    scale = (high - low) / (2**bits - 1)
    return scale, np.round(-low / scale) - 2 ** (bits - 1)


def _zero(zero, **changes):
    """zero(t, half): t, the place of 0 from the lower end, in steps; 2**(bits - 1)."""
    return grid(zero=lambda low, high, s, n: zero(-low / s, (n + 1) // 2), **changes)


def _plain(t, half):
    return np.round(t) - half


signed_grid.mistake(
    "0 belongs to the range also where all x lie above it, or all below.",
    alone=alone(
        zero=lambda low, high, s, n: np.round(-low / s) - (n + 1) // 2, all_0=None
    ),
    only_below=_zero(_plain, high=np.max),
    only_above=_zero(_plain, low=np.min),
)
signed_grid.mistake(
    "Off by one: to which integer does the *lower* end belong?",
    less_127=_zero(lambda t, half: np.round(t) - half + 1),
    one_too_low=_zero(lambda t, half: np.round(t) - half - 1),
)
signed_grid.mistake(
    "With other than 8 bits the lower end is another integer than -128.",
    always_128=_zero(lambda t, half: np.round(t) - 128),
)
signed_grid.mistake(
    "Right but for halves: they go to the even integer, counted from the lower end.",
    halves_up=_zero(lambda t, half: np.floor(t + 0.5) - half),
    from_above=grid(zero=lambda low, high, s, n: n // 2 - np.round(high / s)),
)
signed_grid.mistake(
    "The zero point is moved up with you. These integers begin lower.",
    added=_zero(lambda t, half: np.round(t) + half),
)
signed_grid.mistake(
    "The sign is turned: a range that lies all above 0 has 0 at its lower end.",
    turned=_zero(lambda t, half: half - np.round(t)),
    position_turned=_zero(lambda t, half: -np.round(t) - half),
)
signed_grid.mistake(
    "Signed integers are not a symmetric range: x's smallest and largest count both.",
    symmetric=symmetric_range(lambda *_: 0),
    symmetric_127=grid(
        scale=lambda low, high, n: max(-low, high) / ((n - 1) // 2),
        zero=lambda *_: 0,
    ),
)
signed_grid.mistake(
    "So many bits have 2**bits integers still. How many steps is that?",
    integers=grid(
        steps=lambda bits: 2**bits,
        zero=lambda low, high, s, n: np.round(-low / s) - n // 2,
    ),
)
signed_grid.mistake(
    "The zero point is one of the integers, the nearest: yours is not rounded, or cut.",
    not_rounded=_zero(lambda t, half: t - half),
    cut_off=_zero(lambda t, half: np.floor(t) - half),
    towards_0=_zero(lambda t, half: np.trunc(t - half)),
    up=_zero(lambda t, half: np.ceil(t) - half),
)
