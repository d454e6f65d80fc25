"""PyTorch's layer takes `momentum=None`, too. Then it keeps the plain *average* of
what its batches had: all batches count alike, a small one as much as a large one, and
the start, 0 and 1, for nothing. Write the running moments so that they do that where
`momentum` is None, and what they did before where it is a number.
"""

import numpy as np

from ..running_moments import FOUR, _by, _epoch, running_moments


def _batches(rng):
    batches, momentum = _epoch(rng)
    return batches, None if rng.integers(3) else momentum


def _or(averaged, **options):
    """averaged(batches) where momentum is None."""

    def run(batches, momentum):
        if momentum is None:
            return averaged(batches)
        return _by(**options)(batches, momentum)

    return run


def _biased(x):
    return x.var(axis=0)


def _mean(batches, var=lambda x: x.var(axis=0, ddof=1)):
    each = [(x.mean(axis=0), var(x)) for x in batches]
    return tuple(np.mean(parts, axis=0) for parts in zip(*each, strict=True))


@running_moments.variant(
    "With None, 1 - momentum cannot be had: ask first whether `momentum is None`.",
    inputs=_batches,
    edge_cases=((FOUR, None), (FOUR, 0.25), (FOUR, 0), (FOUR[1:], None)),
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
    biased=_or(lambda batches: _mean(batches, _biased), var=_biased),
)
averaged_moments.mistake(
    "With None all examples count alike in yours, instead of all batches: the layer "
    "never sees them together.",
    together=_or(lambda batches: _mean([np.concatenate(batches)])),
)
averaged_moments.mistake(
    "With None the start, 0 and 1, counts in yours, as one more batch or as half of "
    "all. Here it is forgotten: in step k = 1, 2, ... the new batch has the share 1/k.",
    with_start=_or(
        lambda batches: tuple(
            (start + len(batches) * kept) / (len(batches) + 1)
            for start, kept in zip((0, 1), _mean(batches), strict=True)
        )
    ),
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
