"""The same share in each layer, so that none is emptied."""

import numpy as np

from ...answers.heaps import (
    EQUALS,
    LATER,
    LAYERS,
    MISCOUNTED,
    QUANTILES,
    UNSTABLE,
    heap,
    in_each,
)
from ..global_masks import global_masks


@global_masks.variant(
    "That is the lesson's answer: one heap of all layers. Here each loses its share.",
    edge_cases=LAYERS,
)
def layer_masks(weights, share):
    """Masks for a net's weights: in each layer, True where its largest are.

    weights: a list of arrays, of any shapes.   share: of each array's n entries so many
    go: exactly round(share * n). The smallest in size go; of equal ones the earlier, in
    the order of ravel().   Returns a list of boolean arrays, like the weights.
    """
    masks = []
    for w in weights:
        stays = np.ones(w.size, bool)
        order = np.argsort(abs(w), axis=None, kind="stable")
        stays[order[: round(share * w.size)]] = False
        masks.append(stays.reshape(w.shape))
    return masks


layer_masks.mistake(
    "Small is small in size: -5 is large.",
    signed=in_each(heap(lambda w: w)),
)
layer_masks.mistake(
    "The masks are turned: True where a weight *stays*, and the smallest go.",
    turned=in_each(heap(end=lambda masks: [~mask for mask in masks])),
    largest_go=in_each(heap(lambda w: -abs(w))),
)
layer_masks.mistake(
    "Not so many go in a layer: exactly round(share * n) of its n; 2.5 is taken to 2.",
    stays=in_each(heap(count=lambda share, n: n - round(share * n))),
    **{name: in_each(answer) for name, answer in MISCOUNTED.items()},
)
layer_masks.mistake(
    "Right where all sizes differ. In which order does `np.argsort` leave equal ones? "
    "Its `kind` decides.",
    **{name: in_each(answer) for name, answer in UNSTABLE.items()},
)
layer_masks.mistake(
    "Right where all sizes differ. Where some are equal, a limit takes all of them or "
    "none: how many must go?",
    **{name: in_each(answer) for name, answer in EQUALS.items()},
)
layer_masks.mistake(
    "Right where all sizes differ. Of equal ones the earlier go; with you the later.",
    **{name: in_each(answer) for name, answer in LATER.items()},
)
layer_masks.mistake(
    "A quantile lies between two sizes, or on one: one too many may go, or too few. "
    "Asked are exactly round(share * n).",
    **{name: in_each(answer) for name, answer in QUANTILES.items()},
)
