"""global_masks: nets' weights, and answers that sort them in one heap or in several."""

import numpy as np

from .rounds import flat, later_first, like

RNG = np.random.default_rng(14)


def layers(rng, shapes=None, share=None):
    """(weights, share): in quarters, so that some sizes are equal, and some are 0."""
    if shapes is None:
        axes = rng.integers(1, 5, size=rng.integers(1, 4))
        shapes = [tuple(int(n) for n in rng.integers(1, 5, size=k)) for k in axes]
    share = rng.choice([0, 0.3, 0.5, 0.9, 1, rng.random()]) if share is None else share
    loud = rng.choice([0.5, 1, 4], size=len(shapes)) * rng.choice([1, 2.0**-30])
    sizes = [rng.integers(-8, 9, size=shape) / 4 for shape in shapes]
    return [a * b for a, b in zip(sizes, loud, strict=True)], float(share)


LAYERS = (
    ([np.array([[0.5, -4, 2], [1, -0.25, 3]]), np.array([[-6.0, 0.75]])], 0.4),
    ([np.array([1.0, -2, 2, -1, 1, 0])], 0.5),
    ([np.array([[2.0, -2], [2, -2]]), np.array([-2.0, 2])], 0.5),
    ([np.zeros((2, 2)), np.array([[3.0]])], 0.6),
    ([np.array([[5.0, -0.5], [0.25, 7]]), np.array([[1.0, -2, 0.5]])], 0.0),
    ([np.array([[-3.0]]), np.array([[4.0, 1]])], 1.0),
    layers(RNG, [(4, 5), (3, 4)], 0.3),
    layers(RNG, [(3, 3), (3,), (2, 3)], 0.7),
    layers(RNG, [(7,)], 0.35),
    ([np.array([1.0, -2, 3, -4, 5])], 0.5),  # a half
    layers(np.random.default_rng(5), [(20, 15), (9, 9)], 0.45),  # many are equal
)


def heap(
    size=abs,
    count=lambda share, n: round(share * n),
    order=lambda sizes: np.argsort(sizes, kind="stable"),
    end=lambda masks: masks,
):
    """All weights in one heap: the first ``count`` in order go."""

    def answer(weights, share):
        sizes = size(flat(weights))
        new = np.ones(len(sizes), bool)
        new[order(sizes)[: count(share, len(sizes))]] = False
        return end(like(new, weights))

    return answer


def in_each(whole):
    """``whole`` for each array by itself."""
    return lambda weights, share: [whole([w], share)[0] for w in weights]


def above(limit, stays=np.greater):
    """What lies above limit(sizes, share) stays; of sizes in one heap."""

    def answer(weights, share):
        sizes = abs(flat(weights))
        return like(stays(sizes, limit(sizes, share)), weights)

    return answer


def _last_that_goes(sizes, share):
    goes = round(share * len(sizes))
    return np.sort(sizes)[goes - 1] if goes else -1


def _first_that_stays(sizes, share):
    goes = round(share * len(sizes))
    return np.sort(sizes)[goes] if goes < len(sizes) else np.inf


MISCOUNTED = {
    "cut_off": heap(count=lambda share, n: int(share * n)),
    "up": heap(count=lambda share, n: int(np.ceil(share * n))),
    "halves_up": heap(count=lambda share, n: int(share * n + 0.5)),
    "one_more": heap(count=lambda share, n: round(share * n) + 1),
    "one_less": heap(count=lambda share, n: max(round(share * n) - 1, 0)),
    "rest_rounded": heap(count=lambda share, n: n - round((1 - share) * n)),
}
UNSTABLE = {
    "unstable": heap(order=np.argsort),
}
LATER = {
    "later_first": heap(order=later_first),
    "from_the_largest": heap(order=lambda s: np.argsort(-s, kind="stable")[::-1]),
}
EQUALS = {
    "all_equal_go": above(_last_that_goes),
    "all_equal_stay": above(_first_that_stays, np.greater_equal),
}
QUANTILES = {
    "quantile": above(np.quantile),
    "quantile_itself": above(np.quantile, np.greater_equal),
    "percentile": above(
        lambda sizes, share: np.percentile(sizes, 100 * share, method="lower")
    ),
}
HEIGHTS = {
    "of_the_largest": above(lambda sizes, share: share * sizes.max()),
    "share_itself": above(lambda sizes, share: share),
    "of_the_sum": above(lambda sizes, share: share * sizes.mean()),
}
