"""Lesson 01: the exercise ``tent_weights``."""

import numpy as np

from dlcourse.teach.exercise import exercise


def _point(rng):
    return (round(float(rng.uniform(0, 1)), 2),)


def _run_network(weights, x):
    given = weights()
    if given is None:
        return None
    W1, b1, W2, b2 = (np.asarray(part, dtype=float) for part in given)
    for name, part, shape in (
        ("W1", W1, (2, 1)),
        ("b1", b1, (2,)),
        ("W2", W2, (1, 2)),
        ("b2", b2, (1,)),
    ):
        if part.shape != shape:
            raise ValueError(f"{name} expects shape {shape}, got {part.shape}")
    return (np.maximum([x] @ W1.T + b1, 0) @ W2.T + b2).item()


@exercise(
    section="Deep against wide",
    inputs=_point,
    edge_cases=[(0.0,), (0.25,), (0.5,), (0.75,), (1.0,)],
    run=_run_network,
    returns="(W1, b1, W2, b2), nested lists of numbers",
)
def tent_weights():
    """(W1 (2, 1), b1 (2,), W2 (1, 2), b2 (1,)) of two ReLUs that make the tent."""
    return [[1], [1]], [0, -0.5], [[2, -4]], [0]


@tent_weights.mistake(
    "After the bend your function is flat: the second unit must turn the slope from +2 "
    "to -2, a change of -4."
)
def flat_after_the_bend():
    return [[1], [1]], [0, -0.5], [[2, -2]], [0]


@tent_weights.mistake(
    "There is no bend at 1/2: the second unit is relu(x + 1/2), which is never off for "
    "x above 0. For a bend at 1/2 the bias is -1/2."
)
def bend_at_minus_half():
    return [[1], [1]], [0, 0.5], [[2, -4]], [0]


@tent_weights.mistake(
    "The shape is right but half as high: at 1/2 the tent is 1, so the slope is 2."
)
def half_as_high():
    return [[1], [1]], [0, -0.5], [[1, -2]], [0]


@tent_weights.mistake("The tent hangs upside down: first up, then down.")
def upside_down():
    return [[1], [1]], [0, -0.5], [[-2, 4]], [0]


@tent_weights.mistake(
    "After the bend it climbs twice as fast: both units push up. The second unit must "
    "take off the first one's slope of 2, and 2 more: its weight in W2 is -4."
)
def both_up():
    return [[1], [1]], [0, -0.5], [[2, 2]], [0]


@tent_weights.mistake(
    "The second unit wakes at x = 1, the end of the interval: it is relu(x - 1). The "
    "bend is at 1/2."
)
def bend_at_one():
    return [[1], [1]], [0, -1], [[2, -4]], [0]


@tent_weights.mistake(
    "Both units bend at 0, so the sum has no bend at 1/2: a unit relu(x + b) bends "
    "where x + b = 0. One of them needs another bias."
)
def without_bias():
    return [[1], [1]], [0, 0], [[2, -4]], [0]
