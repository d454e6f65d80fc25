"""Lesson 01: the exercise ``sweep``."""

import numpy as np

from dlcourse.teach.exercise import exercise


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


@exercise(section="The chain rule with memory", inputs=_tape)
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
