"""The one random generator from which layers draw, set by :func:`manual_seed`."""

from contextlib import contextmanager
from copy import deepcopy

import numpy as np

_generator = None  # made when it is first needed: loading numpy.random takes time


def manual_seed(seed):
    """Start the package's generator anew: the same ``seed``, the same weights.

    The numbers are NumPy's (PCG64), not PyTorch's: to compare the two engines, load one
    model's ``state_dict`` into the other.
    """
    global _generator
    _generator = np.random.default_rng(seed)


def default_generator():
    """The generator that layers draw from; unseeded until ``manual_seed`` is called."""
    if _generator is None:
        manual_seed(None)
    return _generator


@contextmanager
def fork_rng():
    """What is seeded and drawn in the block is forgotten at its end.

    As ``torch.random.fork_rng``: before it and after it, the same sequence goes on.
    """
    global _generator
    kept, _generator = _generator, deepcopy(_generator)
    try:
        yield
    finally:
        _generator = kept
