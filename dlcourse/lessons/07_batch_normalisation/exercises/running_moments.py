import numpy as np

from dlcourse.teach.exercise import exercise

from ..fixtures import epoch

TWO = [np.array([[0.0, 2, 7], [4, 4, 1]]), np.arange(12.0).reshape(4, 3) % 5]


@exercise(
    section="Two modes",
    inputs=epoch,
    edge_cases=((TWO, 0.1), (TWO, 0), (TWO, 1), (TWO[1:], 0.5)),
    returns=("mean", "var"),
)
def running_moments(batches, momentum):
    """The running mean (C,) and variance (C,) after these batches, each (n, C).

    They start at 0 and 1. A new batch has the share ``momentum``; its variance is the
    unbiased one.
    """
    return _by()(batches, momentum)


def _by(
    var=lambda x: x.var(axis=0, ddof=1),
    mixed=lambda old, new, share: (1 - share) * old + share * new,
    start=lambda x: (np.zeros(x.shape[1]), np.ones(x.shape[1])),
    first=0,
):
    def run(batches, momentum):
        mean, variance = start(batches[0])
        for x in batches[first:]:
            mean = mixed(mean, x.mean(axis=0), momentum)
            variance = mixed(variance, var(x), momentum)
        return mean, variance

    return run


def _moments(x):
    return x.mean(axis=0), x.var(axis=0, ddof=1)


running_moments.mistake(
    "You read momentum as the share that is *kept*, as Keras and the momentum of "
    "lesson 05 do. In PyTorch's layer it is the share of the new batch.",
    kept=_by(mixed=lambda old, new, share: share * old + (1 - share) * new),
)
running_moments.mistake(
    "Your variances are biased: to *keep* one as an estimate, divide by n - 1.",
    biased=_by(lambda x: x.var(axis=0)),
    twice_biased=_by(lambda x: x.var(axis=0) * (len(x) - 1) / len(x)),
)
running_moments.mistake(
    "Those are standard deviations: kept is the variance.",
    deviation=_by(lambda x: x.std(axis=0, ddof=1)),
    biased_deviation=_by(lambda x: x.std(axis=0)),
)
running_moments.mistake(
    "The start is not 0 and 1: the first batch, too, has only its share.",
    first_whole=_by(start=_moments, first=1),
    at_nought=_by(start=lambda x: (np.zeros(x.shape[1]),) * 2),
    exchanged=_by(start=lambda x: (np.ones(x.shape[1]), np.zeros(x.shape[1]))),
)
running_moments.mistake(
    "The shares of old and new do not add up to 1. The new batch has `momentum`.",
    added=_by(mixed=lambda old, new, share: old + share * new),
    new_whole=_by(mixed=lambda old, new, share: (1 - share) * old + new),
)
running_moments.mistake(
    "Only one batch is in it, or all batches, or examples, count alike: go on from "
    "what you have, batch by batch.",
    last=lambda batches, m: _by()(batches[-1:], m),
    the_first=lambda batches, m: _by()(batches[:1], m),
    together=lambda batches, m: _moments(np.concatenate(batches)),
    alike=lambda batches, m: tuple(np.mean([*map(_moments, batches)], axis=0)),
)
running_moments.mistake(
    "The two are right, in the other order: mean comes first.",
    swapped=lambda batches, m: _by()(batches, m)[::-1],
)
