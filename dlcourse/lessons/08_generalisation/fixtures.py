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
    size, common, own = 10 ** rng.uniform([-1, -1.5, -1], [1, 0.5, 0.5])
    y = rng.normal(size=(n, d))
    apart = rng.normal(size=(n, d)) * common + rng.normal(size=(K, n, d)) * own
    return size * (y + apart * 10 ** rng.uniform(-0.5, 0.5, d)), size * y
