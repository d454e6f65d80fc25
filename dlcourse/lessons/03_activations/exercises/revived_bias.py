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
    section="Dead units",
    inputs=_layer,
    edge_cases=(
        (np.array([[1.0], [2]]), np.array([[1.0], [-1]]), np.array([-1.0, 1.5])),
        (np.array([[1.0], [2], [4], [8]]), np.array([[-1.0]]), np.array([-1.0])),
    ),
)
def revived_bias(X, W, b):
    """Biases (m,) with which each dead unit of relu(X W^T + b) is on for half of X.

    A dead unit's Z has median 0 afterwards; the other biases stay as they are.
    """
    return _shifted(_to_median)(X, W, b)


def _shifted(new, dead=lambda Z, b: (Z <= 0).all(axis=0), kept=lambda b: b):
    """The bias new(Z, b) where dead(Z, b), else the old one, kept(b)."""

    def biases(X, W, b):
        Z = X @ W.T + b
        return np.where(dead(Z, b), new(Z, b), kept(b))

    return biases


def _to_median(Z, b):
    return b - np.median(Z, axis=0)


revived_bias.mistake(
    "The median of a dead unit's z is not 0 with your biases: compute Z again with "
    "them and look. Was the shift made the other way, or the old bias lost?",
    wrong_way=_shifted(lambda Z, b: b + np.median(Z, axis=0)),
    old_bias_forgotten=_shifted(lambda Z, b: -np.median(Z, axis=0)),
    set_to_zero=_shifted(lambda Z, b: 0 * b),
)
revived_bias.mistake(
    "You moved units that are on for some examples. They are alive: leave them. Dead "
    "is off for `all` examples, not for `any`, half, or on average.",
    all_units=_shifted(_to_median, lambda Z, b: True),
    off_for_any=_shifted(_to_median, lambda Z, b: (Z <= 0).any(axis=0)),
    off_for_half=_shifted(_to_median, lambda Z, b: np.median(Z, axis=0) <= 0),
    off_on_average=_shifted(_to_median, lambda Z, b: Z.mean(axis=0) <= 0),
)
revived_bias.mistake(
    "The living units lost their biases: yours are 0. They stay as they are: the third "
    "argument of `np.where` is what they get.",
    shift_alone=_shifted(lambda Z, b: -np.median(Z, axis=0), kept=np.zeros_like),
    zero_for_the_living=_shifted(_to_median, kept=np.zeros_like),
)
revived_bias.mistake(
    "Half of the examples lie above the median of the unit's own column: not above "
    "its mean or largest value, nor above the median of all. Of an even number it is "
    "the mean of the two in the middle, as `np.median` has it.",
    mean_of_z=_shifted(lambda Z, b: b - Z.mean(axis=0)),
    upper_middle=_shifted(lambda Z, b: b - np.sort(Z, axis=0)[len(Z) // 2]),
    only_the_largest=_shifted(lambda Z, b: b - Z.max(axis=0)),
    one_median_for_all=_shifted(lambda Z, b: b - np.median(Z)),
)
revived_bias.mistake(
    "A unit whose largest z is exactly 0 stays dead in your answer: at 0 ReLU's output "
    "is 0, and so is its slope. Dead is z <= 0 for every example.",
    below_zero_only=_shifted(_to_median, lambda Z, b: (Z < 0).all(axis=0)),
)
revived_bias.mistake(
    "The biases came back as they were. Did you take the median after the ReLU? There "
    "a dead unit is 0 for every example: take that of z, before.",
    median_after_relu=_shifted(lambda Z, b: b),
)
revived_bias.mistake(
    "You decide who is dead without the bias, or take the median without it. Look at z "
    "= X W^T + b: the bias keeps a dead unit below 0, or lifts a living one above.",
    judged_without_b=_shifted(_to_median, lambda Z, b: (Z - b <= 0).all(axis=0)),
    median_without_b=_shifted(lambda Z, b: b - np.median(Z - b, axis=0)),
    without_b=lambda X, W, b: b + _shifted(_to_median)(X, W, 0 * b),
)
