"""Lesson 01: the exercise ``hand_back``."""

import numpy as np

from dlcourse.teach.exercise import exercise

from .unbroadcast import unbroadcast


class Node:
    """What the lesson calls a Tensor, as far as the loop needs it."""

    def __init__(self, data, edges=()):
        self.data, self.edges = data, edges
        self.grad = np.zeros(np.shape(data))


def _arrays(rng):
    n, inputs, outputs = rng.choice(np.arange(2, 7), size=3, replace=False)
    return (
        rng.normal(size=(n, inputs)),
        rng.normal(size=(outputs, inputs)),
        rng.normal(size=outputs),
    )


def _hand_back_all(hand_back, X, W, b):
    """The gradients of L = sum(h h + h), h = tanh(X W^T + b): h is used three times."""
    x, w, bias = Node(X), Node(W), Node(b)
    product = Node(X @ W.T, [(x, lambda G: G @ W), (w, lambda G: G.T @ X)])
    z = Node(product.data + b, [(product, lambda g: g), (bias, lambda g: g)])
    h = Node(np.tanh(z.data), [(z, lambda g: g * (1 - np.tanh(z.data) ** 2))])
    square = Node(h.data**2, [(h, lambda g: g * h.data), (h, lambda g: g * h.data)])
    total = Node(square.data + h.data, [(square, lambda g: g), (h, lambda g: g)])
    L = Node(total.data.sum(), [(total, lambda g: g * np.ones(total.data.shape))])
    L.grad = np.ones(())
    hand_back([x, w, bias, product, z, h, square, total, L])
    named = {"h h + h": total, "h": h, "X W^T + b": z, "b": bias, "W": w, "X": x}
    return {f"gradient of {name}": node.grad for name, node in named.items()}


@exercise(
    section="An engine in sixty lines",
    inputs=_arrays,
    run=_hand_back_all,
    returns="nothing",
)
def hand_back(nodes):
    """Nothing: it fills in .grad of all nodes, of which the last has its own."""
    for node in reversed(nodes):
        for operand, pull_back in node.edges:
            arriving = pull_back(node.grad)
            operand.grad += unbroadcast.reference(arriving, operand.data.shape)


@hand_back.mistake(
    "A node that is used several times keeps only what came last: with = each arrival "
    "replaces the one before. Gradients at a shared node add up: +=."
)
def replaced(nodes):
    for node in reversed(nodes):
        for operand, pull_back in node.edges:
            arriving = pull_back(node.grad)
            operand.grad = unbroadcast.reference(arriving, operand.data.shape)


@hand_back.mistake(
    "You walk from the first node to the last: nodes hand on zeros, because nothing "
    "has arrived yet. The loss is the last node, so begin there."
)
def walked_forwards(nodes):
    for node in nodes:
        for operand, pull_back in node.edges:
            arriving = pull_back(node.grad)
            operand.grad += unbroadcast.reference(arriving, operand.data.shape)


@hand_back.mistake(
    "A gradient does not fit where it arrives: the bias was broadcast over the "
    "examples. Exercise 4 has made the function for that."
)
def not_summed_down(nodes):
    for node in reversed(nodes):
        for operand, pull_back in node.edges:
            operand.grad += pull_back(node.grad)


@hand_back.mistake(
    "A gradient is handed on as it is. Between a node and its operand stands the local "
    "slope: `pull_back(node.grad)` is what arrives."
)
def not_pulled_back(nodes):
    for node in reversed(nodes):
        for operand, _ in node.edges:
            operand.grad += unbroadcast.reference(node.grad, operand.data.shape)


@hand_back.mistake(
    "Nothing has been handed back: all gradients but that of the loss are still 0. Is "
    "what arrives added to `operand.grad`?"
)
def nothing_handed_back(nodes):
    pass
