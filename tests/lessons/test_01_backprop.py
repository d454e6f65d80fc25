"""Answers as learners write them to the exercises of lesson 01."""

import numpy as np
import pytest
from learners import is_told, passes

from dlcourse import nn, optim
from dlcourse.teach.exercise import reference

summed_to = reference("unbroadcast")


# ------------------------------------------------------------------- right, another way


def example_by_example(G, X, W):
    dX, dW, db = np.zeros(X.shape), np.zeros(W.shape), np.zeros(len(W))
    for i, (g, x) in enumerate(zip(G, X, strict=True)):
        dX[i] = W.T @ g
        dW += np.outer(g, x)
        db += g
    return dX, dW, db


def sweep_in_a_dict(tape, count):
    found = {node: 0.0 for node in range(count)}
    found[count - 1] = 1.0
    for node, operands in tape[::-1]:
        for operand, slope in operands:
            found[operand] = found[operand] + slope * found[node]
    return [found[node] for node in range(count)]


def reshaped(gradient, shape):
    padded = (1,) * (gradient.ndim - len(shape)) + tuple(shape)
    axes = tuple(i for i, n in enumerate(padded) if n != gradient.shape[i])
    return gradient.sum(axis=axes).reshape(shape)


def axis_by_axis(gradient, shape):
    while gradient.ndim > len(shape):
        gradient = gradient.sum(axis=0)
    for axis, n in enumerate(shape):
        if n == 1:
            gradient = gradient.sum(axis=axis, keepdims=True)
    return gradient


def collected_first(nodes):
    for node in nodes[::-1]:
        arriving = [(operand, pull(node.grad)) for operand, pull in node.edges]
        for operand, g in arriving:
            operand.grad = operand.grad + summed_to(g, operand.data.shape)


def in_order_of_making(nodes):
    for node in sorted(nodes, key=lambda node: node.order, reverse=True):
        for operand, pull in node.edges:
            operand.grad += summed_to(pull(node.grad), operand.data.shape)


def looked_at_first(nodes):
    """To look before one adds is work done twice, and right."""
    for node in reversed(nodes):
        for operand, pull_back in node.edges:
            assert np.shape(pull_back(node.grad)) is not None
            operand.grad += summed_to(pull_back(node.grad), operand.data.shape)


def turned_round(nodes):
    nodes.reverse()
    for node in nodes:
        for operand, pull in node.edges:
            operand.grad += summed_to(pull(node.grad), operand.data.shape)


def on_copies(f, x, h):
    found = []
    for i in range(len(x)):
        up, down = x.copy(), x.copy()
        up[i] += h
        down[i] -= h
        found.append((f(up) - f(down)) / h / 2)
    return np.array(found)


def put_back(f, x, h):
    found = np.zeros_like(x)
    for i in range(len(x)):
        x[i] += h
        above = f(x)
        x[i] -= 2 * h
        found[i] = (above - f(x)) / (2 * h)
        x[i] += h
    return found


def by_log_softmax(logits, labels):
    shifted = logits - np.max(logits, axis=1)[:, None]
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1))[:, None]
    return (np.exp(log_p) - np.eye(logits.shape[1])[labels]) / logits.shape[0]


def erased_at_the_end(model, optimizer, x, y):
    loss = nn.CrossEntropyLoss()(model(x), y)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    return float(loss.detach().numpy())


def erased_in_the_middle(model, optimizer, x, y):
    loss = nn.CrossEntropyLoss()(model(x), y)
    model.zero_grad()
    loss.backward()
    optimizer.step()
    return float(loss.detach().numpy())


RIGHT = [
    ("layer_backward", example_by_example),
    ("sweep", sweep_in_a_dict),
    ("unbroadcast", reshaped),
    ("unbroadcast", axis_by_axis),
    ("hand_back", collected_first),
    ("hand_back", in_order_of_making),
    ("hand_back", turned_round),
    ("hand_back", looked_at_first),
    ("numerical_gradient", on_copies),
    ("numerical_gradient", put_back),
    ("cross_entropy_gradient", by_log_softmax),
    ("training_step", erased_in_the_middle),
    ("tent_weights", lambda: ([[-2], [2]], [1, -1], [[-1, -1]], [1])),
    ("tent_weights", lambda: ([[2], [2]], np.array([0, -1]), [[1, -2]], (0,))),
]


@pytest.mark.parametrize(("name", "f"), RIGHT)
def test_another_way_to_the_right_answer_passes(name, f):
    passes(name, f)


# -------------------------------------------------------------------------------- wrong


def slopes_with_b(w, x, b, y):
    a = np.tanh(w * x + b)
    return [2 * (a - y) * (1 - a**2) * factor for factor in (x, w, b)]


def without_target(w, x, b, y):
    a = np.tanh(w * x + b)
    return [2 * a * (1 - a**2) * factor for factor in (x, w, 1)]


def squared_error(w, x, b, y):
    a = np.tanh(w * x + b)
    return [2 * (a - y) ** 2 * (1 - a**2) * factor for factor in (x, w, 1)]


def last_row(G, X, W):
    for g, x in zip(G, X, strict=True):
        dW, db = np.outer(g, x), g
    return G @ W, dW, db


def over_the_operations(order, tape, count):
    found = [0.0] * count
    found[-1] = 1.0
    for i in order:
        node, operands = tape[i]
        for operand, slope in operands:
            found[operand] += slope * found[node]
    return found


def over_the_nodes(order, tape, count):
    found = [0.0] * count
    found[-1] = 1.0
    for node in order:
        for operand, slope in tape[node - 1][1]:
            found[operand] += slope * found[node]
    return found


def returned_too_early(tape, count):
    found = [0.0] * count
    found[-1] = 1.0
    for node, operands in reversed(tape):
        for operand, slope in operands:
            found[operand] += slope * found[node]
        return found


def node_and_operand_exchanged(tape, count):
    found = [0.0] * count
    found[-1] = 1.0
    for node, operands in reversed(tape):
        for operand, slope in operands:
            found[node] += slope * found[operand]
    return found


def squared_on_the_way(tape, count):
    found = [0.0] * count
    found[-1] = 1.0
    for node, operands in reversed(tape):
        for operand, slope in operands:
            found[operand] += slope * found[node] ** 2
    return found


def queued(tape, count):
    entries, queue, found = dict(tape), [count - 1], [0.0] * (count - 1) + [1.0]
    seen = set(queue)
    while queue:
        node = queue.pop(0)
        for operand, slope in entries.get(node, ()):
            found[operand] += slope * found[node]
            if operand not in seen:
                seen.add(operand)
                queue.append(operand)
    return found


def stacked(marked_when_put):
    def answer(tape, count):
        entries, found = dict(tape), [0.0] * (count - 1) + [1.0]
        stack, seen = [count - 1], {count - 1} if marked_when_put else set()
        while stack:
            node = stack.pop()
            if not marked_when_put and node in seen:
                continue
            seen.add(node)
            for operand, slope in entries.get(node, []):
                found[operand] += slope * found[node]
                if not marked_when_put or operand not in seen:
                    stack.append(operand)
                    seen |= {operand} if marked_when_put else set()
        return found

    return answer


def by_recursion_once(tape, count):
    entries, found, seen = dict(tape), [0.0] * (count - 1) + [1.0], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for operand, slope in entries.get(node, []):
                found[operand] += slope * found[node]
                visit(operand)

    visit(count - 1)
    return found


def seeded_afterwards(tape, count):
    found = [0.0] * count
    for node, operands in reversed(tape):
        for operand, slope in operands:
            found[operand] += slope * found[node]
    found[count - 1] = 1.0
    return found


def one_added_axis(gradient, shape):
    if shape == ():
        return gradient.sum()
    if gradient.ndim > len(shape):
        gradient = gradient.sum(axis=0)
    return axis_by_axis(gradient, shape) if gradient.ndim == len(shape) else gradient


def last_axis(gradient, shape):
    gradient = gradient.sum(axis=tuple(range(gradient.ndim - len(shape))))
    if shape and shape[-1] == 1:
        gradient = gradient.sum(axis=-1, keepdims=True)
    return gradient


def axes_in_a_loop(gradient, shape):
    gradient = gradient.sum(axis=tuple(range(gradient.ndim - len(shape))))
    for axis, n in enumerate(shape):
        if n == 1:
            gradient = gradient.sum(axis=axis)
    return gradient


def sum_thrown_away(nodes):
    for node in reversed(nodes):
        for operand, pull_back in node.edges:
            arriving = pull_back(node.grad)
            summed_to(arriving, operand.data.shape)
            operand.grad += arriving


def all_thrown_away(nodes):
    for node in reversed(nodes):
        for operand, pull_back in node.edges:
            summed_to(operand.grad + pull_back(node.grad), operand.data.shape)


def handed_back_once(nodes):
    for node in reversed(nodes):
        for operand, pull_back in node.edges:
            operand.grad += summed_to(pull_back(node.grad), operand.data.shape)
        return


def summed_before(nodes):
    for node in reversed(nodes):
        for operand, pull_back in node.edges:
            operand.grad += pull_back(summed_to(node.grad, operand.data.shape))


def by_breadth(nodes):
    queue, seen = [nodes[-1]], [nodes[-1]]
    while queue:
        node = queue.pop(0)
        for operand, pull_back in node.edges:
            operand.grad += summed_to(pull_back(node.grad), operand.data.shape)
            if operand not in seen:
                seen.append(operand)
                queue.append(operand)


def loss_left_out(nodes):
    for node in reversed(nodes[:-1]):
        for operand, pull_back in node.edges:
            operand.grad += summed_to(pull_back(node.grad), operand.data.shape)


def of_the_operand(nodes):
    for node in reversed(nodes):
        for operand, pull_back in node.edges:
            operand.grad += summed_to(pull_back(operand.grad), operand.data.shape)


def every_path(nodes):
    for operand, pull_back in nodes[-1].edges:
        g = summed_to(pull_back(nodes[-1].grad), operand.data.shape)
        operand.grad = operand.grad + g
        every_path([operand])


def every_path_with_its_own_gradient(nodes):
    def hand_on(node, gradient):
        for operand, pull_back in node.edges:
            arriving = summed_to(pull_back(gradient), operand.data.shape)
            operand.grad = operand.grad + arriving
            hand_on(operand, arriving)

    hand_on(nodes[-1], nodes[-1].grad)


def deep_first(nodes):
    stack, seen = [nodes[-1]], set()
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.add(node)
            for operand, pull_back in node.edges:
                operand.grad += summed_to(pull_back(node.grad), operand.data.shape)
                stack.append(operand)


def copies_that_are_none(f, x, h):
    found = np.zeros(x.shape)
    for i in range(len(x)):
        up, down = x, x
        up[i] += h
        down[i] -= h
        found[i] = (f(up) - f(down)) / (2 * h)
    return found


def one_copy_for_all(f, x, h):
    found, up, down = np.zeros(x.shape), x.copy(), x.copy()
    for i in range(len(x)):
        up[i] += h
        down[i] -= h
        found[i] = (f(up) - f(down)) / (2 * h)
    return found


def nudged_by_hand(w, x, b, y):
    def loss(v):
        return (np.tanh(v[0] * v[1] + v[2]) - y) ** 2

    return tuple(on_copies(loss, np.array([w, x, b]), 1e-6))


def its_own_step(f, x, h):
    return on_copies(f, x, 1e-5)


def less_y(p, labels):
    return (p - np.eye(p.shape[1])[labels]) / len(labels)


def overflowing_sums(logits, labels):
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return len(labels) * less_y(p, labels)


def one_maximum(logits, labels):
    e = np.exp(logits - logits.max())
    return less_y(e / e.sum(axis=1, keepdims=True), labels)


def axis_lost(logits, labels):
    e = np.exp(logits - np.max(logits, axis=1))
    return less_y(e / np.sum(e, axis=1), labels)


def shifted_by(part):
    def answer(logits, labels):
        e = np.exp(logits - part(logits)[:, None])
        return less_y(e / e.sum(axis=1, keepdims=True), labels)

    return answer


def clipped(logits, labels):
    e = np.exp(np.clip(logits, -700, 700))
    return less_y(e / e.sum(axis=1, keepdims=True), labels)


def whole_rows(logits, labels):
    p = by_log_softmax(logits, labels) * len(labels)
    p += np.eye(logits.shape[1])[labels]
    p[labels] -= 1
    return p / len(labels)


def without_the_mean(logits, labels):
    return len(labels) * by_log_softmax(logits, labels)


def ten_classes(logits, labels):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return (e / e.sum(axis=1, keepdims=True) - np.eye(10)[labels]) / len(labels)


def sigmoids(logits, labels):
    return less_y(1 / (1 + np.exp(-logits)), labels)


def p_alone_divided(logits, labels):
    p = by_log_softmax(logits, labels) * len(labels) + np.eye(logits.shape[1])[labels]
    return p / len(labels) - np.eye(logits.shape[1])[labels]


def softmax_before(model, optimizer, x, y):
    optimizer.zero_grad()
    loss = nn.CrossEntropyLoss()(nn.functional.softmax(model(x), dim=1), y)
    loss.backward()
    optimizer.step()
    return loss.item()


def nothing_returned(model, optimizer, x, y):
    erased_at_the_end(model, optimizer, x, y)


def tensor_returned(model, optimizer, x, y):
    optimizer.zero_grad()
    loss = nn.CrossEntropyLoss()(model(x), y)
    loss.backward()
    optimizer.step()
    return loss


def backward_forgotten(model, optimizer, x, y):
    optimizer.zero_grad()
    loss = nn.CrossEntropyLoss()(model(x), y)
    optimizer.step()
    return loss.item()


def step_first(model, optimizer, x, y):
    optimizer.step()
    optimizer.zero_grad()
    loss = nn.CrossEntropyLoss()(model(x), y)
    loss.backward()
    return loss.item()


def filled_with_zeros(model, optimizer, x, y):
    for p in model.parameters():
        p.grad[...] = 0
    loss = nn.CrossEntropyLoss()(model(x), y)
    loss.backward()
    optimizer.step()
    return loss.item()


def zeroed_by_name(model, optimizer, x, y):
    for p in model.parameters():
        if p.grad is not None:
            p.grad.zero_()
    return erased_in_the_middle(model, optimizer, x, y)


def zeroed_with_a_keyword(model, optimizer, x, y):
    optimizer.zero_grad(set_to_none=False)
    return erased_in_the_middle(model, optimizer, x, y)


def its_own_model(model, optimizer, x, y):
    return erased_in_the_middle(nn.Linear(5, 3), optimizer, x, y)


def its_own_optimizer(model, optimizer, x, y):
    return erased_in_the_middle(model, optim.SGD(model.parameters(), lr=0.01), x, y)


def tent_printed():
    print([[1], [1]], [0, -0.5], [[2, -4]], [0])


def tent_in_low_precision():
    given = np.array([0.1, 0.1, 0, -0.05, 20, -40], dtype=np.float32)
    return given[:2, None], given[2:4], given[None, 4:], [0]


def seeded_with(first_and_others):
    """A sweep that does not begin with 1 at the last node alone."""

    def f(tape, count):
        first, others = first_and_others
        gradients = [first] + [others] * (count - 1)
        for node, operands in reversed(tape):
            for operand, slope in operands:
                gradients[operand] += slope * gradients[node]
        return gradients

    return f


TOLD = [
    ("chain_rule", slopes_with_b, "the slope with respect to b is 1"),
    ("chain_rule", without_target, "The target is left out"),
    ("chain_rule", nudged_by_hand, "by little"),
    ("chain_rule", squared_error, "error tanh(z) - y, not squared"),
    ("layer_backward", lambda G, X, W: (X @ W.T, G.T @ X, G.sum(0)), "way forward"),
    (
        "layer_backward",
        lambda G, X, W: (G @ W, G.T @ X / len(X), G.mean(0)),
        "is already in G",
    ),
    ("layer_backward", last_row, "of the last example alone"),
    ("sweep", returned_too_early, "stand inside a loop"),
    (
        "sweep",
        lambda tape, n: over_the_operations(range(len(tape) - 1, -1), tape, n),
        "`range(n, -1)` is empty",
    ),
    (
        "sweep",
        lambda tape, n: over_the_operations(range(len(tape) - 1, 0, -1), tape, n),
        "ends before 0",
    ),
    (
        "sweep",
        lambda tape, n: over_the_operations(range(len(tape) - 2, -1, -1), tape, n),
        "Nothing was handed on",
    ),
    ("sweep", node_and_operand_exchanged, "the node's gradient that goes to its"),
    ("sweep", seeded_afterwards, "before the loop begins"),
    ("sweep", stacked(False), "before all its users have been visited"),
    ("sweep", stacked(True), "before all its users have been visited"),
    ("sweep", by_recursion_once, "The result is wrong in the first entry"),
    ("sweep", seeded_with([1.0, 0.0]), "The result is wrong in every entry"),
    ("sweep", seeded_with([1.0, 1.0]), "The result is wrong in 2 of 3 entries"),
    (
        "sweep",
        lambda tape, n: over_the_nodes(range(n - 1, 0, -1), tape, n),
        "inputs have no entry on the tape",
    ),
    (
        "sweep",
        lambda tape, n: over_the_nodes(range(n - 1, -1, -1), tape, n),
        "`tape[-1]` is the last entry again",
    ),
    ("sweep", queued, "before all its users have been visited"),
    ("sweep", lambda tape, n: dict(enumerate(sweep_in_a_dict(tape, n))), "a list of 3"),
    ("sweep", squared_on_the_way, "`tape` = [(1, [(0, "),
    ("unbroadcast", one_added_axis, "has shape (3, 4); expected: (4,)"),
    ("unbroadcast", last_axis, "`shape` = (1, 4)"),
    ("unbroadcast", axes_in_a_loop, "moves all later ones forward"),
    ("hand_back", sum_thrown_away, "takes the operand's shape and returns"),
    ("hand_back", all_thrown_away, "Is what arrives stored in `operand.grad`"),
    ("hand_back", loss_left_out, "Does the loop begin with the last node"),
    ("hand_back", summed_before, "the slope differs from copy to copy"),
    ("hand_back", by_breadth, "before all its users have been visited"),
    ("hand_back", handed_back_once, "let no `return` end the loops"),
    ("hand_back", of_the_operand, "the gradient of the node itself"),
    ("hand_back", deep_first, "before all its users have been visited"),
    (
        "hand_back",
        every_path,
        "this pull_back has been called before, with another gradient",
    ),
    (
        "hand_back",
        every_path_with_its_own_gradient,
        "called before, with another gradient",
    ),
    ("numerical_gradient", copies_that_are_none, "`y = x` makes no copy"),
    ("numerical_gradient", one_copy_for_all, "is not put back"),
    (
        "numerical_gradient",
        lambda f, x, h: (f(x + h) - f(x - h)) / (2 * h),
        "Move one entry at a time",
    ),
    ("numerical_gradient", its_own_step, "by little"),
    (
        "numerical_gradient",
        lambda f, x, h: [f(x + s) - f(x - s) / (2 * h) for s in h * np.eye(len(x))],
        "divides only the second value",
    ),
    (
        "numerical_gradient",
        lambda f, x, h: [(f(x + s) - f(x - s)) / (2 * h) for s in np.eye(len(x))],
        "The step is not scaled by h",
    ),
    ("cross_entropy_gradient", overflowing_sums, "The result is NaN in 4 of 6"),
    ("cross_entropy_gradient", without_the_mean, "n times too large"),
    ("cross_entropy_gradient", sigmoids, "the sigmoid of each logit by itself"),
    ("cross_entropy_gradient", p_alone_divided, "divides only p by N"),
    ("cross_entropy_gradient", ten_classes, "with shapes (2,3) (2,10)"),
    ("cross_entropy_gradient", one_maximum, "the largest, of each row"),
    ("cross_entropy_gradient", axis_lost, "keepdims=True"),
    (
        "cross_entropy_gradient",
        shifted_by(lambda z: z.mean(1)),
        "the largest, of each row",
    ),
    (
        "cross_entropy_gradient",
        shifted_by(lambda z: z.min(1)),
        "the largest, of each row",
    ),
    (
        "cross_entropy_gradient",
        shifted_by(lambda z: z[:, 0]),
        "the largest, of each row",
    ),
    ("cross_entropy_gradient", clipped, "clipped logits are equal"),
    ("cross_entropy_gradient", whole_rows, "`p[labels]` whole rows"),
    ("training_step", erased_at_the_end, "in the first step, too?"),
    (
        "training_step",
        lambda *given: reference("training_step")(*given) / 2,
        "The loss of step 1 is",
    ),
    ("training_step", softmax_before, "is done twice"),
    ("training_step", nothing_returned, "Expected: the loss before the step"),
    ("training_step", tensor_returned, "as a float: loss.item()"),
    ("training_step", filled_with_zeros, "`p.grad` is None"),
    ("training_step", zeroed_by_name, "`zero_` is PyTorch's"),
    ("training_step", zeroed_with_a_keyword, "takes no argument here"),
    ("training_step", backward_forgotten, "does backward() run before it"),
    ("training_step", step_first, "one batch late"),
    ("training_step", its_own_model, "`model` (a Sequential), `optimizer` (a SGD)"),
    ("training_step", its_own_optimizer, "not by the optimizer that is given"),
    ("tent_weights", tent_in_low_precision, "about 7 digits are right"),
    ("tent_weights", tent_printed, "is a `return` missing? Expected: (W1, b1"),
    ("tent_weights", lambda: ([[3], [1]], [0, 0.1], [[2, 1]], [0]), "for `x` = 0"),
    (
        "tent_weights",
        lambda: ([[2], [2]], [0, -0.5], [[2, -4]], [0]),
        "for which b is that in the middle",
    ),
    ("tent_weights", lambda: ([[1], [1]], [0, 0], [[1, 1]], [0]), "not bend at 1/2"),
    ("tent_weights", lambda: ([1, 1], [0, 0], [2, 2], [0]), "W1 expects shape (2, 1)"),
]


@pytest.mark.parametrize(("name", "f", "message"), TOLD)
def test_a_wrong_answer_is_told_what_it_needs(name, f, message):
    is_told(name, f, message)
