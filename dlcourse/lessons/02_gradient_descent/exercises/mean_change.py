import numpy as np

from dlcourse.teach.exercise import exercise


def _steps(rng):
    m, d = (int(k) for k in rng.integers(1, 7, size=2))
    G, B = rng.normal(size=(m, d)), rng.normal(size=(d + 1, d))
    kind = rng.integers(3)
    if kind == 0:
        G, B = rng.integers(-4, 5, size=G.shape), rng.integers(-2, 3, size=B.shape)
    elif kind == 1:
        G += rng.normal(scale=3, size=d)  # far from the minimum
    A, lr, down = B.T @ B, float(rng.uniform(0.01, 1)), _lowered(G)
    if abs(lr * _bent(G, A) / 2 - down) < 0.2 * down:
        lr /= 2  # the two terms nearly cancel, which float32 would not survive
    return G, A, lr


@exercise(
    section="Deeper: Unbiased, and downhill on average",
    inputs=_steps,
    edge_cases=(
        (np.array([[1.0, 2], [3, -1], [0, 1]]), np.array([[2.0, 0.5], [0.5, 1]]), 0.1),
        (np.array([[1.0, -2], [-1, 2]]), np.array([[2.0, 0.5], [0.5, 1]]), 0.5),
        (np.array([[1.0, -2, 3]]), np.diag([1.0, 2, 0.5]), 0.25),
        (np.array([[2.0], [-1], [4]]), np.array([[3.0]]), 0.1),
        (np.array([[3]]), np.array([[2]]), 1),
    ),
    returns="the mean change, a number",
)
def mean_change(G, A, lr):
    """The mean change of J over the steps w - lr g_i, for J of curvature A.

    G: (m, d), with g_i in row i; their mean g is J's gradient at w.   A: (d, d).
    """
    return _change()(G, A, lr)


def _lowered(G):
    """|g|^2: what a step goes down by, for each unit of lr."""
    return np.sum(G.mean(axis=0) ** 2)


def _bent(G, A):
    """The mean of g_i^T A g_i."""
    return np.mean(np.sum(G @ A * G, axis=1))


def _change(down=_lowered, up=_bent, half=0.5, power=2):
    """-lr down + half lr^power up."""
    return lambda G, A, lr: -lr * down(G) + half * lr**power * up(G, A)


mean_change.mistake(
    "J(w + e) = J(w) + g . e + e . A e / 2. The second-order term has a half, and e = "
    "-lr g_i stands in it *twice*: so does lr.",
    without_half=_change(half=1),
    rate_once=_change(power=1),
)
mean_change.mistake(
    "Take g_i^T A g_i of each row, then the mean: each step goes along all of g_i. You "
    "average first (`G @ A @ G.T` has all *pairs*): that is *one* step along the mean; "
    "or you take the spread of the g_i about their mean.",
    of_the_mean=_change(up=lambda G, A: _bent(G.mean(axis=0, keepdims=True), A)),
    spread_only=_change(up=lambda G, A: _bent(G - G.mean(axis=0), A)),
)
mean_change.mistake(
    "The first-order term has the mean of |g_i|^2, where that of g . g_i belongs.",
    mean_of_the_squares=_change(lambda G: np.sum(G**2) / len(G)),
)
mean_change.mistake(
    "A sign is turned. The slope lowers J, and the bend of a bowl always lifts it.",
    both_down=_change(half=-0.5),
    both_up=_change(lambda G: -_lowered(G)),
)
mean_change.mistake(
    "Each g_i feels the bend of its direction, g_i^T A g_i, a sum over the row; over "
    "the rows the *mean* is taken. The curvature is missing, or yours has two sums, or "
    "two means.",
    two_sums=_change(up=lambda G, A: len(G) * _bent(G, A)),
    two_means=_change(up=lambda G, A: np.mean(G @ A * G)),
    without_curvature=_change(up=lambda G, A: np.sum(G**2) / len(G)),
)
