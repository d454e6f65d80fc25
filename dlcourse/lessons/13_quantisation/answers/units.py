"""equalized and corrected_bias: layers, and answers made of parts."""

import numpy as np

RNG = np.random.default_rng(13)


def hidden(rng, sizes=None, dead=None):
    """(W1, b1, W2): units of any size; some have no way in, or out, or neither."""
    n, h, m = sizes or (int(k) for k in rng.choice([1, 2, 3, 4, 6], size=3))
    into, out = 10 ** rng.uniform(-2, 2, size=(2, h))
    if rng.integers(2) if dead is None else dead:
        into, out = into * rng.integers(0, 2, size=h), out * rng.integers(0, 2, size=h)
    W1, W2 = rng.normal(size=(h, n)) * into[:, None], rng.normal(size=(m, h)) * out
    return W1, 5 * rng.normal(size=h), W2


HIDDEN = (
    (
        np.array([[1.0, -4], [0.5, 0.25], [2, 1]]),
        np.array([3.0, -1, 20]),
        np.array([[1.0, -8, 2], [0.25, 3, -1]]),
    ),
    (
        np.array([[1.0, -4], [0, 0], [2, 1], [0, 0]]),
        np.array([3.0, -1, 0.5, 2]),
        np.array([[-16.0, 3, 0, 0]]),
    ),
    (np.array([[-3.0]]), np.array([0.5]), np.array([[-12.0]])),
    (np.zeros((2, 3)), np.array([1.0, -1]), np.zeros((1, 2))),
    (  # units from very quiet to very loud; one has no bias
        np.array([[1e-9, -4e-9], [2.0, 1e-9], [3e5, 1]]),
        np.array([2.0, 0.0, -1]),
        np.array([[2e3, 5e-10, 1e-6], [-1.0, 1e-10, 2e-6]]),
    ),
    hidden(RNG, (3, 3, 3), False),
    hidden(RNG, (4, 5, 2), False),
)


def balanced(
    into=lambda W1, b1: np.abs(W1).max(axis=1),
    out=lambda W2: np.abs(W2).max(axis=0),
    factor=lambda into, out: np.sqrt(out / into),
    dead=lambda c, into, out: np.where((into > 0) & (out > 0), c, 1),
    V1=lambda W1, c: c[:, None] * W1,
    c1=lambda b1, c: c * b1,
    V2=lambda W2, c: W2 / c,
):
    """(V1, c1, V2) by these; factor: of each unit's incoming weights."""

    def answer(W1, b1, W2):
        sizes = into(W1, b1) * np.ones(len(b1)), out(W2) * np.ones(len(b1))
        with np.errstate(all="ignore"):  # a dead unit's is not used
            c = dead(factor(*sizes), *sizes)
        return V1(W1, c), c1(b1, c), V2(W2, c)

    return answer


def sized(of):
    """The sizes by of(weights of a unit, along an axis)."""
    return balanced(lambda W1, b1: of(W1, 1), lambda W2: of(W2, 0))


DEAD = {
    "divided_by_0": balanced(dead=lambda c, into, out: c),
    "in_alone": balanced(dead=lambda c, into, out: np.where(into > 0, c, 1)),
    "out_alone": balanced(dead=lambda c, into, out: np.where(out > 0, c, 1)),
    "small": balanced(
        factor=lambda into, out: np.sqrt((out + 1e-12) / (into + 1e-12)),
        dead=lambda c, into, out: c,
    ),
    "small_below": balanced(
        factor=lambda into, out: np.sqrt(out / (into + 1e-12)),
        dead=lambda c, into, out: c,
    ),
    "both_left": lambda W1, b1, W2: (
        balanced()(W1, b1, W2)
        if W1.any(axis=1).all() and W2.any(axis=0).all()
        else (W1, b1, W2)
    ),
}

QUIET = {
    f"dead_below_{end}": balanced(
        dead=lambda c, into, out, end=end: np.where((into > end) & (out > end), c, 1)
    )
    for end in (1e-4, 1e-6, 1e-8)
}

OTHER_SIZES = {
    "sum": sized(lambda W, axis: np.abs(W).sum(axis=axis)),
    "length": sized(lambda W, axis: np.sqrt((W**2).sum(axis=axis))),
    "mean": sized(lambda W, axis: np.abs(W).mean(axis=axis)),
    "deviation": sized(lambda W, axis: W.std(axis=axis)),
    "width": sized(lambda W, axis: np.ptp(W, axis=axis)),
}


def two_nets(rng, sizes=None):
    """(W, V, b, x, z): a layer before and after rounding, and what comes into it."""
    N, n, m = sizes or (int(k) for k in rng.choice([1, 2, 3, 4, 7], size=3))
    W = rng.normal(size=(m, n)) * 10 ** rng.uniform(-1, 1)
    V = W + rng.normal(size=(m, n)) * np.abs(W).max() * rng.choice([0.02, 0.3])
    x = np.maximum(rng.normal(size=(N, n)) + rng.uniform(-0.5, 1), 0)
    z = np.maximum(x + rng.choice([0.0, 0.3, 1]) * rng.normal(size=(N, n)), 0)
    return W, V, rng.normal(size=m), x, z


NETS = (
    (
        np.array([[1.0, -2, 0.5], [3, 0.25, -1]]),
        np.array([[1.0, -1, 0], [3, 0, -1]]),
        np.array([0.5, -1]),
        np.array([[1.0, 2, 0], [0, 1, 3], [2, 0, 1], [1, 1, 1]]),
        np.array([[1.0, 1, 0], [0, 2, 3], [3, 0, 1], [1, 0.5, 1]]),
    ),
    two_nets(RNG, (1, 3, 2)),
    two_nets(RNG, (5, 1, 1)),
    two_nets(RNG, (3, 3, 3)),
    two_nets(RNG, (7, 4, 4)),
)


def bias_by(
    correction=lambda before, after: (before - after).mean(axis=0),
    before=lambda W, V, x, z: x @ W.T,
    after=lambda W, V, x, z: z @ V.T,
    end=lambda b, correction: b + correction,
):
    """The new bias by these."""

    def answer(W, V, b, x, z):
        return end(b, correction(before(W, V, x, z), after(W, V, x, z)))

    return answer


def behind_relu(W, V, b, x, z):
    before, after = (np.maximum(s + b, 0).mean(0) for s in (x @ W.T, z @ V.T))
    return b + before - after
