"""How much slower this machine is than the one whose seconds are noted.

The same lessons take twice as long on one processor as on another, and on one and the
same at two times of the day. What is noted, and held against the budget, is therefore
the time here, divided by ``pace()``.
"""

import time

import numpy as np

__all__ = ["pace"]

REFERENCE = 0.07  # seconds that ``work`` takes on that machine


def pace(tries=5):
    """The time of a fixed piece of work, the least of ``tries``, over ``REFERENCE``."""
    taken = []
    for _ in range(tries):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken) / REFERENCE


def work():
    """Much like a lesson's: small products, called often. It leaves the engine out."""
    x, W = np.ones((50, 128), np.float32), np.full((128, 128), 1 / 128, np.float32)
    for _ in range(2000):
        h = np.maximum(x @ W, 0)
        W -= 1e-9 * (x.T @ h)
