import numpy as np

from dlcourse.teach.exercise import exercise

from ..fixtures import first, last, pooling_back, ties


def _pool(rng):
    """(g, x, size, stride): x has ties, and is all negative now and then."""
    size, stride = (int(n) for n in rng.integers(1, 4, size=2))
    H, W = (int(n) for n in rng.integers(size, 8, size=2))
    x = rng.integers(-3, 4, size=(H, W)) / 2.0 - (4 if rng.integers(3) == 0 else 0)
    shape = (H - size) // stride + 1, (W - size) // stride + 1
    return rng.normal(size=shape), x, size, stride


X = np.array([[1.0, 3, 3, 0], [3, 2, 3, 5], [-1, -2, 0, 0], [-4, -1, 0, 0]])
G = np.array([[10.0, 20, 30], [40, 50, 60], [70, 80, 90]])


@exercise(
    section="Deeper: The way back of a maximum",
    inputs=_pool,
    edge_cases=(
        (G[:2, :2], X, 2, 2),
        (G, X, 2, 1),
        (G[:2, :2], X - 6, 3, 1),
        (G[:2, :1], X[:, :3], 2, 2),
        (G[:1, :2], -np.ones((2, 5)), 2, 3),
    ),
    trials=20,
    atol=1e-5,
    returns="an array like x",
)
def max_pool_backward(g, x, size, stride):
    """dL/dx (H, W), a new array, where y is the max-pooling of x.   g = dL/dy.

    y[i, j]: the largest entry of the size x size window of x whose corner is
    [stride * i, stride * j]; windows may overlap, or leave gaps. Of equal entries the
    first counts, along the top row of the window first, from left to right.
    """
    return pooling_back()(g, x, size, stride)


max_pool_backward.mistake(
    "Where entries are equal, each of them counts with you: only the first does.",
    all_ties=pooling_back(ties),
    shared=pooling_back(lambda window: ties(window) / ties(window).sum()),
)
max_pool_backward.mistake(
    "That is the way back of a *mean*: the largest entry alone gets g.",
    mean=pooling_back(lambda window: np.ones(window.shape) / window.size),
    all_of_it=pooling_back(lambda window: np.ones(window.shape)),
)
max_pool_backward.mistake(
    "Your largest so far begins at 0: where all are negative none is larger.",
    from_0=pooling_back(lambda window: first(window) * (window.max() > 0)),
    from_corner=pooling_back(lambda window: first(np.maximum(window, 0))),
)
max_pool_backward.mistake(
    "That is the slope of y alone. By the chain rule it is multiplied by g[i, j].",
    slope=lambda g, x, size, stride: pooling_back()(g * 0 + 1, x, size, stride),
)
max_pool_backward.mistake(
    "Within a window rows and columns are exchanged: one reads along the top row.",
    exchanged=pooling_back(lambda window: first(window).T),
    down_first=pooling_back(lambda window: first(window.T).T),
)
max_pool_backward.mistake(
    "An entry may be the largest of several windows: their g add up, +=.",
    overwritten=pooling_back(add=lambda old, new: np.where(new != 0, new, old)),
    window_overwritten=pooling_back(add=lambda old, new: new),
)
max_pool_backward.mistake(
    "Of equal entries you take the last. Is your comparison >= ?",
    last=pooling_back(last),
)
max_pool_backward.mistake(
    "The index counts within its window: the window's corner is to be added.",
    in_window=pooling_back(corner=lambda i, stride: 0),
    no_stride=pooling_back(corner=lambda i, stride: i),
)
