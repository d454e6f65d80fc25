r"""The penalty is not the sum of all $|w_j|$, but the length of the whole vector, as a
lecture prints it without a square. Find the $v$ that makes

$$\tfrac12 |v - w|^2 + t\, |v|$$

smallest: $|.|$ is the root of the sum of all squared entries. (Which way does $v$
point? So what is left to be found is one number, its length.)
"""

import numpy as np

from ..soft_threshold import ROW, soft_threshold


def _weights(rng):
    w = rng.normal(size=rng.integers(1, 6, size=rng.integers(1, 4)))
    w *= 10 ** rng.uniform(-1, 1)
    return w, float(np.sqrt(np.sum(w**2)) * rng.choice([0, rng.uniform(0.1, 1.3)]))


@soft_threshold.variant(
    "That is the threshold of the single entries. Here there is one, of all together.",
    inputs=_weights,
    edge_cases=(
        (ROW, 1.0),
        (ROW, 10.0),
        (np.array([[3.0, 0], [0, -4]]), 2.0),
        (np.array([[3.0, 0], [0, -4]]), 5.0),
        *((np.zeros(3), t) for t in (0.5, 0.0)),
        (np.array([[0.5, -1, 2]]), 0.0),
    ),
)
def norm_threshold(w, t):
    """The v, like w, with the smallest |v - w|^2 / 2 + t |v|; |.|: the length of all.

    w: an array of any shape, all 0 perhaps: so is v then.   t: a number, 0 or more.
    """
    length = np.sqrt(np.sum(w**2))
    return w * (1 - t / length) if length > t else np.zeros_like(w)


def _by(factor, length=lambda w: np.sqrt(np.sum(w**2))):
    """w times factor(length, t), which is 0 for the length 0."""
    return lambda w, t: w * (factor(length(w), t) if np.any(w) else 0)


def _right(length, t):
    return max(1 - t / length, 0)


norm_threshold.mistake(
    "Where t is more than |w|, v goes past 0 and comes out on the other side.",
    past_0=_by(lambda length, t: 1 - t / length),
)
norm_threshold.mistake(
    "The length is a *root*: yours is the square, or the sum of the sizes.",
    squared=_by(_right, lambda w: np.sum(w**2)),
    sizes=_by(_right, lambda w: np.sum(np.abs(w))),
    largest=_by(_right, lambda w: np.max(np.abs(w))),
)
norm_threshold.mistake(
    "Above the threshold w stays as it is with you. t |v| pulls there, too.",
    hard=_by(lambda length, t: length > t),
)
norm_threshold.mistake(
    "v never becomes 0 with you: so a *squared* length does, t |v|² or half of it.",
    of_squares=_by(lambda length, t: 1 / (1 + t)),
    of_squares_twice=_by(lambda length, t: 1 / (1 + 2 * t)),
    by_t=_by(lambda length, t: 1 - t),
)
norm_threshold.mistake(
    "What comes out is to be |w| - t long, and points as w does: t has to be divided "
    "by the length.",
    not_divided=_by(lambda length, t: max(length - t, 0)),
)
norm_threshold.mistake(
    "Each row has a threshold of its own with you. It is one for the whole array.",
    rows=lambda w, t: (
        w
        * np.nan_to_num(
            np.maximum(1 - t / np.sqrt(np.sum(w**2, axis=-1, keepdims=True)), 0)
        )
    ),
)
