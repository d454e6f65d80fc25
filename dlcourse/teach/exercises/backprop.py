"""The first exercises of lesson 01: gradients by hand, by layer and by tape."""

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


@chain_rule.mistake(
    "The tanh is taken twice: `a` is tanh(z) already, so its slope is 1 - a^2, without "
    "another tanh."
)
def tanh_of_tanh(w, x, b, y):
    a = np.tanh(w * x + b)
    slope = 2 * (a - y) * (1 - np.tanh(a) ** 2)
    return slope * x, slope * w, slope


@chain_rule.mistake(
    "dL/db has a factor b too many: in w x + b the slope with respect to b is 1."
)
def times_b(w, x, b, y):
    dw, dx, db = chain_rule.reference(w, x, b, y)
    return dw, dx, db * b


@chain_rule.mistake(
    "The bias is forgotten: the tanh is taken of w x + b, and its slope at that place."
)
def without_bias(w, x, b, y):
    return chain_rule.reference(w, x, 0.0, y)


@chain_rule.mistake(
    "The slope with respect to z is right, but it has not been carried on to w and x: "
    "in w x the slope of one factor is the other."
)
def stopped_at_z(w, x, b, y):
    return (chain_rule.reference(w, x, b, y)[2],) * 3


# ------------------------------------------------------------------ one layer, backward


def _layer(rng):
    # All different, so that a product of the wrong shapes never fits by chance.
    n, inputs, outputs = rng.choice(np.arange(2, 7), size=3, replace=False)
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
        sizes = rng.uniform(0.5, 2, size=len(operands)).round(1)  # printed as they are
        slopes = sizes * rng.choice([-1, 1])
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
    "Only the operands of the last node have got something. Either you walk the tape "
    "forwards, so that nodes hand on what has not arrived yet (walk from the last to "
    "the first); or you return too early: does `return` stand inside the loop?"
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


@sweep.mistake(
    "Every gradient starts at 1. Only dL/dL, that of the last node, is 1 to begin "
    "with; the others start at 0 and collect."
)
def ones_everywhere(tape, count):
    gradients = [1.0] * count
    for node, operands in reversed(tape):
        for operand, slope in operands:
            gradients[operand] += slope * gradients[node]
    return gradients


@sweep.mistake(
    "The local slopes are added up, but not multiplied by what has arrived at the "
    "node: an operand gets slope * gradients[node]."
)
def without_the_nodes_gradient(tape, count):
    gradients = [0.0] * count
    gradients[-1] = 1.0
    for _, operands in reversed(tape):
        for operand, slope in operands:
            gradients[operand] += slope
    return gradients


@sweep.mistake(
    "That is the gradient of node 0 only. Return the whole list, one for each node."
)
def first_only(tape, count):
    return sweep.reference(tape, count)[0]


@sweep.mistake(
    "An index is out of range. Is a node's operation looked up by the node's number? "
    "Inputs have no entry on the tape, and there may be several: walk over the tape "
    "itself, whose entries say which node they belong to."
)
def looked_up_by_number(tape, count):
    return tape[count - 2]
