"""What Exercises 3, 4 and 6 are tried on: tapes, graphs, networks with a batch."""

import numpy as np

from dlcourse import nn, optim, tensor


def tapes(rng):
    """A random record: inputs may stand anywhere, and some nodes do not reach L."""
    count, tape = int(rng.integers(4, 9)), []
    inputs = {0, *rng.choice(np.arange(1, count - 1), size=2).tolist()}
    made = sorted(set(range(count)) - inputs)
    *_, early, late = [0, 0, *made[:-1]]
    for node in made:
        operands = rng.integers(max(0, node - 3), node, size=rng.integers(1, 4))
        if node == late:
            operands[0] = early
        if node == made[-1]:  # L uses a node twice, and one that its user uses, too
            operands = rng.permutation([early, late, rng.choice([early, late])])
        sizes = rng.uniform(0.5, 2, size=len(operands)).round(1)  # printed as they are
        slopes = sizes * rng.choice([-1, 1])
        edges = zip(operands.tolist(), slopes.tolist(), strict=True)
        tape.append((node, list(edges)))
    return tape, count


def by_breadth(last, edges):
    """Nodes, each once, in the order of a search from ``last`` through a queue."""
    queue = [last]
    for node in queue:  # grows as it is walked
        queue += dict.fromkeys(near for near, _ in edges(node) if near not in queue)
    return queue


def by_depth(last, edges, early=False):
    """The same through a stack; seen is what was taken from it or, early, put there."""
    found, stack = [], [last]
    while stack:
        if (node := stack.pop()) not in found:
            found.append(node)
            near = [operand for operand, _ in edges(node)]
            stack += (
                [i for i in dict.fromkeys(near) if i not in stack] if early else near
            )
    return found


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


def only_once(pull_back):
    """``pull_back``, which refuses a second gradient: memory makes it needless."""
    calls = []

    def once(g):
        if calls and not np.array_equal(calls[0], g):
            raise RuntimeError(
                "this pull_back has been called before, with another gradient; a node "
                "hands on once, when all its users have been visited"
            )
        calls[:] = [np.copy(g)]
        return pull_back(g)

    return once


def networks_and_batches(rng):
    model = nn.Sequential(nn.Linear(5, 4), nn.Tanh(), nn.Linear(4, 3))
    for p in model.parameters():
        p.data[...] = rng.uniform(-0.5, 0.5, size=p.shape)
    optimizer = optim.SGD(model.parameters(), lr=0.5, momentum=0.5)
    n = int(rng.integers(1, 13))
    x = tensor(rng.normal(size=(n, 5)).astype(np.float32))
    y = tensor(rng.integers(3, size=n))
    if rng.random() < 0.5:  # whoever had the model before left gradients in it
        nn.functional.cross_entropy(model(x), y).backward()
    return model, optimizer, x, y
