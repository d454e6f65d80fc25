"""A share of the labels is wrong, in both sets, and nobody knows which. So not even the
best of models has a loss near 0 on what it has not seen, but `floor`. Name the illness
by what the losses have *above* the floor: that is to be at most `good`.
(A training loss far below the floor: what has been learned there?)
"""

from ..illness import TURNED, WORDS, _by, _over_first, illness

PAIRS = ((2.0, 3.5), (0.0, 2.5), (0.0, 3.5), (3.0, 2.0), (3.0, 3.5), (2.5, 2.5))
PAIRS += ((2.0, 1.5), (2.25, 2.25), (1.5, 1.0), (0.75, 1.0))


def _losses(rng):
    """In 64ths, so that sums and differences are exact."""
    good, floor = rng.integers(1, 64), rng.integers(1, 80)
    both = rng.integers(0, 2 * (good + floor), size=2)
    both[rng.integers(5, size=2) == 0] = good + floor
    return *(float(n) / 64 for n in both), good / 64, floor / 64


@illness.variant(
    "That is the rule where all labels are right: nobody can get below the floor.",
    public=lambda train, validation, good, floor: _by()(train, validation, good),
    inputs=_losses,
    edge_cases=(*((*both, 0.5, 2.0) for both in PAIRS), (0.75, 0.75, 0.5, 0.0)),
)
def above_floor(train, validation, good, floor):
    """ "underfits", where train is more than ``good`` above ``floor``; else "overfits",
    where validation is; else "fits".

    train, validation: losses.   floor: the lowest that can be had on unseen examples.
    """
    if train - floor > good:
        return "underfits"
    return "overfits" if validation - floor > good else "fits"


def _of(train=0, validation=0, good=0, size=lambda x: x, **options):
    """The rule, with so many floors added to each of the three."""
    return lambda t, v, g, floor: _by(**options)(
        size(t + train * floor), size(v + validation * floor), g + good * floor
    )


above_floor.mistake(
    "The floor is under one of the two losses only. Both sets have wrong labels.",
    validation_only=_of(0, -1),
    training_only=_of(-1, 0),
)
above_floor.mistake(
    "The wrong way: with a floor, a *higher* loss is good enough.",
    turned=_of(good=-1),
)
above_floor.mistake(
    "Below the floor is not above it: a distance has no sign, and calls 0 a high loss.",
    distance=_of(-1, -1, size=abs),
)
above_floor.mistake(
    "`good` is what may come *above* the floor: the floor alone is no limit.",
    floor_alone=lambda t, v, good, floor: _by()(t, v, floor),
)
above_floor.mistake(
    "You look at the gap, of which the floor is no part. Look at each loss.",
    gap=_of(-1, -1, over=lambda t, v, good: v > t),
    wide_gap=_of(-1, -1, over=lambda t, v, good: v - t > good),
)
above_floor.mistake(
    "A loss that is `good` above the floor, and no more, is good enough.",
    equal=_of(-1, -1, under=lambda t, v, g: t >= g, over=lambda t, v, g: v >= g),
)
above_floor.mistake(
    "The order counts: where both losses are too high, the training loss decides.",
    over_first=lambda t, v, good, floor: _over_first()(t - floor, v - floor, good),
)
above_floor.mistake(
    "Below the floor, noise was learned. What did that do to the *validation* loss?",
    memorised=lambda t, v, good, floor: (
        WORDS[1] if t < floor else _by()(t - floor, v - floor, good)
    ),
)
above_floor.mistake(
    "Two words are exchanged. Over: it follows its examples too closely.",
    exchanged=_of(-1, -1, words=TURNED),
)
