"""What the exercises of lesson 09 are tried on, and what it gives to debug."""

import operator

import numpy as np

from dlcourse import nn
from dlcourse.random import default_generator

RUNS = (
    np.array([2.0, 1, 1, 1, 0.5]),
    np.array([3.0, 2, 4, 3, 5, 1, 6, 6, 0]),
    np.array([5.0, 4, 4.5, 4.25, 3, 3.5, 2, 2.5, 2.25, 2.125, 1]),
)


class HandmadeDropout(nn.Module):
    """Dropout as a colleague wrote it, with two faults, unless told otherwise.

    Only x and y tell which: no attribute has the name of a fault.
    """

    def __init__(self, p=0.5, in_evaluation=True, one_mask=True):
        super().__init__()
        self.p, self._as_told = p, (in_evaluation, one_mask)

    def forward(self, x):
        in_evaluation, one_mask = self._as_told
        if not (self.training or in_evaluation):
            return x
        shape = (1, x.shape[1]) if one_mask else x.shape
        mask = default_generator().random(shape) >= self.p
        mask = np.broadcast_to(mask, x.shape)
        return nn.functional.dropout(x, self.p, True, mask=mask)


def losses(rng):
    """(losses, patience): noise on a curve, in eighths, so that some are equal."""
    n, noise = int(10 ** rng.uniform(0, 1.78)), rng.uniform(0.05, 0.6)
    t = np.linspace(0, 1, n)
    if rng.integers(8) == 0:  # always falling
        return 2 - t, int(rng.integers(1, 10))
    curve = 8 * (t - rng.uniform(0, 1)) ** 2 + noise * rng.normal(size=n).cumsum() / 3
    curve += noise * rng.normal(size=n)
    return np.round(8 * (curve - curve.min() + 0.5)) / 8, int(rng.integers(1, 10))


def index(found):
    """What was found; where it is 3.0 for 3, the error that an index of 3.0 raises."""
    whole = isinstance(found, float | np.floating) and found.is_integer()
    return operator.index(found) if whole else found


def lower(loss, best, last):
    return loss < best


FALLS, NO_RISE = lambda x, best, last: x < last, lambda x, best, last: x <= last
EQUAL, AT_ONCE = lambda x, best, last: x <= best, lambda count, patience: count > 0


def stopping(
    better=lower,
    reset=lower,
    enough=lambda count, patience: count >= patience,
    again=0,
    begin=0,
):
    """Early stopping. By ``reset``, the count becomes ``again`` times what it was."""

    def run(losses, patience):
        best, count = 0, begin
        for i in range(1, 1 if enough(begin, patience) else len(losses)):
            seen = losses[i], losses[best], losses[i - 1]
            count = again * count if reset(*seen) else count + 1
            best = i if better(*seen) else best
            if enough(count, patience):
                break
        return best

    return run


def layer(rng, shape=None, p=None, training=None):
    """(x, g, p, mask, training): some of x is 0, as behind ReLU, and kept or not."""
    shape = shape or tuple(rng.integers(1, 7, size=2))
    p = float(rng.choice([0, 1, *rng.uniform(0.1, 0.9, size=8)])) if p is None else p
    x, g, chance = rng.normal(size=shape), rng.normal(size=shape), rng.random(shape)
    training = bool(rng.integers(3)) if training is None else training
    return x * (rng.random(shape) > 0.25), g, p, chance >= p, training
