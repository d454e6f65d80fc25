r"""With `momentum=None`, PyTorch's layer keeps the plain *average* of what its batches
had: all count alike, and the start counts for nothing. What are its running mean and
variance after these batches? (A small batch counts as much as a large one.)
"""

import numpy as np

from ..running_moments import FOUR, _epoch, running_moments


def _of(batches, var=lambda x: x.var(axis=0, ddof=1)):
    return np.mean([x.mean(axis=0) for x in batches], axis=0), np.mean(
        [var(x) for x in batches], axis=0
    )


@running_moments.variant(
    "That is the running average with a share for each new batch. Here all batches "
    "count alike.",
    public=lambda batches: running_moments.reference(batches, 0.1),
    inputs=lambda rng: _epoch(rng)[:1],
    edge_cases=((FOUR,), (FOUR[1:],)),
)
def averaged_moments(batches):
    """The mean (C,) and variance (C,) that are kept after these batches, each (n, C).

    All batches count alike; the variance of each is the unbiased one.
    """
    return _of(batches)


averaged_moments.mistake(
    "Your variances are biased: to *keep* one as an estimate, divide by n - 1.",
    biased=lambda batches: _of(batches, lambda x: x.var(axis=0)),
)
averaged_moments.mistake(
    "All examples count alike, instead of all batches: the layer never sees them "
    "together.",
    together=lambda batches: _of([np.concatenate(batches)]),
)
averaged_moments.mistake(
    "Those are standard deviations: kept is the variance.",
    deviation=lambda batches: _of(batches, lambda x: x.std(axis=0, ddof=1)),
)
averaged_moments.mistake(
    "The start, 0 and 1, counts as one more batch. Here it is forgotten.",
    with_start=lambda batches: tuple(
        (start + len(batches) * kept) / (len(batches) + 1)
        for start, kept in zip((0, 1), _of(batches), strict=True)
    ),
)
averaged_moments.mistake(
    "Only the last batch is in it.", last=lambda batches: _of(batches[-1:])
)
