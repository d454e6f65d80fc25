"""rewound: nets in the middle of being pruned, and answers for all weights in a row."""

import numpy as np

RNG = np.random.default_rng(14)


def round_of(rng, shapes=None, share=None, left=None):
    """(start, trained, masks, share): sizes in quarters, so that some are equal.

    Some that are left are 0, at the start (as biases are) or trained.
    """
    if shapes is None:
        layers = rng.integers(1, 4)
        axes = rng.integers(1, 5, size=layers)
        shapes = [tuple(int(n) for n in rng.integers(1, 8 - k, size=k)) for k in axes]
    share = rng.choice([0, 0.2, 0.5, 0.8, 1, rng.random()]) if share is None else share
    left = rng.choice([0.3, 0.7, 1]) if left is None else left
    start = [
        rng.normal(size=shape) * (rng.random(shape) < rng.choice([0, 0.8, 1]))
        for shape in shapes
    ]
    masks = [rng.random(shape) < left for shape in shapes]
    loud = rng.choice([1, 1, 3], size=len(shapes))
    sizes = [rng.integers(0, 13, size=shape) / 4 for shape in shapes]
    signs = [rng.choice([-1, 1], size=shape) for shape in shapes]
    parts = zip(sizes, signs, masks, loud, strict=True)
    trained = [size * sign * mask * times for size, sign, mask, times in parts]
    return start, trained, masks, float(share)


ROUNDS = (
    (
        [np.array([[0.5, -1, 2], [3, -0.25, 1.5]]), np.array([[-2.0, 0.75]])],
        [np.array([[1.0, -4, 0], [0.5, -3, 2]]), np.array([[-0.25, 6]])],
        [np.array([[True, True, False], [True, True, True]]), np.array([[True, True]])],
        0.4,
    ),
    (
        [np.array([1.0, -2, 3, 4, 5])],
        [np.array([2.0, -2, 2, 1, -2])],
        [np.ones(5, bool)],
        0.6,
    ),
    ([np.array([[1.5, 2.0]])], [np.array([[0.0, 0]])], [np.zeros((1, 2), bool)], 0.5),
    (
        [np.array([[2.0, -1, 0.5]]), np.array([0.0, 0, 0])],
        [np.array([[0.0, 0, 3]]), np.array([0.5, 0, -2])],
        [np.array([[True, False, True]]), np.array([True, False, True])],
        0.5,
    ),
    round_of(RNG, [(4, 4), (4, 4)], 0.5, 0.7),
    round_of(RNG, [(3, 5), (2, 3)], 0.3, 0.6),
    round_of(RNG, [(4, 3), (3,), (2, 4)], 0.0, 0.5),
    round_of(RNG, [(4, 3), (2, 4)], 1.0, 0.7),
    round_of(RNG, [(5, 5)], 0.2, 0.4),
    round_of(np.random.default_rng(5), [(20, 15), (9, 9)], 0.45, 1),  # many are equal
    (
        [np.array([1.0, -2, 3, -4, 5])],
        [np.array([5.0, 4, -3, 2, 1])],
        [np.ones(5, bool)],
        0.5,
    ),
)


def flat(arrays):
    return np.concatenate([np.ravel(a) for a in arrays])


def like(heap, arrays):
    """The heap, taken apart into arrays of these shapes."""
    ends = np.cumsum([a.size for a in arrays])[:-1]
    parts = zip(np.split(heap, ends), arrays, strict=True)
    return [part.reshape(a.shape) for part, a in parts]


def every(masks):
    """All places, whatever the masks have left."""
    return np.ones(len(masks), bool)


def later_first(sizes):
    """Their order; of equal ones the later comes first."""
    return np.lexsort([-np.arange(len(sizes)), sizes])


def one_round(
    size=lambda start, trained: abs(trained),
    count=lambda share, left, all: round(share * left),
    order=lambda sizes: np.argsort(sizes, kind="stable"),
    among=lambda masks: masks,
    also=lambda new, old: new & old,
    values=lambda start, trained: start,
    under=lambda weights, mask: weights * mask,
    end=lambda masks, weights: (masks, weights),
    before=False,
):
    """All weights in one heap; the first ``count`` in order go.

    order: None takes all that are no larger than the last one that must go.
    also: of the new masks and the old.   before: the weights are under the old masks.
    """

    def answer(start, trained, masks, share):
        old = flat(masks).astype(bool)
        heap = size(flat(start), flat(trained))
        sizes = np.where(among(old), heap, np.inf)
        goes = min(max(count(share, int(old.sum()), len(old)), 0), len(old))
        new = np.ones(len(old), bool)
        if order is None:
            if goes:
                new = sizes > np.sort(sizes)[goes - 1]
        else:
            new[order(sizes)[:goes]] = False
        new = also(new, old)
        weights = under(values(flat(start), flat(trained)), new)
        weights = weights * old if before else weights
        return end(like(new, masks), like(weights, masks))

    return answer


def in_each(whole):
    """``whole`` for each layer by itself."""

    def answer(start, trained, masks, share):
        each = [
            whole([a], [b], [m], share)
            for a, b, m in zip(start, trained, masks, strict=True)
        ]
        return [masks[0] for masks, _ in each], [weights[0] for _, weights in each]

    return answer


MISCOUNTED = {
    "of_all": one_round(count=lambda share, left, all: round(share * all)),
    "the_share_stays": one_round(
        count=lambda share, left, all: left - round(share * left)
    ),
    "cut_off": one_round(count=lambda share, left, all: int(share * left)),
    "halves_up": one_round(count=lambda share, left, all: int(share * left + 0.5)),
    "up": one_round(count=lambda share, left, all: int(np.ceil(share * left))),
    "rest_rounded": one_round(
        count=lambda share, left, all: left - round((1 - share) * left)
    ),
    "rest_goes": one_round(count=lambda share, left, all: round((1 - share) * left)),
}

OTHERS_CHOSEN = {
    "by_the_start": one_round(size=lambda start, trained: abs(start)),
    "by_the_change": one_round(size=lambda start, trained: abs(trained - start)),
    "largest_go": one_round(size=lambda start, trained: -abs(trained)),
}

GONE_TOO = {
    "share_of_all": one_round(
        count=lambda share, left, all: round(share * all), among=every
    ),
    "share_of_all_alone": one_round(
        count=lambda share, left, all: round(share * all),
        among=every,
        also=lambda new, old: new,
    ),
}

EQUALS = {
    "later_first": one_round(order=later_first),
    "unstable": one_round(order=np.argsort),
    "all_equal_go": one_round(order=None),
}
