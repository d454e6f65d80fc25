from dlcourse.teach.exercise import exercise

from ..answers import states as given
from ..answers.states import STATES, counted, share, two_states


@exercise(
    section="Debug this: nine tenths gone, and hardly worse",
    inputs=two_states,
    edge_cases=STATES,
    trials=20,
)
def moved(before, after):
    """What has become of each layer's weights: a list of pairs, one for each layer.

    before, after: lists of arrays, the layers' weights at two times.   In a pair stand
    first, of the weights that were 0, the share that is not 0 any more; then, of the
    others, the share that is 0 now. A share of no weights is 0.0.
    """
    return counted()(before, after)


moved.mistake(
    "A share of those that were 0, and a share of the others: yours are shares of all "
    "weights of the layer.",
    of_all=counted(
        lambda gone, now: given.of_all(now, gone),
        lambda gone, now: given.of_all(~now, ~gone),
    ),
    back_of_all=counted(lambda gone, now: given.of_all(now, gone)),
    lost_of_all=counted(lost=lambda gone, now: given.of_all(~now, ~gone)),
)
moved.mistake(
    "Shares of what *was* 0, or was not: yours are shares of what is, or is not, now.",
    after_alone=given.after_alone,
    of_now=counted(
        lambda gone, now: share(gone, now), lambda gone, now: share(~gone, ~now)
    ),
)
moved.mistake(
    "Where there are none, the share is 0.0: look at 0 / 0.",
    nan=counted(
        lambda gone, now: given.or_nan(now, gone),
        lambda gone, now: given.or_nan(~now, ~gone),
    ),
    one=counted(
        lambda gone, now: given.or_one(now, gone),
        lambda gone, now: given.or_one(~now, ~gone),
    ),
)
moved.mistake(
    "Of the others, those that are 0 now: not all that have changed, or have not.",
    changed=given.changed,
    unchanged=given.unchanged,
)
moved.mistake(
    "One pair for each layer, of its own weights.",
    pooled=given.pooled,
)
moved.mistake(
    "The two of a pair have changed places.",
    swapped=counted(end=lambda back, lost: (lost, back)),
)
moved.mistake(
    "What is small is not 0: 1e-9 is a weight that has come back.",
    **given.CLOSE,
)
moved.mistake(
    "Numbers of weights, where shares are asked for; or hundredths.",
    counts=counted(
        lambda gone, now: int((gone & now).sum()),
        lambda gone, now: int((~gone & ~now).sum()),
    ),
    percent=counted(end=lambda back, lost: (100 * back, 100 * lost)),
)
moved.mistake(
    "The other way round: the share that has *stayed* as it was, 0 or not 0.",
    stayed=counted(
        lambda gone, now: share(~now, gone), lambda gone, now: share(now, ~gone)
    ),
)
