"""Above $2/L$ gradient descent on a bowl runs away. But long before that it zigzags: a
step that is too long in some direction jumps *over* the minimum, to the other side.

Give the largest step with which **no** direction jumps over: whatever is left of the
way shrinks and keeps its sign.
"""

import numpy as np

from ..largest_step import largest_step


def _curvatures(X):
    """The eigenvalues of X^T X / m, the smallest first."""
    return np.linalg.eigvalsh(X.T @ X / len(X))


@largest_step.variant(
    "That is 2/L, the limit of what still comes nearer: just below it the steepest "
    "direction jumps over the minimum each time, nearly as far. For which lr is "
    "1 - lr L never below 0?"
)
def straight_step(X):
    """The largest lr with which no direction of the bowl of X jumps over its minimum.

    X: (m, d). The bowl is J(w) = |X w - t|^2 / (2 m).
    """
    return 1 / _curvatures(X)[-1]


straight_step.mistake(
    "This is the limit for the *sum* over the examples. J is their mean.",
    summed=lambda X: 1 / np.linalg.norm(X, 2) ** 2,
)
straight_step.mistake(
    "That is L itself. A direction of curvature L keeps 1 - lr L of its way.",
    L=lambda X: _curvatures(X)[-1],
)
straight_step.mistake(
    "That is made of X's singular value as it is. Its *square* is an eigenvalue of "
    "X^T X.",
    singular_value=lambda X: 1 / np.linalg.norm(X, 2),
    singular_value_over_m=lambda X: len(X) / np.linalg.norm(X, 2),
)
straight_step.mistake(
    "You put the curvatures of all directions together, by their sum or norm (a plain "
    "`np.linalg.norm` takes all entries). The first that jumps is one alone.",
    trace=lambda X: 1 / _curvatures(X).sum(),
    norm=lambda X: 1 / np.linalg.norm(X.T @ X / len(X)),
)
straight_step.mistake(
    "The flattest direction is the last to jump over. Which is the first?",
    smallest=lambda X: 1 / _curvatures(X)[0],
)
straight_step.mistake(
    "You divide by the number of columns. The mean is over the examples: rows.",
    by_the_columns=lambda X: X.shape[1] / np.linalg.norm(X, 2) ** 2,
)
