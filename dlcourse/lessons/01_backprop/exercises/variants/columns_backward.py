r"""Some courses, and most of mathematics, keep each example in a *column*. A layer is

$$Y = W X + b, \qquad X \in \mathbb{R}^{n \times N},\quad
W \in \mathbb{R}^{m \times n},\quad b \in \mathbb{R}^{m},$$

and b is added to each of the N columns. Write its backward pass. Write the shapes
beside each product.
"""

import numpy as np

from ..layer_backward import layer_backward


def _columns(rng):
    # All different, so that a product of the wrong shapes never fits by chance.
    n, m, N = rng.choice(np.arange(1, 7), size=3, replace=False)
    return rng.normal(size=(m, N)), rng.normal(size=(n, N)), rng.normal(size=(m, n))


@layer_backward.variant(
    "Those are the lesson's products, for examples in rows. Here they are columns: G "
    "is (m, N), X is (n, N), W is (m, n). Which order gives (n, N), which (m, n)?",
    inputs=_columns,
)
def columns_backward(G, X, W):
    """(dX, dW, db) of the layer Y = W X + b, from G = dL/dY.

    G: (m, N).   X: (n, N).   W: (m, n).   Returns (n, N), (m, n), (m,).
    """
    return W.T @ G, G @ X.T, G.sum(axis=1)


columns_backward.mistake(
    "W must be transposed in dX: forward it takes n entries to m, and backward m "
    "entries come to it.",
    not_transposed=lambda G, X, W: (W @ G, G @ X.T, G.sum(axis=1)),
)
columns_backward.mistake(
    "The examples are the columns: db sums over axis 1. Yours sums over the units.",
    wrong_axis=lambda G, X, W: (W.T @ G, G @ X.T, G.sum(axis=0)),
)
columns_backward.mistake(
    "You divide by the number of examples. Every example used W and b once, and the "
    "gradients of several uses add up. The mean, if there is one, is in G already.",
    mean_for_bias=lambda G, X, W: (W.T @ G, G @ X.T, G.mean(axis=1)),
    mean_for_weights=lambda G, X, W: (W.T @ G, G @ X.T / G.shape[1], G.sum(axis=1)),
    mean_for_both=lambda G, X, W: (W.T @ G, G @ X.T / G.shape[1], G.mean(axis=1)),
)
columns_backward.mistake(
    "dW came out transposed: it must have the shape of W, (m, n).",
    transposed_dw=lambda G, X, W: (W.T @ G, X @ G.T, G.sum(axis=1)),
)
columns_backward.mistake(
    "db still has a column for each example, or an axis of length 1: b is (m,).",
    not_summed=lambda G, X, W: (W.T @ G, G @ X.T, G),
    axis_kept=lambda G, X, W: (W.T @ G, G @ X.T, G.sum(axis=1, keepdims=True)),
)
columns_backward.mistake(
    "dX and dW are exchanged: the results come in the order (dX, dW, db).",
    exchanged=lambda G, X, W: (G @ X.T, W.T @ G, G.sum(axis=1)),
)
