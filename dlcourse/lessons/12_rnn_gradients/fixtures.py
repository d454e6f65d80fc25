"""What the exercises of lesson 12 are tried on, and what it gives to debug."""

import numpy as np
from numpy.linalg import cond, eig, eigvals, norm, qr

from dlcourse import nn

RNG = np.random.default_rng(12)


def their_lstm(core, bias=3.0):
    """An nn.LSTM for long sequences, as a colleague sets it up; it is changed."""
    core.bias_ih_l0.data[: core.hidden_size] = bias
    return core


# ------------------------------------------------------------------------- one matrix


def orthogonal(rng, n):
    return qr(rng.normal(size=(n, n)))[0]


def square(rng, n):
    """(n, n): of each kind that the lesson has, but for what has no eigenvectors."""
    W = rng.normal(size=(n, n))
    kind = rng.integers(6)
    if kind == 0:
        return W + W.T
    if kind == 1:
        return orthogonal(rng, n)
    if kind == 2:
        return W - W.T  # none of its eigenvalues is real, but 0
    if kind == 3:
        W[:, 0] = 0  # singular
    return W


def sized(W, rho):
    """W, with this largest size of an eigenvalue."""
    largest = np.abs(eigvals(W)).max()
    return W * (rho / largest) if largest > 1e-9 else W


def powers(rng, n=None, t=None):
    """(W, h0, t): the eigenvectors of W are far from dependent."""
    n = int(rng.choice([1, 2, 3, 4, 5, 8])) if n is None else n
    t = int(rng.choice([0, 1, 2, 3, 5, 10, 30])) if t is None else t
    while True:
        W = sized(square(rng, n), rng.uniform(0.7, 1.15))
        if cond(eig(W)[1]) < 30 and cond(eig(W.T)[1]) < 30:
            return W, rng.normal(size=n), t


POWERS = (
    (np.array([[2.0, 1, 0], [0, 1, -1], [0.5, 0, -1]]), np.array([1.0, 2, -1]), 3),
    (np.array([[0, -1], [2, 1]]), np.array([1, 3]), 4),
    (np.array([[0.9, 1, 0], [0, 0.5, 2], [0, 0, 0]]), np.array([1.0, -2, 4]), 0),
    (np.array([[-0.9]]), np.array([2.0]), 5),
    powers(RNG, 5, 30),
    powers(RNG, 4, 1),
    (np.zeros((3, 3)), np.array([1.0, 2, 3]), 2),
)


def eigen(
    of=lambda W: W.T,
    values=lambda values: values,
    vectors=lambda V: V,
    there=np.linalg.solve,
    power=lambda values, t: values**t,
    back=lambda V, a: V @ a,
    decompose=eig,
):
    """there, so many steps for each coordinate, and back; the real part of it."""

    def form(W, h0, t):
        found, V = decompose(of(W))
        V = vectors(V)
        a = power(values(found), t) * there(V, h0)
        return np.asarray(back(V, a)).real

    return form


def stepped(step, more=0):
    """step(W, h), t times and ``more``."""

    def steps(W, h0, t):
        for _ in range(t + more):
            h0 = step(W, h0)
        return 1.0 * h0

    return steps


def growing(rng, n=None, steps=None):
    """(W, g, steps): of any size, and 0 now and then after a few steps."""
    n = int(rng.integers(1, 7)) if n is None else n
    steps = int(rng.choice([1, 2, 3, 10, 40, 300])) if steps is None else steps
    W = square(rng, n) * float(rng.choice([1e-5, 0.1, 0.5, 1, 3, 1e4]))
    if rng.integers(5) == 0:
        W = np.triu(W, 1)
    return W, rng.normal(size=n) * float(rng.choice([1e-3, 1, 50])), steps


SPIRAL = np.array([[1.0, 2], [-0.5, 0.25]])
GROWTHS = (
    (SPIRAL, np.array([3.0, -1]), 4),
    (SPIRAL, np.array([2, 1]), 1),
    (3 * SPIRAL, np.array([0.5, 1]), 2000),
    (SPIRAL / 5, np.array([0.5, 1]), 600),
    (np.array([[-3]]), np.array([0.25]), 700),
    (np.diag([1.2, 0.8]), np.array([0.0, 2]), 50),
    (np.array([[0.0, 2, 1], [0, 0, 4], [0, 0, 0]]), np.array([1.0, 2, 3]), 2),
    (np.array([[0.0, 2, 1], [0, 0, 4], [0, 0, 0]]), np.array([1.0, 2, 3]), 3),
    (np.zeros((2, 2)), np.array([3.0, 4]), 5),
    (1e-15 * SPIRAL, np.array([2.0, 1]), 5),
)


def log_growth(
    step=lambda W, g: W @ g,
    size=norm,
    log=np.log,
    at_first=lambda g, size: g / size(g),
    shrink=lambda g, size: g / size(g),
    at_0=lambda logs, steps: -np.inf,
    rate=lambda logs, steps: sum(logs) / steps,
    more=0,
):
    """The logs of all steps' factors, and what is made of them."""

    def growth(W, g, steps):
        g, logs = at_first(g, size), []
        for _ in range(steps + more):
            g = step(W, g)
            if size(g) == 0:
                return at_0(logs, steps)
            logs.append(log(size(g)))
            g = shrink(g, size)
        return rate(logs, steps)

    return growth


def divided_by_0(logs, steps):
    """What comes out where a length of 0 is noted, and divided by: at_0."""
    return -np.inf if len(logs) + 1 == steps else np.nan


def at_once(power):
    """The logs of what comes out in the end: power(W, g, steps)."""
    return lambda W, g, steps: (
        (np.log(norm(power(W, g, steps))) - np.log(norm(g))) / steps
    )


def rising(rng, steps=None):
    """(W, steps), where no two of the powers are nearly of one norm."""
    steps = int(rng.choice([0, 1, 2, 5, 10, 30, 60])) if steps is None else steps
    while True:
        n = int(rng.choice([1, 2, 3, 4]))
        W = sized(square(rng, n), rng.uniform(0.6, 1.1))
        if rng.integers(2):
            W = np.triu(W) + np.triu(rng.normal(size=(n, n)) * rng.choice([1, 4]), 1)
            W = sized(W, rng.uniform(0.6, 1.0))
        sizes = np.sort(norms(W, steps))[::-1]
        if len(sizes) == 1 or sizes[1] < 0.995 * sizes[0]:
            return W, steps


def all_powers(W, steps, first=0):
    power = np.linalg.matrix_power(1.0 * W, first)
    for _ in range(first, steps + 1):
        yield power
        power = power @ W


def norms(W, steps):
    return [norm(power, 2) for power in all_powers(W, steps)]


def first_fall(sizes):
    falls = np.append(np.diff(sizes) <= 0, True)
    return int(falls.argmax())


SHIFT = np.diag(np.ones(4), 1)
PEAKS = (
    (0.9 * np.eye(5) + SHIFT, 60),
    (np.array([[0.5, 3], [0, 0.25]]), 6),
    (np.array([[0.0, 3], [0.5, 0]]), 6),
    (np.array([[0, 2], [0.5, 0]]), 6),
    (np.array([[0.6, -0.6], [0.6, 0.6]]), 8),
    (np.array([[2, 1], [0, 1]]), 3),
    (np.eye(3), 4),
    (np.array([[-1.0]]), 3),
    (np.zeros((2, 2)), 2),
    (np.array([[0.5, 3], [0, 0.25]]), 0),
)


def settling(rng):
    """(W, steps): the last norm is below 1, and none but the first is near to it."""
    while True:
        W, steps = rising(rng, int(rng.choice([10, 30, 60])))
        sizes = np.array(norms(W, steps))
        if sizes[-1] < 0.99 and np.abs(sizes[1:] - 1).min() > 5e-3:
            return W, steps


# ---------------------------------------------------------------- a network over time


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


# ------------------------------------------------------------------------------ gates


def biased(rng, hidden=None, double=None):
    """(lstm,): each gate has its own bias, or all are small but one."""
    hidden = int(rng.integers(1, 7)) if hidden is None else hidden
    double = bool(rng.integers(2)) if double is None else double
    lstm = nn.LSTM(int(rng.integers(1, 4)), hidden)
    for each in lstm.parameters():
        each.data = rng.normal(size=each.shape).astype(float if double else np.float32)
    if rng.integers(2):
        each = lstm.bias_ih_l0 if rng.integers(2) else lstm.bias_hh_l0
        gate = int(rng.integers(4))
        each.data[gate * hidden : (gate + 1) * hidden] += 3
    return (lstm,)


def biases(lstm, add=lambda ih, hh: ih + hh):
    return add(lstm.bias_ih_l0.data, lstm.bias_hh_l0.data)


def setting(
    rows=lambda h: slice(h, 2 * h),
    ih=lambda b, ih, hh: b - hh,
    hh=lambda b, hh: hh,
    first=lambda ih, hh: None,
):
    """Sets these rows of b_ih and b_hh, after ``first``, which gets all of both."""

    def change(lstm, b):
        one, other = lstm.bias_ih_l0.data, lstm.bias_hh_l0.data
        first(one, other)
        at = rows(lstm.hidden_size)
        one[at] = ih(b, one[at], other[at])
        other[at] = hh(b, other[at])

    return change


def emptied(*biases):
    """Sets all of them to 0."""
    for each in biases:
        each[:] = 0
