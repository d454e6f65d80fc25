"""Lesson 01: the exercise ``layer_backward``."""

import numpy as np

from dlcourse.teach.exercise import exercise


def _layer(rng):
    # All different, so that a product of the wrong shapes never fits by chance.
    n, inputs, outputs = rng.choice(np.arange(2, 7), size=3, replace=False)
    return (
        rng.normal(size=(n, outputs)),
        rng.normal(size=(n, inputs)),
        rng.normal(size=(outputs, inputs)),
    )


@exercise(section="A layer at a time", inputs=_layer, returns=("dX", "dW", "db"))
def layer_backward(G, X, W):
    """(dX, dW, db) of the layer Y = X W^T + b, from G = dL/dY (N, outputs)."""
    return G @ W, G.T @ X, G.sum(axis=0)


@layer_backward.mistake(
    "dW is transposed: it must have W's shape (outputs, inputs), so outputs come first."
)
def weight_transposed(G, X, W):
    return G @ W, X.T @ G, G.sum(axis=0)


@layer_backward.mistake(
    "db is a mean over the examples. Every example used b once, and gradients of "
    "several uses add up: it is a sum."
)
def mean_for_bias(G, X, W):
    return G @ W, G.T @ X, G.mean(axis=0)


@layer_backward.mistake(
    "db still has one row for each example: all rows used the same b, so they are "
    "summed."
)
def bias_not_summed(G, X, W):
    return G @ W, G.T @ X, G


@layer_backward.mistake(
    "dW is divided by the number of examples. The mean, if there is one, belongs to "
    "the loss, and is already in G."
)
def divided_by_n(G, X, W):
    return G @ W, G.T @ X / len(G), G.sum(axis=0)


@layer_backward.mistake(
    "db sums over the outputs. The examples are the rows: sum over axis 0."
)
def wrong_axis(G, X, W):
    return G @ W, G.T @ X, G.sum(axis=1)


@layer_backward.mistake(
    "dX has the shape of an output: X @ W.T is the way *forward*. Backwards it is the "
    "gradient G that goes through W."
)
def forward_again(G, X, W):
    return X @ W.T, G.T @ X, G.sum(axis=0)


@layer_backward.mistake(
    "In dX the W need not be transposed: it was transposed on the way forward, X W^T. "
    "G is (N, m), W is (m, n), and dX must be (N, n)."
)
def transposed_in_dx(G, X, W):
    return G @ W.T, G.T @ X, G.sum(axis=0)


@layer_backward.mistake(
    "dX and dW are exchanged: the results come in the order (dX, dW, db)."
)
def exchanged_products(G, X, W):
    return G.T @ X, G @ W, G.sum(axis=0)


@layer_backward.mistake(
    "dW is that of the last example alone: each turn of the loop replaces what the one "
    "before has found. W is used by every example, and the uses add up: +=."
)
def last_example(G, X, W):
    return G @ W, np.outer(G[-1], X[-1]), G.sum(axis=0)


@layer_backward.mistake(
    "dW and db are those of the last example alone: in a loop over the examples both "
    "must *add* (+=) to what is there, from zeros."
)
def last_example_of_both(G, X, W):
    return G @ W, np.outer(G[-1], X[-1]), G[-1]
