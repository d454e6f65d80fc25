"""To multiply by a power of two is to shift bits, and costs next to nothing. Let every
scale be one: the smallest with which what lies in the range is not cut. What is lost?
"""

import numpy as np

from ...answers.arrays import typed
from ...answers.channels import STEP, WEIGHTS, channels, cut_to, weights
from ..quantize_channels import quantize_channels


def _power(exponent=np.ceil, **changes):
    """exponent(log2 of the scale that the lesson takes)."""

    def scale(size, share, top):
        exact = share * size / top
        logs = np.log2(np.where(exact > 0, exact, 1))
        return np.where(exact > 0, np.exp2(exponent(logs)), 1.0)

    return channels(**{"scale": scale, **changes})


@quantize_channels.variant(
    "That is the lesson's answer: its scales are seldom powers of two.",
    inputs=lambda rng: weights(rng, _power()),
    edge_cases=(
        *WEIGHTS[:2],
        (STEP * [[7, 2.5, -0.5], [3.5, -5, -1.5], [0.5, 0, 7.5]], 4, 0, 1.0),
        (STEP * [[-6, 2.5, 1.5], [3.5, 6, -2.5], [0.5, -1.5, 6]], 3, -2, 0.5),
        *WEIGHTS[4:],
    ),
    run=lambda f, w, bits, axis, share: typed(f(w, bits, axis, share), "q", "scales"),
)
def shift_channels(w, bits, axis, share):
    """(q, scales): w in symmetric integers; each index's scale is a power of two.

    w: an array of floats, 1 to 4 axes.   bits: 2 to 8.   axis: one of w's; may be < 0.
    share: above 0, up to 1. The integers run from -top to top, top = 2**(bits - 1) - 1.
    An index's scale is the smallest power of two, 0.25 or 4 perhaps, that top times it
    is at least share times the index's largest |w|. What lies outside +-top steps gets
    the nearer end.   q: like w, int8, rounded (halves to even).   scales: as many axes
    as w, of length 1 but for `axis`.   Where all w are 0 the scale is 1.
    """
    top = 2 ** (bits - 1) - 1
    others = tuple(i for i in range(w.ndim) if i != axis % w.ndim)
    least = share * np.abs(w).max(axis=others, keepdims=True) / top
    scales = np.exp2(np.ceil(np.log2(np.where(least > 0, least, 1))))
    return np.round(w / scales).clip(-top, top).astype(np.int8), scales


shift_channels.mistake(
    "Another power of two: what lies in the range is cut now and then, or steps are "
    "twice as wide as need be.",
    nearest=_power(np.round),
    below=_power(np.floor),
    next=_power(lambda log: np.floor(log) + 1),
    above_1=_power(lambda log: np.maximum(np.ceil(log), 0)),
)
shift_channels.mistake(
    "That is the exponent, or the shift. The scale is 2 to that power.",
    exponent=_power(end=lambda q, scales, w, axis: (q, np.log2(scales))),
    shift=_power(end=lambda q, scales, w, axis: (q, -np.log2(scales))),
    inverse=_power(end=lambda q, scales, w, axis: (q, 1 / scales)),
)
shift_channels.mistake(
    "The range's end is `top`, 2**(bits - 1) - 1. You count one more.",
    one_more=_power(
        top=lambda bits: 2 ** (bits - 1), cut=cut_to(np.int8, high=lambda top: top - 1)
    ),
)
shift_channels.mistake(
    "Right but for halves: they go to the even integer.",
    up=_power(rounded=lambda t: np.floor(t + 0.5)),
)
shift_channels.mistake(
    "Right, but q is to be int8: look at q.dtype.",
    int64=_power(cut=cut_to(np.int64)),
    as_rounded=_power(cut=cut_to()),
)
shift_channels.mistake(
    "One scale for all: each index of `axis` has its own largest |w|.",
    for_all=_power(size=lambda w, axis: np.abs(w).max(keepdims=True)),
    along=_power(size=lambda w, axis: np.abs(w).max(axis=axis, keepdims=True)),
)
shift_channels.mistake(
    "The *nearest* integer. Yours is the one below, or the one towards 0.",
    floor=_power(rounded=np.floor),
    cut_off=_power(rounded=np.trunc),
)
shift_channels.mistake(
    "`share` has no effect with you.",
    ignored=lambda w, bits, axis, _: _power()(w, bits, axis, 1.0),
)
