import numpy as np

from dlcourse.teach.exercise import exercise


def _examples(rng):
    m, d = (int(k) for k in rng.integers(1, 7, size=2))
    X, kind = rng.normal(size=(m, d)), rng.integers(5)
    if kind == 0:  # rank 1
        X = np.outer(rng.normal(size=m), rng.normal(size=d))
    elif kind == 2:
        X = rng.integers(1, 9, size=(m, d)) * rng.choice([-1, 1], size=d)
    elif kind == 3:
        X += rng.normal(scale=3, size=d)  # not centred
    return (X if kind == 2 else X * 10 ** rng.uniform(-3, 3),)


@exercise(
    section="One direction at a time",
    inputs=_examples,
    edge_cases=(
        (np.diag([1.0, 3, 2]),),  # neither the first nor the last is the largest
        (np.array([[3.0]]),),
        (np.array([[1.0, 2, -1, 2]]),),
        (np.array([[2], [-1], [4]]),),
        (np.diag([4.0, 0.0]) + 0.5,),
        (np.array([[1, -1], [2, -2]]),),  # steepest across (1, 1)
        (2 * np.eye(3),),  # all directions alike
        (np.array([[1.0, 2], [3, 4], [5, 7], [-2, 1], [0, 1]]),),
    ),
    returns="the step, a number",
)
def largest_step(X):
    """2/L, where L is the largest eigenvalue of X^T X / m.   X: (m, d)."""
    return 2 / _curvatures(X)[-1]


def _curvatures(X):
    """The eigenvalues of X^T X / m, the smallest first."""
    return np.linalg.eigvalsh(X.T @ X / len(X))


largest_step.mistake(
    "That is made of X's singular value as it is. Its *square* is an eigenvalue of "
    "X^T X: try it on one column, where J is a parabola that you can differentiate.",
    singular_value=lambda X: 2 / np.linalg.norm(X, 2),
)
largest_step.mistake(
    "This is the limit for the *sum* over the examples, or you divide by the number of "
    "columns. J is the mean over the examples: rows.",
    summed=lambda X: 2 / np.linalg.norm(X, 2) ** 2,
    by_the_columns=lambda X: 2 * X.shape[1] / np.linalg.norm(X, 2) ** 2,
)
largest_step.mistake(
    "That is L, or twice L. How long may a step be in a direction of curvature L?",
    L=lambda X: _curvatures(X)[-1],
    two_L=lambda X: 2 * _curvatures(X)[-1],
)
largest_step.mistake(
    "`eigh` returns two things, eigenvalues and eigenvectors. The curvatures are the "
    "first; yours are made of the second.",
    of_the_vectors=lambda X: 2 / np.linalg.eigh(X.T @ X / len(X))[1],
    of_the_vectors_largest=lambda X: 2 / np.linalg.eigh(X.T @ X / len(X))[1].max(),
)
largest_step.mistake(
    "Off by a factor of 2: too small, and safe, or too large. A step multiplies what "
    "is left by 1 - lr L: down to which value of that does it still shrink?",
    one_over_L=lambda X: 1 / _curvatures(X)[-1],
    four_over_L=lambda X: 4 / _curvatures(X)[-1],
)
largest_step.mistake(
    "One direction alone goes wrong first. You take the curvatures of all directions "
    "together (by a sum, or by `np.linalg.norm`), or that of the flattest direction, "
    "or the first or last of `np.linalg.eigvals`, which come in no order.",
    trace=lambda X: 2 / _curvatures(X).sum(),
    norm=lambda X: 2 / np.linalg.norm(X.T @ X / len(X)),
    smallest=lambda X: 2 / _curvatures(X)[0],
    first_of_eigvals=lambda X: 2 / np.linalg.eigvals(X.T @ X / len(X))[0],
    last_of_eigvals=lambda X: 2 / np.linalg.eigvals(X.T @ X / len(X))[-1],
)
largest_step.mistake(
    "You took the means of the columns off. The bowl is made of X as it is.",
    centred=lambda X: 2 / _curvatures(X - X.mean(axis=0))[-1],
)
