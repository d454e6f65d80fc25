"""moved: a net at two times, and answers made of counts."""

import numpy as np

RNG = np.random.default_rng(14)


def two_states(rng, shapes=None, empty=None):
    """(before, after): in some layers nothing is 0 before, in others all of it."""
    if shapes is None:
        layers = rng.integers(1, 4)
        shapes = [
            tuple(int(n) for n in rng.integers(1, 8 - k, size=k))
            for k in rng.integers(1, 5, size=layers)
        ]
    before, after = [], []
    for shape in shapes:
        gone = rng.choice([0, 0.3, 0.6, 0.9, 1]) if empty is None else empty
        w = rng.normal(size=shape) * (rng.random(shape) >= gone)
        step = rng.normal(size=shape) * 10 ** rng.uniform(-12, 0, size=shape)
        still = rng.random(shape) < rng.choice([0, 0.5, 1])
        new = w + np.where(still, 0, step)
        new[rng.random(shape) < 0.15] = 0
        before.append(w)
        after.append(new)
    return before, after


STATES = (
    (
        [np.array([[0.0, 2, 0], [0, 0, -1]]), np.array([[3.0, 0]])],
        [np.array([[0.0, 2, 1e-9], [5, 0, 0]]), np.array([[2.0, 0.5]])],
    ),
    ([np.array([1.0, -2, 3])], [np.array([1.0, 0, 1e-12])]),
    ([np.zeros((2, 2))], [np.array([[1.0, 0], [0, 0]])]),
    ([np.array([[0.0, 1, 0, 2]])], [np.array([[0.0, 1, 0, 2]])]),
    two_states(RNG, [(5, 4), (4, 5)], 0.6),
    two_states(RNG, [(5, 5), (3, 5), (2, 3)], 0.3),
)


def share(of, among):
    """The share of ``among`` that ``of`` is true of, both booleans; 0.0 of none."""
    return float((of & among).sum() / among.sum()) if among.any() else 0.0


def counted(
    back=lambda gone, now: share(now, gone),
    lost=lambda gone, now: share(~now, ~gone),
    here=lambda w: w != 0,
    pairs=lambda before, after: list(zip(before, after, strict=True)),
    end=lambda back, lost: (back, lost),
):
    """back and lost of each layer: of what was 0, and of what is not 0 now."""

    def answer(before, after):
        states = [(~here(b), here(a)) for b, a in pairs(before, after)]
        return [end(back(*state), lost(*state)) for state in states]

    return answer


def of_all(of, among):
    return float((of & among).mean())


def or_nan(of, among):
    return float((of & among).sum() / among.sum()) if among.any() else np.nan


def or_one(of, among):
    return share(of, among) if among.any() else 1.0


def changed(before, after):
    """Of the others, the share that is another number now."""
    pairs = zip(counted()(before, after), before, after, strict=True)
    return [(back, share(a != b, b != 0)) for (back, _), b, a in pairs]


def unchanged(before, after):
    """Of the others, the share that is the same number still."""
    pairs = zip(counted()(before, after), before, after, strict=True)
    return [(back, share(a == b, b != 0)) for (back, _), b, a in pairs]


def after_alone(before, after):
    return [(float((a != 0).mean()), float((a == 0).mean())) for a in after]


def pooled(before, after):
    """All layers in one heap, and its pair for each of them."""
    heap = [[np.concatenate([np.ravel(w) for w in ws])] for ws in (before, after)]
    return counted()(*heap) * len(before)


CLOSE = {
    "close": counted(here=lambda w: ~np.isclose(w, 0)),
    "nearly": counted(here=lambda w: ~np.isclose(w, 0, atol=1e-5)),
    "below": counted(here=lambda w: abs(w) > 1e-3),
}
