"""What the exercises of lesson 08 are tried on."""

from itertools import pairwise

import numpy as np


def system(rng):
    """(A, B, cutoff): of full rank or a lower one; the cutoff lies between two values.

    So that rounding decides nothing, no singular value is near it.
    """
    n, w = rng.integers(1, 13, size=2)
    r = min(n, w)
    U, V = (np.linalg.qr(rng.normal(size=(m, r)))[0] for m in (n, w))
    s = 10 ** rng.uniform(-1, 1) * np.geomspace(1, rng.uniform(0.02, 0.5), r)
    if r > 1 and rng.integers(2):
        s[rng.integers(1, r) :] = 0
    between = [np.sqrt(a * b) / s[0] for a, b in pairwise(s) if b > 0]
    cutoff = rng.choice(between) if between and rng.integers(2) else 1e-4
    return (U * s) @ V.T, rng.normal(size=(n, rng.integers(1, 5))) * 3, float(cutoff)


def predictions(rng, K, n, d):
    """(fits, y): K models of one bias, and each with a share of its own."""
    size, common, own = 10 ** rng.uniform([-0.5, -1.5, -1], 0.5)
    y = rng.normal(size=(n, d))
    apart = rng.normal(size=(n, d)) * common + rng.normal(size=(K, n, d)) * own
    return size * (y + apart * 10 ** rng.uniform(-0.5, 0.5, d)), size * y


def cross_entropy(z, y):
    """The mean over the rows of the logits z (n, c), y (n,) being the labels."""
    z = z - z.max(axis=1, keepdims=True)
    return np.mean(np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(y)), y])


def chances(z, y):
    """The softmax's probability of each label: 0 where z is far below another."""
    p = np.exp(z - z.max(axis=1, keepdims=True))
    return p[np.arange(len(y)), y] / p.sum(axis=1)


def chance(z, y):
    return np.mean(chances(z, y))


def naive(z, y):
    """cross_entropy, as it overflows."""
    e = np.exp(z)
    return -np.mean(np.log(e[np.arange(len(y)), y] / e.sum(axis=1)))


def naive_logs(z, y):
    return np.mean(np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(y)), y])


def sure(rng):
    """(logits, y, temperatures): none of these is nearly as good as the best."""
    n, c = rng.integers(1, 40), rng.integers(2, 11)
    true = rng.integers(c, size=n)
    logits = rng.normal(size=(n, c)) + rng.uniform(0, 4) * np.eye(c)[true]
    logits *= 10 ** rng.uniform(-0.5, 1)
    logits += rng.choice([0, 0, 3000]) * rng.uniform(-1, 1, (n, 1))
    y = np.where(rng.random(n) < rng.uniform(0, 0.5), rng.integers(c, size=n), true)
    temperatures = 10 ** rng.uniform(-1, 1, rng.integers(1, 10))
    losses = np.array([cross_entropy(logits / T, y) for T in temperatures])
    kept = losses > 1.01 * losses.min() + 0.01
    kept[losses.argmin()] = True
    return logits, y, temperatures[kept]


def moments(rng, m=None, n=None, c=None):
    """(logits, y): a run that grows ever surer, and labels of which some are wrong."""
    m, n, c = m or rng.integers(2, 9), n or rng.integers(1, 40), c or rng.integers(2, 9)
    true, size = rng.integers(c, size=n), np.sort(10 ** rng.uniform(-1, 1.5, m))
    signal = rng.uniform(0, 3, (m, 1, 1)) * np.eye(c)[true]
    y = (true + rng.integers(1, c, size=n) * (rng.random(n) < rng.uniform(0, 0.5))) % c
    return size[:, None, None] * (signal + rng.normal(size=(m, n, c))), y
