from dlcourse.teach.exercise import exercise

from ..answers import channels as given
from ..answers.arrays import typed
from ..answers.channels import channels


@exercise(
    section="Bits, channels and clipping",
    inputs=given.weights,
    edge_cases=given.WEIGHTS,
    trials=24,
    run=lambda f, w, bits, axis, share: typed(f(w, bits, axis, share), "q", "scales"),
    returns=("q", "scales"),
)
def quantize_channels(w, bits, axis, share):
    """(q, scales): w in symmetric integers, with its own scale for each index of axis.

    w: an array of floats, 1 to 4 axes.   bits: 2 to 8.   axis: one of w's; may be < 0.
    share: above 0, up to 1. An index's range is +- share times its largest |w|; the
    integers run from -top to top, where top = 2**(bits - 1) - 1, and the range's end
    gets top. What lies outside the range gets the nearer end.
    q: like w, int8, rounded (halves to even).   scales: as many axes as w, of length 1
    but for `axis`, so that q * scales is near w.   Where all w are 0 the scale is 1.
    """
    return channels()(w, bits, axis, share)


quantize_channels.mistake(
    "-3 is larger in *size* than 2: largest |w|, not largest w.", **given.SIGNED
)
quantize_channels.mistake(
    "One scale for all: each index of `axis` has its own largest |w|.", **given.FOR_ALL
)
quantize_channels.mistake(
    "Right if axis is 0 or above. Which axes are the others, if it is -1?",
    **given.NEGATIVE,
)
quantize_channels.mistake(
    "The maximum is over other axes than all *but* `axis`, or over other entries.",
    **given.OTHER_AXES,
)
quantize_channels.mistake(
    "The scales have lost axes: with all of w's, q * scales broadcasts (`keepdims=`).",
    **given.NO_AXES,
)
quantize_channels.mistake(
    "The *nearest* integer. Yours is the one below, or the one towards 0.",
    **given.NOT_NEAREST,
)
quantize_channels.mistake(
    "Right but for halves: they go to the even integer.", **given.NOT_EVEN
)
quantize_channels.mistake(
    "As many integers below 0 as above: one more is used, or counted, with you.",
    **given.LOWEST,
)
quantize_channels.mistake(
    "What lies outside is not cut, or too late, or at one end: int8 has no 130.",
    **given.LATE,
)
quantize_channels.mistake(
    "Where all w of an index are 0, the scale is to be 1.",
    **given.NO_SIZE,
)
quantize_channels.mistake(
    "All w 0 is one case, small w another: what you do against a scale of 0 changes "
    "the scales of small w, too. Try w = 1e-9 * np.ones((2, 3)).",
    **given.SMALL_SIZE,
)
quantize_channels.mistake(
    "`share` of the largest |w| is what gets `top`: no share of the entries, and no "
    "matter of cutting w alone. Does it move your scales?",
    **given.OTHER_SHARE,
)
quantize_channels.mistake(
    "`top` is another number with you as you scale, or cut; or the end misses it.",
    **given.OTHER_TOP,
)
quantize_channels.mistake("Right, but q is to be int8: look at q.dtype.", **given.TYPES)
quantize_channels.mistake(
    "q is to be the integers, and scales what one step is worth.",
    **given.NO_INTEGERS,
)
