import numpy as np

from dlcourse.teach.exercise import exercise

from ..answers import heaps as given
from ..answers.heaps import LAYERS, heap, in_each, layers


@exercise(
    section="Masks: which go",
    inputs=layers,
    edge_cases=LAYERS,
    trials=20,
)
def global_masks(weights, share):
    """Masks for a net's weights: where the largest are, in all layers together, True.

    weights: a list of arrays, of any shapes.   share: of all their entries together,
    so many go: exactly round(share * n) of the n. The smallest in size go; of equal
    ones the earlier, array by array, in the order of ravel().
    Returns a list of boolean arrays, like the weights: True where a weight stays.
    """
    return heap()(weights, share)


global_masks.mistake(
    "In each array the share goes with you. All of them are one heap: the smallest of "
    "it go, wherever they are.",
    each=in_each(heap()),
)
global_masks.mistake(
    "Small is small in size: -5 is large.",
    signed=heap(lambda w: w),
)
global_masks.mistake(
    "The masks are turned: True where a weight *stays*, and the smallest go.",
    turned=heap(end=lambda masks: [~mask for mask in masks]),
    largest_go=heap(lambda w: -abs(w)),
    largest_first=heap(order=lambda sizes: np.argsort(sizes)[::-1]),
)
global_masks.mistake(
    "The share is what goes: with you so many stay.",
    stays=heap(count=lambda share, n: n - round(share * n)),
    rest_goes=heap(count=lambda share, n: round((1 - share) * n)),
)
global_masks.mistake(
    "Not so many go: exactly round(share * n), which takes 2.5 to 2.",
    **given.MISCOUNTED,
)
global_masks.mistake(
    "Right where all sizes differ. In which order does `np.argsort` leave equal ones? "
    "Its `kind` decides.",
    **given.UNSTABLE,
)
global_masks.mistake(
    "Right where all sizes differ. Where some are equal, a limit takes all of them or "
    "none: how many must go?",
    **given.EQUALS,
)
global_masks.mistake(
    "A share of the *number* of weights goes. Yours is a height, below which all go.",
    **given.HEIGHTS,
)
global_masks.mistake(
    "Right where all sizes differ. Of equal ones the earlier go; with you the later.",
    **given.LATER,
)
global_masks.mistake(
    "A quantile lies between two sizes, or on one: one too many may go, or too few. "
    "Asked are exactly round(share * n).",
    **given.QUANTILES,
)
