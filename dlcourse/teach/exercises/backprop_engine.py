"""Exercises of lesson 01 about an engine: broadcasting, its loop, and its check."""

import numpy as np

from dlcourse.teach.exercise import exercise

LESSON = "01 Backprop"


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


@unbroadcast.mistake(
    "The axes of length 1 are *averaged*. Each copy contributes to the loss, so their "
    "gradients are added."
)
def mean_of_repeated(gradient, shape):
    gradient = gradient.sum(axis=tuple(range(gradient.ndim - len(shape))))
    repeated = tuple(i for i, n in enumerate(shape) if n == 1)
    return gradient.mean(axis=repeated, keepdims=True)


@unbroadcast.mistake(
    "Summing an axis away moves all later ones forward, so the next index of the loop "
    "means another axis. Keep the summed axis with length 1: keepdims=True."
)
def axes_move(gradient, shape):
    gradient = gradient.sum(axis=tuple(range(gradient.ndim - len(shape))))
    for axis, n in enumerate(shape):
        if n == 1:
            gradient = gradient.sum(axis=axis)
    return gradient


@unbroadcast.mistake(
    "The copies are summed, and then the sum is spread over all of them again: the "
    "result must have the shape of the one that was copied."
)
def spread_again(gradient, shape):
    summed = unbroadcast.reference(gradient, shape)
    return np.broadcast_to(summed, gradient.shape)


# ---------------------------------------------------------- the loop of the engine


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
    LESSON,
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


@numerical_gradient.mistake(
    "Far too small: `/ 2 * h` divides by 2 and *multiplies* by h. Python works from "
    "left to right; the divisor needs brackets, / (2 * h)."
)
def without_brackets(f, x, h):
    return h * h * numerical_gradient.reference(f, x, h)


@numerical_gradient.mistake(
    "Always 0: f sees the same point on both sides. `y = x` makes no copy, only a "
    "second name for the same array, so both nudges land in one; `x.copy()` makes one."
)
def alias(f, x, h):
    return np.zeros(x.shape)


@numerical_gradient.mistake(
    "This is the difference (f(x) - f(x - h)) / h, one-sided too, only to the left. "
    "The centred one goes h to both sides."
)
def backward_difference(f, x, h):
    return np.array([(f(x) - f(x - h * e)) / h for e in np.eye(x.size)])
