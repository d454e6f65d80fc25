"""Some libraries keep an image's channels last: after Flatten a unit's places are then
not neighbours, but as far apart as there are units.
"""

import numpy as np

from ...answers import units as given
from ...answers.units import PAIRS, without, zeroed
from ..without_units import without_units


@without_units.variant(
    "That is the lesson's answer: a unit's places are neighbours there, and not here.",
    edge_cases=PAIRS,
)
def last_channel_units(W1, b1, W2, keep):
    """(W1, b1, W2): two layers without some of the units between them, channels last.

    W1 (units, inputs), b1 (units,).   W2 (outputs, places * units): after a Flatten
    the next layer reads, place after place, all units in their order: input
    p * units + u is unit u at place p.   keep (units,): booleans, True for the units
    that stay, one or more.
    """
    places = W2.shape[1] // len(keep)
    return W1[keep], b1[keep], W2[:, np.tile(keep, places)]


last_channel_units.mistake(
    "The next layer still reads the units that are gone: what reads them goes, too.",
    next_left=without(columns=lambda W2, keep: W2),
)
last_channel_units.mistake(
    "The units that are gone have left their biases behind.",
    bias_left=without(bias=lambda b1, keep: b1, columns=given.tiled),
)
last_channel_units.mistake(
    "All arrays have the sizes that they had: units that are set to 0 are computed and "
    "stored as before.",
    zeroed=zeroed(each=np.tile),
)
last_channel_units.mistake(
    "keep says who stays: the others are left with you.",
    turned=without(which=lambda keep: ~keep, columns=given.tiled),
)
last_channel_units.mistake(
    "Each unit is read at several places: how many, the shape of W2 says.",
    one_each=without(columns=given.one_each),
)
