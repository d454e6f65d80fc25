"""PyTorch's layer takes `momentum=None`, too. Then it keeps the plain *average* of
what its batches had: all batches count alike, a small one as much as a large one, and
the start, 0 and 1, for nothing. Write the running moments so that they do that where
`momentum` is None, and what they did before where it is a number.
"""

import numpy as np

from ...fixtures import epoch
from ..running_moments import TWO, _by, running_moments


def _batches(rng):
    batches, momentum = epoch(rng)
    return batches, None if rng.integers(3) else momentum


def _or(averaged, **options):
    """averaged(batches) where momentum is None."""

    def run(batches, momentum):
        if momentum is None:
            return averaged(batches)
        return _by(**options)(batches, momentum)

    return run


def _mean(batches, ddof=1):
    each = [(x.mean(axis=0), x.var(axis=0, ddof=ddof)) for x in batches]
    return tuple(np.mean(each, axis=0))


def _with_start(batches, count, start=1):
    mean, var = _mean(batches)
    return mean * len(batches) / count, (start + var * len(batches)) / count


@running_moments.variant(
    "With None, 1 - momentum cannot be had: ask first whether `momentum is None`.",
    inputs=_batches,
    edge_cases=((TWO, None), (TWO, 0.25), (TWO, 0), (TWO[1:], None)),
    atol=1e-5,  # a mean may be near 0, and float32 has no more digits of it
)
def averaged_moments(batches, momentum):
    """The running mean (C,) and variance (C,) after these batches, each (n, C).

    momentum: the share of each new batch, or None for the average of all batches. The
    variances are the unbiased ones.
    """
    mean, var = np.zeros(batches[0].shape[1]), np.ones(batches[0].shape[1])
    for number, batch in enumerate(batches, start=1):
        share = 1 / number if momentum is None else momentum
        mean = (1 - share) * mean + share * batch.mean(axis=0)
        var = (1 - share) * var + share * batch.var(axis=0, ddof=1)
    return mean, var


averaged_moments.mistake(
    "Your variances are biased: to *keep* one as an estimate, divide by n - 1.",
    biased=_or(lambda b: _mean(b, 0), var=lambda x: x.var(axis=0)),
)
averaged_moments.mistake(
    "With None all *examples* count alike in yours. Batches are to, small or large.",
    together=_or(lambda batches: _mean([np.concatenate(batches)])),
)
averaged_moments.mistake(
    "With None the start, 0 and 1, counts in yours. Here it is forgotten: after one "
    "batch, what is kept is what that batch has.",
    one_more=_or(lambda batches: _with_start(batches, len(batches) + 1)),
    divided=_or(lambda batches: _with_start(batches, len(batches))),
    added=_or(lambda batches: _with_start(batches, len(batches), len(batches))),
)
averaged_moments.mistake(
    "With None you take a fixed share, or the sum without dividing it.",
    default=_or(lambda batches: _by()(batches, 0.1)),
    the_same=_or(lambda batches: _by()(batches, 1 / len(batches))),
    summed=_or(lambda batches: tuple(len(batches) * m for m in _mean(batches))),
)
averaged_moments.mistake(
    "A momentum of 0 is a number, and not None: `if momentum:` takes them for one. Ask "
    "`momentum is None`.",
    nought=lambda batches, momentum: _or(_mean)(batches, momentum or None),
)
