"""Lesson 03: the exercise ``revived_bias``."""

import numpy as np

from dlcourse.teach.exercise import exercise


def _dead_layer(rng):
    n, k, m = 2 * int(rng.integers(3, 6)) + 1, int(rng.integers(2, 5)), 6
    X = rng.integers(1, 65, size=(n, k)) / 64
    W, b = rng.normal(size=(m, k)), rng.normal(scale=0.3, size=m)
    W[0], W[3] = -abs(W[0]), -abs(W[3])  # without b both look dead; 3 is alive
    W[1] = abs(W[1])  # without b it looks alive, and is dead
    W[5] = rng.integers(1, 9, size=k) / 4  # eighths and the like: no rounding
    product = X @ W.T
    for unit in (0, 1):  # two are dead, the others on for somebody
        b[unit] = -product[:, unit].max() - rng.uniform(0.5, 2)
    for unit in range(2, 5):
        b[unit] = rng.uniform(0.1, 0.5) - product[:, unit].max()
    b[2] = rng.uniform(0.1, 0.3) - product[:, 2].min()  # one is on for everybody
    b[5] = -product[:, 5].max()  # and of one the largest z is exactly 0: dead
    return X, W, b


@exercise(section="Dead units", inputs=_dead_layer)
def revived_bias(X, W, b):
    """Biases (m,) with which each dead unit of relu(X W^T + b) is on for half of X.

    A dead unit's Z has median 0 afterwards; the other biases stay as they are.
    """
    Z = X @ W.T + b
    dead = (Z <= 0).all(axis=0)
    return np.where(dead, b - np.median(Z, axis=0), b)


@revived_bias.mistake(
    "The sign is turned: a dead unit's Z are all below 0, so their median is negative "
    "and must be taken *off* the bias."
)
def wrong_way(X, W, b):
    Z = X @ W.T + b
    return np.where((Z <= 0).all(axis=0), b + np.median(Z, axis=0), b)


@revived_bias.mistake(
    "You changed the biases of all units. Those that are alive have learned something: "
    "leave them."
)
def all_units(X, W, b):
    return b - np.median(X @ W.T + b, axis=0)


@revived_bias.mistake(
    "The new bias is minus the median of Z, but Z holds the old bias already: shift "
    "the old bias by it."
)
def old_bias_forgotten(X, W, b):
    Z = X @ W.T + b
    return np.where((Z <= 0).all(axis=0), -np.median(Z, axis=0), b)


@revived_bias.mistake(
    "You used the largest Z: then the best example comes just to 0, where ReLU's slope "
    "is still 0. Half of the examples are on if the median comes to 0."
)
def only_the_largest(X, W, b):
    Z = X @ W.T + b
    return np.where((Z <= 0).all(axis=0), b - Z.max(axis=0), b)


@revived_bias.mistake(
    "The bias of a dead unit is set to 0. That may or may not wake it: it depends on "
    "its weights and the examples."
)
def set_to_zero(X, W, b):
    return np.where((X @ W.T + b <= 0).all(axis=0), 0, b)


@revived_bias.mistake(
    "You took the mean: half of the examples lie above the median, not above the mean."
)
def mean_of_z(X, W, b):
    Z = X @ W.T + b
    return np.where((Z <= 0).all(axis=0), b - Z.mean(axis=0), b)


@revived_bias.mistake(
    "A unit whose largest z is exactly 0 stays dead in your answer: at 0 ReLU's output "
    "is 0, and so is its slope. Dead is z <= 0 for every example."
)
def below_zero_only(X, W, b):
    Z = X @ W.T + b
    return np.where((Z < 0).all(axis=0), b - np.median(Z, axis=0), b)


@revived_bias.mistake(
    "np.median(Z) without an axis is one number for all units. Each unit needs the "
    "median of its own column: axis 0 runs over the examples."
)
def one_median_for_all(X, W, b):
    Z = X @ W.T + b
    return np.where((Z <= 0).all(axis=0), b - np.median(Z), b)


@revived_bias.mistake(
    "The biases came back as they were. Did you take the median after the ReLU? There "
    "a dead unit is 0 for every example, and so is its median: take that of z, before."
)
def median_after_relu(X, W, b):
    return b.copy()


@revived_bias.mistake(
    "You moved units that are off for *some* example: `any`. They are alive; dead is "
    "off for `all` of them."
)
def off_for_any(X, W, b):
    Z = X @ W.T + b
    return np.where((Z <= 0).any(axis=0), b - np.median(Z, axis=0), b)


@revived_bias.mistake(
    "You decide who is dead without the bias. Look at z = X W^T + b: it is the bias "
    "that keeps a dead unit below 0, or lifts a living one above."
)
def judged_without_b(X, W, b):
    product = X @ W.T
    dead = (product <= 0).all(axis=0)
    return np.where(dead, b - np.median(product + b, axis=0), b)
