from dlcourse.teach.exercise import exercise

from ..answers import units as given
from ..answers.units import PAIRS, pair, without, zeroed


@exercise(
    section="Units",
    inputs=pair,
    edge_cases=PAIRS,
    trials=20,
    returns=("W1", "b1", "W2"),
)
def without_units(W1, b1, W2, keep):
    """(W1, b1, W2): the weights of two layers without some of the units between them.

    W1 (units, inputs), b1 (units,).   W2 (outputs, units * places): after a Flatten
    the next layer reads each unit at several places, which are neighbouring inputs:
    the first ``places`` are those of unit 0, and so on. Without one, places is 1.
    keep (units,): booleans, True for the units that stay, one or more.
    """
    return without()(W1, b1, W2, keep)


without_units.mistake(
    "The next layer still reads the units that are gone: what reads them goes, too.",
    next_left=without(columns=lambda W2, keep: W2),
)
without_units.mistake(
    "The units that are gone have left their biases behind.",
    bias_left=without(bias=lambda b1, keep: b1),
)
without_units.mistake(
    "All arrays have the sizes that they had: units that are set to 0 are computed and "
    "stored as before.",
    zeroed=zeroed(),
    zeroed_but_biases=zeroed(lambda b1, keep: b1),
)
without_units.mistake(
    "keep says who stays: the others are left with you.",
    turned=without(which=lambda keep: ~keep),
)
without_units.mistake(
    "Each unit is read at several places: how many, the shape of W2 says.",
    one_each=without(columns=given.one_each),
    first_place=without(columns=given.first_place),
)
without_units.mistake(
    "A unit's places are neighbours: first all those of unit 0. Yours go through the "
    "units again at each place.",
    tiled=without(columns=given.tiled),
    place_by_place=without(columns=given.place_by_place),
)
without_units.mistake(
    "So many inputs are left, and they are others: which ones does `keep` name?",
    as_many=without(columns=given.as_many),
)
