import numpy as np

from dlcourse.teach.exercise import exercise


def _bowl(rng):
    m, d = (int(k) for k in rng.integers(1, 7, size=2))
    X, t = rng.normal(size=(m, d)) * rng.uniform(0.5, 3), rng.normal(size=m)
    if rng.integers(3) == 0:
        X, t = rng.integers(-4, 5, size=(m, d)), rng.choice([-1, 1], size=m)
    return rng.normal(size=d), X, t, float(rng.uniform(0.01, 1.5))


@exercise(
    section="One direction at a time",
    inputs=_bowl,
    edge_cases=(
        (np.array([1.0, -2]), np.array([[1.0, 2], [3, 4], [5, 7]]), np.ones(3), 0.5),
        (np.array([2.0]), np.array([[3.0]]), np.array([1.0]), 0.1),
        (np.array([0.5, -1, 2]), np.array([[2, -1, 3]]), np.array([4]), 1),
        (np.array([-1.5]), np.array([[2.0], [1], [4], [3]]), np.arange(4.0), 0.25),
    ),
    returns="the new w",
)
def descent_step(w, X, t, lr):
    """w (d,) after one step of gradient descent on J(w) = |X w - t|^2 / (2 m).

    X: (m, d).   t: (m,).   Returns a new array: w stays as it was.
    """
    return w - lr * _gradient(w, X, t)


def _gradient(w, X, t):
    return X.T @ (X @ w - t) / len(X)


def _along(direction):
    """A step along minus direction(w, X, t)."""
    return lambda w, X, t, lr: w - lr * direction(w, X, t)


descent_step.mistake(
    "J is the mean over the rows: twice as many of the same kind, the same step. You "
    "take the sum over the examples, or divide by the number of columns.",
    summed=_along(lambda w, X, t: X.T @ (X @ w - t)),
    by_the_columns=_along(lambda w, X, t: X.T @ (X @ w - t) / X.shape[1]),
)
descent_step.mistake(
    "Off by a factor of 2. What does a square's derivative put in front?",
    doubled=_along(lambda w, X, t: 2 * _gradient(w, X, t)),
    halved=_along(lambda w, X, t: _gradient(w, X, t) / 2),
)
descent_step.mistake(
    "The step goes uphill. One sign is turned: the step's, or that of X w - t.",
    uphill=_along(lambda w, X, t: -_gradient(w, X, t)),
)
descent_step.mistake(
    "Every entry of w moves by the same amount: a mean without `axis=0` is one number. "
    "Each entry has a derivative of its own.",
    one_for_all=_along(lambda w, X, t: np.mean((X @ w - t)[:, None] * X)),
)
descent_step.mistake(
    "You return the gradient or the step. Asked is where it leads: begin at w.",
    gradient_alone=lambda w, X, t, lr: _gradient(w, X, t),
    step_with_its_sign=lambda w, X, t, lr: -lr * _gradient(w, X, t),
)
descent_step.mistake(
    "Only the last example counts in your answer. In a loop over the examples their "
    "gradients *add up* (`+=`).",
    the_last_alone=_along(lambda w, X, t: _gradient(w, X[-1:], t[-1:])),
    the_last_over_m=_along(lambda w, X, t: _gradient(w, X[-1:], t[-1:]) / len(X)),
)


@descent_step.mistake(
    "Your w moves while the gradient is still being worked out, entry after entry. All "
    "of it is taken at the w that was given."
)
def entry_by_entry(w, X, t, lr):
    w = w.copy()
    for j in range(len(w)):
        w[j] -= lr * _gradient(w, X, t)[j]
    return w
