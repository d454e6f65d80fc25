"""A matrix, its powers and what grows: inputs, and the parts of answers."""

import numpy as np
from numpy.linalg import cond, eig, eigvals, norm, qr

RNG = np.random.default_rng(12)


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
