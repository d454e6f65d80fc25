"""Lesson 01: the exercise ``numerical_gradient``."""

import numpy as np

from dlcourse.teach.exercise import exercise


def _numerical(rng):
    A = rng.normal(size=(4, 3))

    def f(x):
        if np.ndim(x) != 1:
            raise ValueError("f takes the whole vector x (n,), with one entry moved")
        return float(np.sum(np.exp(0.5 * np.tanh(x) @ A[:, : x.size].T)))

    return f, rng.normal(size=int(rng.integers(1, 4))), 1e-3


@exercise(section="Is it right?", inputs=_numerical, rtol=1e-8)
def numerical_gradient(f, x, h):
    """The gradient of the scalar function f at x (n,), by centred differences."""
    gradient = np.zeros(x.shape)
    for i in range(x.size):
        step = np.zeros(x.shape)
        step[i] = h
        gradient[i] = (f(x + step) - f(x - step)) / (2 * h)
    return gradient


@numerical_gradient.mistake(
    "This is the one-sided difference (f(x + h) - f(x)) / h, whose error is of order "
    "h. The centred one goes h to both sides: its error is of order h^2."
)
def one_sided(f, x, h):
    return np.array([(f(x + h * e) - f(x)) / h for e in np.eye(x.size)])


@numerical_gradient.mistake("The sign is turned: it is f at x + h minus f at x - h.")
def turned_round(f, x, h):
    return -numerical_gradient.reference(f, x, h)


@numerical_gradient.mistake(
    "Twice too large: from x - h to x + h the step is 2 h, not h."
)
def divided_by_h(f, x, h):
    return 2 * numerical_gradient.reference(f, x, h)


@numerical_gradient.mistake(
    "All entries are moved at once: that is the slope along one direction. Move one "
    "entry at a time."
)
def all_at_once(f, x, h):
    return np.full(x.shape, (f(x + h) - f(x - h)) / (2 * h))


@numerical_gradient.mistake(
    "An entry that was moved is not put back before the next one is moved: start each "
    "time from the same x."
)
def not_put_back(f, x, h):
    x, gradient = x.copy(), np.zeros(x.shape)
    for i in range(x.size):
        x[i] += h
        above = f(x)
        x[i] -= 2 * h
        gradient[i] = (above - f(x)) / (2 * h)
    return gradient


@numerical_gradient.mistake(
    "Far too small: `/ 2 * h` divides by 2 and *multiplies* by h. Python works from "
    "left to right; the divisor needs brackets, / (2 * h)."
)
def without_brackets(f, x, h):
    return h * h * numerical_gradient.reference(f, x, h)


@numerical_gradient.mistake(
    "Always 0: f sees the same point on both sides. `y = x` makes no copy, only a "
    "second name for the same array, so both nudges land in one; `x.copy()` makes one."
)
def alias(f, x, h):
    return np.zeros(x.shape)


@numerical_gradient.mistake(
    "This is the difference (f(x) - f(x - h)) / h, one-sided too, only to the left. "
    "The centred one goes h to both sides."
)
def backward_difference(f, x, h):
    return np.array([(f(x) - f(x - h * e)) / h for e in np.eye(x.size)])
