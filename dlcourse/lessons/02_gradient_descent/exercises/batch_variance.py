import numpy as np

from dlcourse.teach.exercise import exercise


def _gradients(rng):
    N, d = int(rng.integers(2, 9)), int(rng.integers(1, 5))
    G = rng.normal(size=(N, d)) * rng.uniform(0.5, 5) + rng.normal(size=d)
    if rng.integers(4) == 0:
        G = rng.integers(-5, 6, size=(N, d))
    return G, int(rng.choice([1, N, *range(1, N + 1)]))


@exercise(
    section="Deeper: Without replacement",
    inputs=_gradients,
    edge_cases=(
        (np.array([[1.0, 2], [3, -2], [5, 3], [2, 0]]), 2),
        (np.array([[1.0, 2, 4], [3, -2, 1], [5, 3, 0]]), 3),
        (np.array([[2], [4]]), 1),
        (np.array([[2.0, 1], [5, 3]]), 2),
        (np.array([[1.0], [1], [4], [6], [3]]), 3),
    ),
    returns=("with replacement", "without replacement"),
)
def batch_variance(G, s):
    """The mean of |g_s - g|^2 over all draws of s rows: with replacement, without.

    G: (N, d), N >= 2; g is the mean of its rows, g_s that of s drawn ones; 1 <= s <= N.
    """
    return _both()(G, s)


def _around(centre):
    """The mean of |row - centre|^2."""
    return lambda G: np.sum((G - centre(G)) ** 2) / len(G)


_variance = _around(lambda G: G.mean(axis=0))


def _both(v=_variance, over=lambda s: s, factor=lambda N, s: (N - s) / (N - 1)):
    """v / over, and the same times the factor for draws without replacement."""

    def both(G, s):
        each = v(G) / np.float64(over(s))
        return each, each * factor(np.float64(len(G)), s)

    return both


batch_variance.mistake(
    "Nearly: without replacement the factor has N - 1 below. Try N = 2 and s = 1.",
    N_for_N_minus_1=_both(factor=lambda N, s: (N - s) / N),
)
batch_variance.mistake(
    "The *sum* of s independent draws has s times the variance of one; what does "
    "dividing it by s make of that? You have the variance of the batch's *sum*, or of "
    "one draw; or you divide by the square of s, or divide by the root of s.",
    of_the_sum=_both(over=lambda s: 1 / s),
    of_one=_both(over=lambda s: 1),
    over_s_squared=_both(over=lambda s: s**2),
    over_root_s=_both(over=lambda s: s**0.5),
)
batch_variance.mistake(
    "`ddof=1`, or N - 1 below the sum, is for more rows than the N there are.",
    ddof=_both(lambda G: _variance(G) * len(G) / (len(G) - 1)),
)
batch_variance.mistake(
    "|.|^2 *adds up* the squares of the d entries, and g has d entries of its own. You "
    "averaged over the d entries, or the distances are measured from 0, or from one "
    "number for all entries.",
    mean_over_the_entries=_both(lambda G: _variance(G) / G.shape[1]),
    from_zero=_both(_around(lambda G: 0)),
    from_one_number=_both(_around(np.mean)),
    from_one_number_and_averaged=_both(np.var),
)
batch_variance.mistake(
    "Both ways of drawing got the same number (what is g_s for s = N, either way?), or "
    "the two are right, in the other order: with replacement comes first.",
    swapped=lambda G, s: _both()(G, s)[::-1],
    both_with=_both(factor=lambda N, s: 1),
    both_without=lambda G, s: _both()(G, s)[1:] * 2,
)
