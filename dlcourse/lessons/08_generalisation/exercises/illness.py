from dlcourse.teach.exercise import exercise

WORDS, TURNED = ("underfits", "overfits", "fits"), ("overfits", "underfits", "fits")
PAIRS = ((1.5, 1.6), (0.01, 0.9), (0.001, 0.05), (1.5, 0.4), (0.8, 2.4), (0.4, 0.2))
PAIRS += ((0.5, 0.5), (0.5, 0.6), (0.3, 0.5))


def _losses(rng):
    good = float(10 ** rng.uniform(-1.5, 0.5))
    both = good * 10 ** rng.uniform(-1.5, 1, size=2)
    both[(rng.integers(6, size=2) == 0)] = good
    return *map(float, both), good


@exercise(
    section="Deeper: Name the illness",
    inputs=_losses,
    edge_cases=(*((*both, 0.5) for both in PAIRS), (2.4, 2.6, 3.0)),
    returns='the illness, one of "underfits", "overfits" and "fits"',
    choices=WORDS,
)
def illness(train, validation, good):
    """ "underfits": train above good; else "overfits": validation is; else "fits"."""
    return _by()(train, validation, good)


def _by(
    under=lambda t, v, good: t > good,
    over=lambda t, v, good: v > good,
    words=WORDS,
):
    return lambda t, v, good: words[
        0 if under(t, v, good) else 1 if over(t, v, good) else 2
    ]


def _over_first(over=lambda t, v, good: v > good):
    return _by(over, lambda t, v, good: t > good, TURNED)


illness.mistake(
    "You look at the gap. A gap is no illness where both losses are good, and no gap "
    "is no health where both are bad: compare each loss with `good`.",
    gap=_by(over=lambda t, v, good: v > t),
    gap_above_good=_by(over=lambda t, v, good: v - t > good),
    gap_first=_over_first(lambda t, v, good: v > t),
    wide_gap_first=_over_first(lambda t, v, good: v - t > good),
)
illness.mistake(
    "The order counts: where both losses are above `good`, the training loss decides.",
    over_first=_over_first(),
)
illness.mistake(
    "One loss is looked at, and the other not: three words need both.",
    by_validation=_by(lambda t, v, good: v > good),
    no_overfitting=_by(over=lambda *_: False),
    never_fits=_by(over=lambda *_: True),
)
illness.mistake(
    "Where the training loss *alone* is above `good`, yours is another word. The first "
    "rule asks for no more than that.",
    both_bad=_by(lambda t, v, good: t > good and v > good),
)
illness.mistake(
    '"underfits" is never returned: after a first `if`, a second one that is no `elif` '
    "writes over its word.",
    written_over=_by(lambda *_: False),
)
illness.mistake(
    "The losses have changed places: which of them says that it cannot even learn?",
    other_way=lambda train, validation, good: _by()(validation, train, good),
)
illness.mistake(
    "A loss *equal* to `good` is good enough.",
    at_good=_by(lambda t, v, good: t >= good, lambda t, v, good: v >= good),
    at_good_in_training=_by(lambda t, v, good: t >= good),
    at_good_in_validation=_by(over=lambda t, v, good: v >= good),
)
illness.mistake(
    "Two words are exchanged. Over: it follows its examples too closely.",
    exchanged=_by(words=TURNED),
)
