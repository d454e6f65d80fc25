"""The exercises of lesson 01's first half: gradients by hand, by tape, by nudging."""

import numpy as np

from dlcourse.teach.exercise import exercise

LESSON = "01 Backprop"


# ------------------------------------------------------------- the chain rule by hand


@exercise(
    LESSON,
    section="One number at a time",
    inputs=lambda rng: tuple(rng.uniform(-1.5, 1.5, size=4)),
    returns=("dL/dw", "dL/dx", "dL/db"),
)
def chain_rule(w, x, b, y):
    """The three slopes dL/dw, dL/dx, dL/db of L = (tanh(w x + b) - y)^2, as floats."""
    a = np.tanh(w * x + b)
    slope = 2 * (a - y) * (1 - a**2)
    return slope * x, slope * w, slope


@chain_rule.mistake(
    "The slope of tanh is missing: the path from L to w leads through the tanh, so its "
    "slope 1 - tanh(z)^2 is one of the factors."
)
def without_tanh_slope(w, x, b, y):
    slope = 2 * (np.tanh(w * x + b) - y)
    return slope * x, slope * w, slope


@chain_rule.mistake(
    "You took 1 - z^2 for the slope of tanh. It is 1 - tanh(z)^2: the square of the "
    "output, not of the input."
)
def slope_of_the_input(w, x, b, y):
    z = w * x + b
    slope = 2 * (np.tanh(z) - y) * (1 - z**2)
    return slope * x, slope * w, slope


@chain_rule.mistake(
    "Everything is half of what it should be: the slope of u^2 is 2u, not u."
)
def without_the_two(w, x, b, y):
    return tuple(s / 2 for s in chain_rule.reference(w, x, b, y))


@chain_rule.mistake(
    "All signs are turned: the error is tanh(z) - y, prediction minus target."
)
def turned_sign(w, x, b, y):
    return tuple(-s for s in chain_rule.reference(w, x, b, y))


@chain_rule.mistake(
    "dL/dw and dL/dx are exchanged: the slope of w x with respect to w is x, the other "
    "factor."
)
def exchanged(w, x, b, y):
    dw, dx, db = chain_rule.reference(w, x, b, y)
    return dx, dw, db


# ------------------------------------------------------------------ one layer, backward


def _layer(rng):
    n, inputs, outputs = rng.integers(2, 6, size=3)
    return (
        rng.normal(size=(n, outputs)),
        rng.normal(size=(n, inputs)),
        rng.normal(size=(outputs, inputs)),
    )


@exercise(
    LESSON, section="A layer at a time", inputs=_layer, returns=("dX", "dW", "db")
)
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


# ---------------------------------------------------------------- backward over a tape


def _tape(rng):
    """A random record: each node but the first two is made from one or two earlier."""
    count = int(rng.integers(4, 9))
    tape = []
    for node in range(2, count):
        operands = rng.integers(max(0, node - 3), node, size=rng.integers(1, 3))
        if node == 3:
            operands = np.array([2, 2])  # a node used twice by the same operation
        if node == 2:
            operands = np.array([0, 1])
        slopes = rng.uniform(0.5, 2, size=len(operands)) * rng.choice([-1, 1])
        tape.append(
            (node, [(int(p), float(s)) for p, s in zip(operands, slopes, strict=True)])
        )
    return tape, count


@exercise(LESSON, section="The chain rule with memory", inputs=_tape)
def sweep(tape, count):
    """Gradients dL/d(node) for the nodes 0 to count-1, where L is the last node."""
    gradients = [0.0] * count
    gradients[-1] = 1.0
    for node, operands in reversed(tape):
        for operand, slope in operands:
            gradients[operand] += slope * gradients[node]
    return gradients


@sweep.mistake(
    "A node that is used twice keeps only one of its gradients: with = the second "
    "replaces the first. Gradients at a shared node add up: +=."
)
def overwritten(tape, count):
    gradients = [0.0] * count
    gradients[-1] = 1.0
    for node, operands in reversed(tape):
        for operand, slope in operands:
            gradients[operand] = slope * gradients[node]
    return gradients


@sweep.mistake(
    "You walk the tape forwards. A node's gradient is complete only when everything "
    "made from it has been visited: walk from the last to the first."
)
def forwards(tape, count):
    gradients = [0.0] * count
    gradients[-1] = 1.0
    for node, operands in tape:
        for operand, slope in operands:
            gradients[operand] += slope * gradients[node]
    return gradients


@sweep.mistake("Everything is 0: the sweep must start with dL/dL = 1 at the last node.")
def not_seeded(tape, count):
    return [0.0] * count


@sweep.mistake(
    "The sweep starts with the 1 at node 0. It is dL/dL = 1, so it belongs to the last "
    "node, L itself."
)
def seeded_at_the_input(tape, count):
    gradients = [0.0] * count
    gradients[0] = 1.0
    for node, operands in reversed(tape):
        for operand, slope in operands:
            gradients[operand] += slope * gradients[node]
    return gradients


@sweep.mistake(
    "Slopes along a path are multiplied, not added: what arrives is slope * the "
    "gradient of the node."
)
def slopes_added(tape, count):
    gradients = [0.0] * count
    gradients[-1] = 1.0
    for node, operands in reversed(tape):
        for operand, slope in operands:
            gradients[operand] += slope + gradients[node]
    return gradients


# ------------------------------------------------------ debug this: broadcast gradients


def _broadcast(rng):
    n, k = (int(i) for i in rng.integers(2, 6, size=2))
    shapes = [(k,), (n, 1), (1, k), (), (n, k), (1, 1), (1,)]
    shape = shapes[int(rng.integers(len(shapes)))]
    return rng.normal(size=(n, k)), shape


@exercise(LESSON, section="Broadcasting", inputs=_broadcast, trials=24)
def unbroadcast(gradient, shape):
    """The gradient summed down to ``shape``, which was broadcast to its shape."""
    added = gradient.ndim - len(shape)
    gradient = gradient.sum(axis=tuple(range(added)))
    repeated = tuple(i for i, n in enumerate(shape) if n == 1)
    return gradient.sum(axis=repeated, keepdims=True)


@unbroadcast.mistake(
    "Axes that were added in front are summed, but not those of length 1 that were "
    "repeated: try shape (3, 1) against a gradient (3, 4)."
)
def only_added_axes(gradient, shape):
    return gradient.sum(axis=tuple(range(gradient.ndim - len(shape))))


@unbroadcast.mistake(
    "You take means. Each of the k copies contributes to the loss, so their k "
    "gradients are added: sums."
)
def means(gradient, shape):
    size = gradient.size / max(1, np.prod(shape))
    return unbroadcast.reference(gradient, shape) / size


@unbroadcast.mistake(
    "The summed axis is gone: keep it with length 1 (keepdims=True), so that the "
    "gradient has exactly the shape that was broadcast."
)
def axis_lost(gradient, shape):
    return np.squeeze(unbroadcast.reference(gradient, shape))


@unbroadcast.mistake(
    "You keep the first copy and drop the others. All copies are the same entry, and "
    "the gradients of all its uses add up."
)
def first_copy(gradient, shape):
    added = gradient.ndim - len(shape)
    gradient = gradient[(0,) * added]
    return gradient[tuple(slice(0, n) for n in shape)]


# ------------------------------------------------------------------- finite differences


def _numerical(rng):
    A = rng.normal(size=(4, 3))

    def f(x):
        if np.ndim(x) != 1:
            raise ValueError("f takes the whole vector x (n,), with one entry moved")
        return float(np.sum(np.exp(0.5 * np.tanh(x) @ A[:, : x.size].T)))

    return f, rng.normal(size=int(rng.integers(1, 4))), 1e-3


@exercise(LESSON, section="Is it right?", inputs=_numerical, rtol=1e-8)
def numerical_gradient(f, x, h):
    """The gradient of the scalar function f at x (n,), by centred differences."""
    gradient = np.zeros(x.shape)
    for i in range(x.size):
        step = np.zeros(x.shape)
        step[i] = h
        gradient[i] = (f(x + step) - f(x - step)) / (2 * h)
    return gradient


@numerical_gradient.mistake(
    "This is the one-sided difference (f(x + h) - f(x)) / h, whose error is of order "
    "h. The centred one goes h to both sides: its error is of order h^2."
)
def one_sided(f, x, h):
    return np.array([(f(x + h * e) - f(x)) / h for e in np.eye(x.size)])


@numerical_gradient.mistake("The sign is turned: it is f at x + h minus f at x - h.")
def turned_round(f, x, h):
    return -numerical_gradient.reference(f, x, h)


@numerical_gradient.mistake(
    "Twice too large: from x - h to x + h the step is 2 h, not h."
)
def divided_by_h(f, x, h):
    return 2 * numerical_gradient.reference(f, x, h)


@numerical_gradient.mistake(
    "All entries are moved at once: that is the slope along one direction. Move one "
    "entry at a time."
)
def all_at_once(f, x, h):
    return np.full(x.shape, (f(x + h) - f(x - h)) / (2 * h))


@numerical_gradient.mistake(
    "An entry that was moved is not put back before the next one is moved: start each "
    "time from the same x."
)
def not_put_back(f, x, h):
    x, gradient = x.copy(), np.zeros(x.shape)
    for i in range(x.size):
        x[i] += h
        above = f(x)
        x[i] -= 2 * h
        gradient[i] = (above - f(x)) / (2 * h)
    return gradient
