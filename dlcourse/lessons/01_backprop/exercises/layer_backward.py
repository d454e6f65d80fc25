import numpy as np

from dlcourse.teach.exercise import exercise


def layers(rng):
    # All different, so that a product of the wrong shapes never fits by chance.
    n, inputs, outputs = rng.choice(np.arange(1, 7), size=3, replace=False)
    return (
        rng.normal(size=(n, outputs)),
        rng.normal(size=(n, inputs)),
        rng.normal(size=(outputs, inputs)),
    )


@exercise(section="A layer at a time", inputs=layers, returns=("dX", "dW", "db"))
def layer_backward(G, X, W):
    """(dX, dW, db) of the layer Y = X W^T + b, from G = dL/dY (N, outputs)."""
    return G @ W, G.T @ X, G.sum(axis=0)


layer_backward.mistake(
    "dX has the shape of an output: X @ W.T is the way *forward*. Backwards it is the "
    "gradient G that goes through W.",
    forward_again=lambda G, X, W: (X @ W.T, G.T @ X, G.sum(axis=0)),
)
layer_backward.mistake(
    "In dX the W need not be transposed: it was transposed on the way forward, X W^T. "
    "G is (N, m), W is (m, n), and dX must be (N, n).",
    transposed_in_dx=lambda G, X, W: (G @ W.T, G.T @ X, G.sum(axis=0)),
)
layer_backward.mistake(
    "dX and dW are exchanged: the results come in the order (dX, dW, db).",
    exchanged=lambda G, X, W: (G.T @ X, G @ W, G.sum(axis=0)),
)
layer_backward.mistake(
    "You divide by the number of examples. Every example used W and b once, and the "
    "gradients of several uses add up: sums. The mean, if there is one, belongs to the "
    "loss, and is already in G.",
    mean_for_bias=lambda G, X, W: (G @ W, G.T @ X, G.mean(axis=0)),
    mean_for_weights=lambda G, X, W: (G @ W, G.T @ X / len(G), G.sum(axis=0)),
    mean_for_both=lambda G, X, W: (G @ W, G.T @ X / len(G), G.mean(axis=0)),
)
layer_backward.mistake(
    "db still has one row for each example: all rows used the same b, so they are "
    "summed.",
    bias_not_summed=lambda G, X, W: (G @ W, G.T @ X, G),
)
layer_backward.mistake(
    "db sums over the outputs. The examples are the rows: sum over axis 0.",
    wrong_axis=lambda G, X, W: (G @ W, G.T @ X, G.sum(axis=1)),
)
layer_backward.mistake(
    "That is the gradient of the last example alone: each turn of the loop replaces "
    "what the one before has found. W and b are used by every example, and the uses "
    "add up: += for both, from zeros.",
    last_in_weights=lambda G, X, W: (G @ W, np.outer(G[-1], X[-1]), G.sum(axis=0)),
    last_in_bias=lambda G, X, W: (G @ W, G.T @ X, G[-1]),
    last_in_both=lambda G, X, W: (G @ W, np.outer(G[-1], X[-1]), G[-1]),
)
