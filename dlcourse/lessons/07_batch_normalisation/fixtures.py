"""What lesson 07 is given to debug, and what its exercises are tried on."""

import numpy as np


def columns(rng, fewest=2, most=40):
    """Examples in rows, (N, C): each column of a size and a mean of its own."""
    n, c = int(rng.integers(fewest, most + 1)), int(rng.integers(1, 10))
    size, mean = 10 ** rng.uniform(-1, 1, c), rng.normal(size=c) * 5
    return rng.normal(size=(n, c)) * size + mean


def scales(rng, c):
    """gamma and beta, (c,): of both signs, and now and then 0."""
    gamma = rng.normal(size=c) * rng.uniform(0.3, 3)
    if rng.integers(3) == 0:
        gamma[rng.integers(c)] = 0
    return gamma, rng.normal(size=c) * 2


def batch(rng):
    """(x, gamma, beta, eps)."""
    x = columns(rng)
    return x, *scales(rng, x.shape[1]), float(10 ** rng.uniform(-5, -1))


def arriving(rng, x=None, gamma=None):
    """(g, x_hat, s, gamma): what the way back is given. Some of g lies along x_hat."""
    x = columns(rng) if x is None else x
    gamma = scales(rng, x.shape[1])[0] if gamma is None else np.array(gamma)
    s = np.sqrt(x.var(axis=0) + 10 ** rng.uniform(-5, -1))
    g = rng.normal(size=x.shape) + rng.normal(size=x.shape[1])
    return g + 0.3 * x / s, (x - x.mean(axis=0)) / s, s, gamma


def arriving_at_the_edge():
    """gamma of 0 and below, as many examples as features, two of them, no variance."""
    rng = np.random.default_rng(70)
    return (
        arriving(rng, rng.normal(size=(4, 3)), [2.0, 0, -3]),
        arriving(rng, rng.normal(size=(3, 3))),
        arriving(rng, np.array([[1.0, 4], [1.5, 3]]), [-2.0, 1]),
        arriving(rng, np.array([[1.0, 5], [1, 7], [1, 0]])),  # a constant column
    )


def epoch(rng):
    """(batches, momentum): the last batch is often a smaller one."""
    x = columns(rng, 7, 40)
    size = int(rng.integers(2, len(x) // 2 + 1))
    batches = [x[i : i + size] for i in range(0, len(x), size)]
    return [b for b in batches if len(b) > 1], float(rng.uniform(0.05, 0.95))


def layer(rng):
    """(W, b, mean, var, gamma, beta, eps): now and then there is no b."""
    outputs, inputs = (int(n) for n in rng.integers(1, 7, size=2))
    gamma, beta = scales(rng, outputs)
    b = None if rng.integers(3) == 0 else rng.normal(size=outputs)
    mean, var = rng.normal(size=outputs) * 2, 10 ** rng.uniform(-1, 1.5, outputs)
    eps = float(10 ** rng.uniform(-5, -1))
    return rng.normal(size=(outputs, inputs)), b, mean, var, gamma, beta, eps
