import itertools
import operator

import numpy as np

from dlcourse.teach.exercise import exercise

from .unbroadcast import unbroadcast

clock = itertools.count()


class Node:
    """What the lesson calls a Tensor, as far as the loop needs it."""

    def __init__(self, data, *edges):
        self.data, self.edges = data, edges
        self.order, self.grad = next(clock), np.zeros(data.shape)


def graph(rng):
    """L = sum(h h + h) with h = tanh((X + b) W^T), whose h is used three times."""
    n, inputs, outputs = (int(i) for i in rng.choice(np.arange(2, 7), 3, replace=False))
    shape = [(inputs,), (1, inputs), (n, 1), ()][rng.integers(4)]
    X, W, b = (
        Node(np.asarray(rng.normal(size=size)))
        for size in ((n, inputs), (outputs, inputs), shape)
    )
    Y = Node(X.data + b.data, (X, lambda g: g), (b, lambda g: g))
    z = Node(Y.data @ W.data.T, (Y, lambda G: G @ W.data), (W, lambda G: G.T @ Y.data))
    h = Node(np.tanh(z.data), (z, lambda g: g * (1 - h.data**2)))
    square = Node(h.data**2, (h, lambda g: g * h.data), (h, lambda g: g * h.data))
    total = Node(square.data + h.data, (square, lambda g: g), (h, lambda g: g))
    L = Node(total.data.sum(), (total, lambda g: g * np.ones(total.data.shape)))
    L.grad = np.ones(())
    return ([X, W, b, Y, z, h, square, total, L],)


def gradients(hand_back, nodes):
    hand_back(list(nodes))  # whose order it may change
    return {f"nodes[{i}].grad": nodes[i].grad for i in reversed(range(len(nodes)))}


@exercise(
    section="An engine in sixty lines", inputs=graph, run=gradients, returns="nothing"
)
def hand_back(nodes):
    """Nothing: it fills in .grad of all nodes, of which the last has its own."""
    for node in reversed(nodes):
        for operand, pull_back in node.edges:
            arriving = pull_back(node.grad)
            operand.grad += unbroadcast(arriving, operand.data.shape)


def fitting(pull_back, node, operand):
    return unbroadcast(pull_back(node.grad), operand.data.shape)


def loop(order=reversed, arriving=fitting, kept=operator.add):
    """The same with one of its parts exchanged."""

    def answer(nodes):
        for node in order(nodes):
            for operand, pull_back in node.edges:
                g = arriving(pull_back, node, operand)
                operand.grad = kept(operand.grad, g)

    return answer


hand_back.mistake(
    "A node that is used several times keeps only what came last: with = each arrival "
    "replaces the one before. Gradients at a shared node add up: +=.",
    replaced=loop(kept=lambda there, g: g),
)
hand_back.mistake(
    "Only the loss has handed something on. Either you walk from the first node to the "
    "last, so that nodes hand on zeros, because nothing has arrived yet (the loss is "
    "the last node: begin there); or the loops end too early, by a `return` in them.",
    walked_forwards=loop(iter),
)
hand_back.mistake(
    "A gradient does not fit where it arrives: the operand was broadcast. "
    "`summed_to` is there for that; it takes the operand's shape and *returns* the "
    "sum, which is what is to be added to `operand.grad`.",
    not_summed_down=loop(arriving=lambda pull, node, operand: pull(node.grad)),
    in_place=loop(reversed, lambda pull, node, operand: pull(node.grad), operator.iadd),
)
hand_back.mistake(
    "Between a node and its operand stands the local slope: what arrives is "
    "`pull_back(node.grad)`, made from the gradient of the node itself.",
    not_pulled_back=loop(arriving=lambda pull, node, operand: node.grad),
    added_as_it_is=loop(reversed, lambda pull, node, operand: node.grad, operator.iadd),
    from_the_operand=loop(arriving=lambda pull, node, operand: pull(operand.grad)),
)
hand_back.mistake(
    "Nothing has arrived: all gradients but that of the loss are still 0. Only "
    "`operand.grad += ...` keeps what arrives; a sum that is not stored there is lost.",
    nothing_handed_back=loop(kept=lambda there, g: there),
)
