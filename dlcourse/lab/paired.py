"""Two methods on the same seeds: their difference, seed by seed."""

from dlcourse.lab.statistics import Sample


def paired_difference(a, b):
    """The :class:`Sample` of a - b, seed by seed; its interval is the difference's.

    Runs that share a seed share their start and their batches, good or bad. What they
    share drops out of the difference, so the interval is narrower than two that are
    laid side by side: it is the one to judge a comparison by.

    Args:
        a, b: Samples over the **same** seeds, in the same order.

    Raises TypeError where one is no Sample, ValueError for different numbers of seeds.
    """
    for sample in (a, b):
        if not isinstance(sample, Sample):
            raise TypeError(
                "paired_difference expects two Samples, as over_seeds returns them, "
                f"got {type(sample).__name__}"
            )
    if a.n != b.n:
        raise ValueError(
            f"paired_difference expects the same seeds in both, got {a.n} and {b.n}"
        )
    return Sample(a.values - b.values)
