r"""A colleague does not average over the batch, but takes the **sum** $S$ of the $s$
gradients that were drawn, whose mean over all draws is $s\,g$.

How far is it from that? Give the mean of $|S - s\,g|^2$ over all draws of $s$ rows,
with replacement and without.
"""

import numpy as np

from ..batch_variance import batch_variance


def _variance(G):
    return np.sum((G - G.mean(axis=0)) ** 2) / len(G)


def _both(v=_variance, times=lambda s: s, factor=lambda N, s: (N - s) / (N - 1)):
    """v times, and the same times the factor for draws without replacement."""

    def both(G, s):
        each = v(G) * np.float64(times(s))
        return each, each * factor(np.float64(len(G)), s)

    return both


@batch_variance.variant(
    "That is how far the batch's *mean* is off. The sum is s times the mean: by which "
    "factor does the mean square of its distance grow?"
)
def sum_variance(G, s):
    """The mean of |S - s g|^2 over all draws of s rows: with replacement, without.

    G: (N, d), N >= 2; g is the mean of its rows, S the sum of the s drawn ones.
    """
    return _both()(G, s)


sum_variance.mistake(
    "You square the number of draws. That would hold if all s draws were the same row; "
    "independent ones add their variances.",
    s_squared=_both(times=lambda s: s**2),
)
sum_variance.mistake(
    "s is missing: that is how far one draw is off.",
    of_one=_both(times=lambda s: 1),
)
sum_variance.mistake(
    "Nearly: without replacement the factor has N - 1 below, not N. Try N = 2 and "
    "s = 1: one row, drawn either way, is the same.",
    N_for_N_minus_1=_both(factor=lambda N, s: (N - s) / N),
)
sum_variance.mistake(
    "The two are right, in the other order: with replacement comes first.",
    swapped=lambda G, s: _both()(G, s)[::-1],
)
sum_variance.mistake(
    "`ddof=1`, or N - 1 below the sum, estimates the variance of more rows than there "
    "are. Batches are drawn from these N alone: theirs is the mean over the N.",
    ddof=_both(lambda G: _variance(G) * len(G) / (len(G) - 1)),
)
sum_variance.mistake(
    "The squares were averaged over the d entries, too. |.|^2 *adds up* the entries; "
    "the mean is over the rows.",
    mean_over_the_entries=_both(lambda G: _variance(G) / G.shape[1]),
)
sum_variance.mistake(
    "Both ways of drawing got the same number. How far off is the sum of *all* rows?",
    both_with=_both(factor=lambda N, s: 1),
)
