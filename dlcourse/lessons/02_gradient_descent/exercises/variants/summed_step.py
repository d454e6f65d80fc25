r"""Older books write the least-squares cost as a *sum*, and without a half:

$$J(w) = |X w - t|^2 = \sum_{i=1}^{m} (x_i \cdot w - t_i)^2 .$$

Write one step of gradient descent on it. (And think: what must the rate do when there
are twice as many data?)
"""

import numpy as np

from ..descent_step import descent_step


def _gradient(w, X, t):
    return 2 * X.T @ (X @ w - t)


def _along(direction):
    return lambda w, X, t, lr: w - lr * direction(w, X, t)


@descent_step.variant(
    "That is a step on the lesson's J, the *mean* with its half, 1/(2m). This J is a "
    "sum without either: its gradient is 2m times as long."
)
def summed_step(w, X, t, lr):
    """w (d,) after one step of gradient descent on J(w) = |X w - t|^2.

    X: (m, d).   t: (m,).   Returns a new array: w stays as it was.
    """
    return w - lr * _gradient(w, X, t)


summed_step.mistake(
    "The 2 is missing: the derivative of a square brings it down, and no half meets it "
    "in this J.",
    without_two=_along(lambda w, X, t: _gradient(w, X, t) / 2),
)
summed_step.mistake(
    "You divide by the number of examples. This J is a sum: with twice as many "
    "examples of the same kind its step is twice as long.",
    mean=_along(lambda w, X, t: _gradient(w, X, t) / len(X)),
)
summed_step.mistake(
    "The step goes uphill: J grows. One sign is turned: the one in front of the step, "
    "or that of the residual, X w - t.",
    uphill=_along(lambda w, X, t: -_gradient(w, X, t)),
)
summed_step.mistake(
    "Every entry of w moves by the same amount: a sum without `axis=0` is one number. "
    "Each entry has a derivative of its own.",
    one_for_all=_along(lambda w, X, t: 2 * np.sum((X @ w - t)[:, None] * X)),
)
summed_step.mistake(
    "You return the gradient, or the step. Asked is where it leads: begin at w.",
    gradient_alone=lambda w, X, t, lr: _gradient(w, X, t),
    step_with_its_sign=lambda w, X, t, lr: -lr * _gradient(w, X, t),
)
summed_step.mistake(
    "Only the last example counts in your answer: in a loop the gradients *add up*.",
    the_last_alone=_along(lambda w, X, t: 2 * X[-1] * (X[-1] @ w - t[-1])),
)
