"""A network over time and the way back: inputs, and the parts of answers."""

import numpy as np
from numpy.linalg import norm

from .matrices import RNG, sized, square


def driven(rng, n=None):
    """(W, h): a state that tanh gave; some of it may be 0, 1 or -1."""
    n = int(rng.integers(1, 7)) if n is None else n
    h = np.tanh(rng.normal(size=n) * rng.choice([0.5, 2]))
    return square(rng, n), np.where(rng.integers(5, size=n), h, rng.integers(-1, 2, n))


def rectified(rng, n=None):
    """(W, h): a state that ReLU gave."""
    W, h = driven(rng, n)
    return W, np.maximum(3 * h, 0)


def run(rng, size=None, W=None, last=None, still=None):
    """(G, h, h0, W) of a net that ran.   last: G is 0 but for the last step.

    still: h0 is 0; not where T is 1, for then dL/dW would be 0.
    """
    T, N, n = size or (int(k) for k in rng.choice([1, 2, 3, 4, 6], size=3))
    last = rng.integers(3) == 0 if last is None else last
    still = rng.integers(4) == 0 if still is None else still
    if W is None:
        W = sized(square(rng, n), float(rng.choice([0, 0.5, 0.5, 1, 1.5])))
    h0 = np.tanh(rng.normal(size=(N, n))) * (T == 1 or not still)
    G, states = rng.normal(size=(T, N, n)), [h0]
    if last:
        G[:-1] = 0
    for x in rng.normal(size=(T, N, n)):
        states.append(np.tanh(states[-1] @ W.T + x))
    return G, np.array(states[1:]), h0, W


RUNS = (
    run(RNG, (3, 2, 3), last=False, still=False),
    run(RNG, (4, 1, 2), last=False, still=False),
    run(RNG, (1, 3, 2), last=False),
    run(RNG, (4, 2, 1), last=True, still=False),
    run(RNG, (5, 3, 4), last=True, still=True),
    run(RNG, (3, 2, 2), np.zeros((2, 2)), last=False, still=False),
    run(np.random.default_rng(60), (4, 2, 2), last=False, still=False),  # shares > 1
)


def before(h, h0):
    """h_{t-1}, for each t."""
    return np.concatenate([h0[None], h[:-1]])


def last_step(G):
    """0 but for its last step."""
    return np.concatenate([0 * G[:-1], G[-1:]])


def slope(h):
    """Of tanh, by its output."""
    return 1 - h**2


def through(
    arrives=lambda G, g, slope: (G + g) * slope,
    slopes=lambda h, h0: slope(h),
    meets=before,
    back=lambda z, W: z @ W,
    carry=lambda g, z, back: back,
    dW=sum,
    dh0=lambda g, z: g,
    order=reversed,
    given=lambda G: G,
    end=lambda dW, dh0, G: (dW, dh0),
):
    """The way back through time, and what may go wrong on it.

    arrives(G_t, g, slope_t): z.   carry(g, z, back): the next g.   dW: of the list of
    all steps' shares, the first is that of the last step.   dh0(g, z): at the end.
    end: of what is returned.
    """

    def backward(G, h, h0, W):
        states, slopes_, G = meets(h, h0), slopes(h, h0), given(G)
        shares, g, z = [], np.zeros_like(h0), None
        if not len(h):
            return end(np.zeros_like(W), g, G)
        for t in order(range(len(h))):
            z = arrives(G[t], g, slopes_[t])
            shares.append(z.T @ states[t])
            g = carry(g, z, back(z, W))
        return end(dW(shares), dh0(g, z), G)

    return backward


def by_lag(
    part=lambda z, states: np.einsum("tni,tnj->ij", z, states),
    back=lambda z, W: z @ W,
    slopes=slope,
    meets=before,
    given=lambda G: G,
    move=lambda back: np.concatenate([back[1:], np.zeros_like(back[:1])]),
):
    """(T, ...): the parts of dL/dW by lag.   move: what comes back, a step back."""

    def parts(G, h, h0, W):
        found, g = [], given(G)
        for _ in h:
            z = g * slopes(h)
            found.append(part(z, meets(h, h0)))
            g = move(back(z, W))
        return np.array(found)

    return parts


def by_step(G, h, h0, W):
    """The parts of dL/dW by the step in which W is used, the last one first."""
    parts, g = [], 0 * h0
    for t in reversed(range(len(h))):
        z = (G[t] + g) * slope(h[t])
        parts.append(z.T @ before(h, h0)[t])
        g = z @ W
    return np.array(parts)


def sizes(parts):
    """The norms of (T, ...)."""
    return np.sqrt((parts.reshape(len(parts), -1) ** 2).sum(axis=1))


def from_lag(parts):
    """The parts of that lag or more, added up."""
    return np.cumsum(parts[::-1], axis=0)[::-1]


def shares(parts=None, far=lambda parts: sizes(from_lag(parts)), of=lambda far: far[0]):
    """far(parts): (T,), divided by of(far)."""
    parts = by_lag() if parts is None else parts

    def answer(G, h, h0, W):
        sizes = far(parts(G, h, h0, W))
        return sizes / of(sizes)

    return answer


def lagged(rng):
    """``run``, where the parts of dL/dW do not nearly cancel."""
    while True:
        arguments = run(rng)
        parts = by_lag()(*arguments)
        if norm(parts.sum(axis=0)) > 0.2 * sizes(parts).sum():
            return arguments
