import numpy as np

from dlcourse.teach.exercise import exercise


def functions_and_points(rng):
    A = rng.normal(size=(4, 3))

    def f(x):
        if np.ndim(x) != 1:
            raise ValueError("f takes the whole vector x (n,), with one entry moved")
        return float(np.sum(np.exp(0.5 * np.tanh(x) @ A[:, : x.size].T)))

    x, h = rng.normal(size=int(rng.integers(1, 4))), rng.choice([0.1, 0.03, 0.01])
    return f, x, float(h)


@exercise(section="Deeper: Where a gradient check breaks", inputs=functions_and_points)
def numerical_gradient(f, x, h):
    """The gradient of the scalar function f at x (n,), by centred differences."""
    steps = h * np.eye(x.size)
    return np.array([(f(x + step) - f(x - step)) / (2 * h) for step in steps])


numerical_gradient.mistake(
    "This is a one-sided difference, f(x + h) - f(x) or f(x) - f(x - h), over h: its "
    "error is of order h. The centred one goes h to both sides: its error is of order "
    "h^2.",
    forward=lambda f, x, h: [(f(x + h * e) - f(x)) / h for e in np.eye(x.size)],
    backward=lambda f, x, h: [(f(x) - f(x - h * e)) / h for e in np.eye(x.size)],
)
numerical_gradient.mistake(
    "Far too small: `/ 2 * h` divides by 2 and *multiplies* by h. Python works from "
    "left to right; the divisor needs brackets, / (2 * h).",
    without_brackets=lambda f, x, h: h * h * numerical_gradient(f, x, h),
)
numerical_gradient.mistake(
    "`f(x + s) - f(x - s) / (2 * h)` divides only the second value: brackets round "
    "the difference.",
    second_alone_divided=lambda f, x, h: [
        f(x + h * e) - f(x - h * e) / (2 * h) for e in np.eye(x.size)
    ],
)
numerical_gradient.mistake(
    "The step is not scaled by h: x moves by 1, and the difference is divided by 2h.",
    step_of_one=lambda f, x, h: numerical_gradient(f, x, 1) / h,
)
numerical_gradient.mistake(
    "All entries are moved at once: that is the slope along one direction. Move one "
    "entry at a time.",
    all_at_once=lambda f, x, h: [(f(x + h) - f(x - h)) / (2 * h)] * x.size,
    all_at_once_in_a_number=lambda f, x, h: (f(x + h) - f(x - h)) / (2 * h),
)
numerical_gradient.mistake(
    "An entry that was moved is not put back before the next one is moved: start each "
    "time from the same x.",
    one_copy=lambda f, x, h: [
        (f(x - h * moved + 2 * h * entry) - f(x - h * moved)) / (2 * h)
        for moved, entry in zip(np.tri(x.size), np.eye(x.size), strict=True)
    ],
    one_copy_for_each_side=lambda f, x, h: [
        (f(x + h * moved) - f(x - h * moved)) / (2 * h) for moved in np.tri(x.size)
    ],
)
numerical_gradient.mistake(
    "Always 0. Either the differences are not stored in what you return, or f sees the "
    "same point on both sides: `y = x` makes no copy, only a second name for the same "
    "array, so both nudges land in one; `x.copy()` makes one.",
    alias=lambda f, x, h: np.zeros(x.shape),
)
