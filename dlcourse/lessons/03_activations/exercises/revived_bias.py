import numpy as np

from dlcourse.teach.exercise import exercise


def _layer(rng):
    n, k, m = (int(k) for k in rng.integers((6, 2, 6), (12, 5, 10)))
    X = rng.integers(1, 65, size=(n, k)) / 64
    W = rng.normal(size=(m, k))
    W[0], W[3] = -abs(W[0]), -abs(W[3])  # without b both look dead; 3 is alive
    W[1] = abs(W[1])  # without b it looks alive, and is dead
    W[2] = rng.integers(1, 9, size=k) / 4  # eighths and the like: no rounding
    low, top = np.sort(X @ W.T, axis=0)[[0, -1]]
    b = rng.uniform(0.1, 0.5, size=m) - top  # on for somebody
    b[:2] -= rng.uniform(1, 2, size=2)  # but two are dead
    b[2] = -top[2]  # so is one whose largest z is exactly 0
    b[4] = rng.uniform(0.1, 0.3) - low[4]  # one is on for everybody
    order = rng.permutation(m)
    return X, W[order], b[order]


@exercise(
    section="Deeper: reviving the dead",
    inputs=_layer,
    edge_cases=(
        (np.array([[1.0], [2]]), np.array([[1.0], [-1]]), np.array([-1.0, 1.5])),
        (np.array([[1.0], [2], [4], [8]]), np.array([[-1.0]]), np.array([-1.0])),
    ),
)
def revived_bias(X, W, b):
    """Biases (m,) with which each dead unit's Z = X W^T + b has median 0."""
    return _shifted(_to_median)(X, W, b)


def _shifted(new, dead=lambda Z, b: (Z <= 0).all(axis=0), kept=lambda b: b):
    """The bias new(Z, b) where dead(Z, b), else the old one, kept(b)."""
    return lambda X, W, b: np.where(dead(Z := X @ W.T + b, b), new(Z, b), kept(b))


def _to_median(Z, b):
    return b - np.median(Z, axis=0)


revived_bias.mistake(
    "A dead unit's z has another median with your biases: compute it and look. Is the "
    "shift made the other way, or the old bias lost?",
    wrong_way=_shifted(lambda Z, b: b + np.median(Z, axis=0)),
    old_bias_forgotten=_shifted(lambda Z, b: -np.median(Z, axis=0)),
)
revived_bias.mistake(
    "You moved units that are on for some examples. They are alive: leave them. Dead "
    "is off for `all` examples, not for `any`, half, or on average.",
    all_units=_shifted(_to_median, lambda Z, b: True),
    off_for_any=_shifted(_to_median, lambda Z, b: (Z <= 0).any(axis=0)),
    off_on_average=_shifted(_to_median, lambda Z, b: Z.mean(axis=0) <= 0),
)
revived_bias.mistake(
    "The living units lost their biases: they are the third argument of `np.where`.",
    shift_alone=_shifted(lambda Z, b: -np.median(Z, axis=0), kept=np.zeros_like),
    zero_for_the_living=_shifted(_to_median, kept=np.zeros_like),
)
revived_bias.mistake(
    "Not the unit's mean or largest value, nor the median of all: its own column's. Of "
    "an even number it is the mean of the two in the middle, as `np.median` has it.",
    mean_of_z=_shifted(lambda Z, b: b - Z.mean(axis=0)),
    upper_middle=_shifted(lambda Z, b: b - np.sort(Z, axis=0)[len(Z) // 2]),
    only_the_largest=_shifted(lambda Z, b: b - Z.max(axis=0)),
    one_median_for_all=_shifted(lambda Z, b: b - np.median(Z)),
)
revived_bias.mistake(
    "A unit whose largest z is exactly 0 stays dead: at 0 ReLU's slope is 0.",
    below_zero_only=_shifted(_to_median, lambda Z, b: (Z < 0).all(axis=0)),
)
revived_bias.mistake(
    "The biases came back as they were. Did you take the median after the ReLU? A dead "
    "unit is 0 there for every example: take that of z, before.",
    median_after_relu=_shifted(lambda Z, b: b),
)
revived_bias.mistake(
    "You decide who is dead without the bias, or take the median without it.",
    judged_without_b=_shifted(_to_median, lambda Z, b: (Z - b <= 0).all(axis=0)),
    median_without_b=_shifted(lambda Z, b: b - np.median(Z - b, axis=0)),
    without_b=lambda X, W, b: b + _shifted(_to_median)(X, W, 0 * b),
)
