import operator

import numpy as np

from dlcourse.teach.exercise import exercise

from .unbroadcast import unbroadcast


class Tensor:
    """The lesson's, as far as the loop needs it; ``name`` is for messages."""

    def __init__(self, name, data, edges, order):
        self.name, self.data, self.edges = name, np.asarray(data), edges
        self.order, self.grad = order, np.zeros(self.data.shape)


def graph(rng):
    """L = sum(u h + h): h = tanh((X c + b) W^T), u = h or some tanh of it.

    The layer is square in some graphs: there gradients that do not belong fit, too.
    """
    square = int(rng.integers(2, 5))
    n, m, k = [square] * 3 if rng.random() < 0.3 else rng.integers(1, 5, 3).tolist()
    nodes = []

    def node(name, data, *edges):
        edges = [edges[i] for i in rng.permutation(len(edges))]
        nodes.append(Tensor(name, data, edges, len(nodes)))
        return nodes[-1]

    def times(name, a, b):
        edges = (a, lambda g: g * b.data), (b, lambda g: g * a.data)
        return node(name, a.data * b.data, *edges)

    def plus(name, a, b):
        return node(name, a.data + b.data, (a, lambda g: g), (b, lambda g: g))

    def tanh(name, z):
        a = np.tanh(z.data)
        return node(name, a, (z, lambda g: g * (1 - a**2)))

    X, W = node("X", rng.normal(size=(n, m))), node("W", rng.normal(size=(k, m)))
    shapes = [(m,), (1, m), (n, 1), (), (n, m)]
    c, b = (node(name, rng.normal(size=shapes[rng.integers(5)])) for name in "cb")
    Y = plus("X c + b", times("X c", X, c), b)
    edges = (Y, lambda G: G @ W.data), (W, lambda G: G.T @ Y.data)
    h = u = tanh("h, which is used three times", node("z", Y.data @ W.data.T, *edges))
    for step in range(rng.integers(3)):
        u = tanh(f"u{step}", u)
    total = plus("u h + h", times("u h", u, h), h)
    L = node("L", total.data.sum(), (total, lambda g: g * np.ones(total.data.shape)))
    L.grad = np.ones(())
    return (nodes,)


def gradients(hand_back, nodes):
    hand_back(list(nodes))  # whose order it may change
    return {f"the gradient of {node.name}": node.grad for node in reversed(nodes)}


@exercise(
    section="An engine in sixty lines",
    inputs=graph,
    run=gradients,
    trials=24,
    returns="nothing",
)
def hand_back(nodes):
    """Nothing: it fills in .grad of all nodes, of which the last has its own."""
    for node in reversed(nodes):
        for operand, pull_back in node.edges:
            arriving = pull_back(node.grad)
            operand.grad += unbroadcast(arriving, operand.data.shape)


def fitting(pull_back, node, operand):
    return unbroadcast(pull_back(node.grad), operand.data.shape)


def from_the_operand(pull_back, node, operand):
    return unbroadcast(pull_back(operand.grad), operand.data.shape)


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


def by_breadth(nodes):
    queue = [nodes[-1]]
    for node in queue:  # grows as it is walked
        queue += dict.fromkeys(near for near, _ in node.edges if near not in queue)
    return queue


hand_back.mistake(
    "A node hands on before all its users have been visited, so that what comes later "
    "is not carried further. In `nodes` the users of a node stand behind it: walk from "
    "the last to the first.",
    by_breadth=loop(by_breadth),
)
hand_back.mistake(
    "A gradient does not fit where it arrives: the operand was broadcast. "
    "`summed_to` is there for that; it takes the operand's shape and *returns* the "
    "sum, which is what is to be added to `operand.grad`.",
    not_summed_down=loop(arriving=lambda pull, node, operand: pull(node.grad)),
    in_place=loop(reversed, lambda pull, node, operand: pull(node.grad), operator.iadd),
)


def summed_first(pull_back, node, operand):
    return pull_back(unbroadcast(node.grad, operand.data.shape))


hand_back.mistake(
    "You sum first and pull back afterwards: the slope differs from copy to copy, so "
    "each copy's gradient is pulled back with its own, and the sum comes last.",
    summed_first=loop(arriving=summed_first),
    summed_first_in_place=loop(reversed, summed_first, operator.iadd),
)
hand_back.mistake(
    "Between a node and its operand stands the local slope: what arrives is "
    "`pull_back(node.grad)`, made from the gradient of the node itself.",
    not_pulled_back=loop(arriving=lambda pull, node, operand: node.grad),
    added_as_it_is=loop(reversed, lambda pull, node, operand: node.grad, operator.iadd),
    from_the_operand=loop(arriving=from_the_operand),
    from_the_operand_in_place=loop(reversed, from_the_operand, operator.iadd),
)
hand_back.mistake(
    "Nothing has arrived: all gradients but that of the loss are still 0. Does "
    "the loop run, and does it begin with the last node, the loss? Is what arrives "
    "stored in `operand.grad`?",
    nothing_handed_back=loop(kept=lambda there, g: there),
    without_the_loss=loop(lambda nodes: reversed(nodes[:-1])),
)
