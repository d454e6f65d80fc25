import numpy as np

from dlcourse.teach.exercise import exercise

ONE_ON = 5.0 * (np.arange(2560) == 453).reshape(40, 64)  # no dead layer


def _layers(rng):
    depth, outputs = int(rng.integers(3, 7)), []
    first_dead = rng.integers(1, depth + 1) if rng.integers(2) else depth + 1
    alive_above = rng.integers(2)  # by its biases alone
    for number in range(1, depth + 1):
        H = rng.uniform(0.1, 1, size=rng.integers(3, 7, size=2))
        kind = rng.integers(4)
        if kind == 1:
            H *= 1e-30  # a weak layer is no dead layer,
        elif kind > 1:  # nor one with a single unit or example for which it is on
            rows = H if kind == 2 else H.T
            rows[rng.permutation(len(rows))[1:]] = 0
        if number >= first_dead:
            H[:] = 0.5 if alive_above and number > first_dead else 0
        outputs.append(H)
    return (outputs,)


@exercise(
    section="Deeper: debug this",
    inputs=_layers,
    edge_cases=(
        ([np.ones((2, 3)), np.zeros((2, 3)), np.zeros((2, 4))],),
        ([np.ones((3, 2)), np.ones((3, 3))],),
        ([np.ones((2, 2)), np.full((2, 3), 1e-30, np.float32), np.zeros((2, 2))],),
        ([np.ones((40, 3)), ONE_ON, np.zeros((40, 2))],),
    ),
    returns="the layer's number, counted from 1; 0 if there is none",
)
def culprit(outputs):
    """The first layer (1, 2, ...) whose outputs (N, m) are all dead; 0 if none is."""
    return _first(lambda H: not H.any())(outputs)


def _first(dead, pick=min):
    """The number of the first layer for which dead(H) holds; 0 if there is none."""
    return lambda outputs: pick([k for k, H in enumerate(outputs, 1) if dead(H)] or [0])


culprit.mistake(
    "One too low: you count from 0, or name the last layer that is alive.",
    counted_from_zero=lambda outputs: max(culprit.reference(outputs) - 1, 0),
)
culprit.mistake(
    "You return the last dead layer, all of them, or their count. They may be dead "
    "only because nothing reaches them: return the number of the first.",
    the_last=_first(lambda H: not H.any(), max),
    all_of_them=lambda outputs: [k for k, H in enumerate(outputs, 1) if not H.any()],
    how_many=lambda outputs: sum(not H.any() for H in outputs),
)
culprit.mistake(
    "You name the first layer in which *something* is 0: an entry, a unit, or an "
    "example. That does no harm: the others pass the signal on. Dead is the whole "
    "array. (`H.all() == 0` asks whether any entry is 0.)",
    any_entry=_first(lambda H: not H.all()),
    any_unit=_first(lambda H: not H.any(axis=0).all()),
    silent_example=_first(lambda H: not H.any(axis=1).all()),
)
culprit.mistake(
    "A layer whose outputs are small, or nearly all 0, counts as dead in your answer. "
    "Small is alive: it passes on its gradient. Dead is exactly 0, everywhere.",
    weak=_first(lambda H: H.mean() < 1e-3),
    nearly=_first(lambda H: (H == 0).mean() > 0.99),
)
culprit.mistake(
    "Your loop ends at the first layer: is `return 0` inside? Put it behind the loop.",
    returned_too_early=lambda outputs: int(not outputs[0].any()),
)
culprit.mistake(
    "Where no layer is dead, the answer is 0: give that case its own line behind the "
    "loop. (np.argmax of False alone is 0; a loop's variable keeps its last value.)",
    nothing_returned=lambda outputs: culprit.reference(outputs) or None,
    argmax_of_nothing=lambda outputs: culprit.reference(outputs) or 1,
    the_last_number=lambda outputs: culprit.reference(outputs) or len(outputs),
    one_past_the_last=lambda outputs: culprit.reference(outputs) or len(outputs) + 1,
    minus_one_for_none=lambda outputs: culprit.reference(outputs) or -1,
)
