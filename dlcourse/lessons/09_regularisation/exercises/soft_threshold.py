import numpy as np

from dlcourse.teach.exercise import exercise

ROW = np.array([3.0, -2, 0.5, -0.25, 1, -1, 0])


def _weights(rng):
    w = rng.normal(size=rng.integers(1, 6, size=rng.integers(1, 4)))
    w *= 10 ** rng.uniform(-1, 1)
    kind = rng.integers(5)
    if kind == 0:
        return w, 0.0
    if kind == 1:  # one lies at t, and one at -t
        w.flat[rng.integers(w.size)] *= -1
        return w, float(abs(w.flat[rng.integers(w.size)]))
    return w, float(np.abs(w).mean() * 10 ** rng.uniform(-1, 0.3))


@exercise(
    section="Weights that are 0",
    inputs=_weights,
    edge_cases=(
        (ROW, 1.0),
        (ROW, 0.0),
        (ROW, 10.0),
        (ROW[:6].reshape(2, 3), 0.5),
        (np.array([-2.0]), 0.5),
    ),
    returns="an array like w",
)
def soft_threshold(w, t):
    """For each entry of w, the v with the smallest (v - w)^2 / 2 + t |v|.

    w: an array of any shape.   t: a number, 0 or more.
    """
    return np.sign(w) * np.maximum(np.abs(w) - t, 0)


def _kept(new):
    """new(w, t) where |w| is above t, else 0."""
    return lambda w, t: np.where(np.abs(w) > t, new(w, t), 0)


soft_threshold.mistake(
    "What is above t stays with you: a *hard* threshold. t |v| pulls at large v, too.",
    hard=_kept(lambda w, t: w),
    hard_by_steps=lambda w, t: np.where(np.abs(w) < t, 0.0, w),
)
soft_threshold.mistake(
    "The sign is lost: a negative w has a negative v.",
    no_sign=lambda w, t: np.maximum(np.abs(w) - t, 0),
)
soft_threshold.mistake(
    "Negative entries all become 0 with you: -3 is as large as 3.",
    positive_only=lambda w, t: np.maximum(w - t, 0),
    negative_kept_below=lambda w, t: np.where(w > t, w - t, 0),
)
soft_threshold.mistake(
    "Negative entries move the wrong way, away from 0: t pulls *towards* 0.",
    less_t=_kept(lambda w, t: w - t),
    less_t_everywhere=lambda w, t: w - t,
)
soft_threshold.mistake(
    "Small entries go past 0, and come out with the other sign. They stop at 0.",
    past_0=lambda w, t: np.sign(w) * (np.abs(w) - t),
    past_0_by_two_cases=lambda w, t: np.where(w > 0, w - t, w + t),
)
soft_threshold.mistake(
    "Small entries stay as they are, and are to be 0. np.clip gives what is taken off.",
    small_kept=lambda w, t: np.where(np.abs(w) > t, w - t * np.sign(w), w),
    clipped=lambda w, t: np.clip(w, -t, t),
)
soft_threshold.mistake(
    "All entries become smaller by a factor, and none 0. So t v² / 2 does, not t |v|.",
    of_squares=lambda w, t: w / (1 + t),
    of_squares_twice=lambda w, t: w / (1 + 2 * t),
    by_t=lambda w, t: w * (1 - t),
)
soft_threshold.mistake(
    "By how much do the large ones move? (v - w)² / 2 has the slope v - w, with no 2.",
    halved=lambda w, t: np.sign(w) * np.maximum(np.abs(w) - t / 2, 0),
    doubled=lambda w, t: np.sign(w) * np.maximum(np.abs(w) - 2 * t, 0),
)
