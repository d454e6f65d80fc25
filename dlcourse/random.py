"""The one random generator from which layers draw, set by :func:`manual_seed`."""

import numpy as np

_generator = np.random.default_rng()


def manual_seed(seed):
    """Start the package's generator anew: the same ``seed``, the same weights.

    The numbers are NumPy's (PCG64), not PyTorch's: to compare the two engines, load one
    model's ``state_dict`` into the other.
    """
    global _generator
    _generator = np.random.default_rng(seed)


def default_generator():
    """The generator that layers draw from when they are given none."""
    return _generator
