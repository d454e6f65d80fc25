import operator

from dlcourse.teach.exercise import exercise

from ..fixtures import by_breadth, by_depth, graph, only_once
from .unbroadcast import unbroadcast


def gradients(hand_back, nodes):
    for node in nodes:
        node.edges = [(near, only_once(pull)) for near, pull in node.edges]
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
            operand.grad += fitting(pull_back, node, operand)


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


def both_ways(name, arriving):
    """Two faces of one mistake: += keeps the array, and raises if its shape changes."""
    return {
        name: loop(arriving=arriving),
        f"{name}_in_place": loop(arriving=arriving, kept=operator.iadd),
    }


hand_back.mistake(
    "With = each arrival replaces the one before. At a shared node they add up: +=.",
    replaced=loop(kept=lambda there, g: g),
)
hand_back.mistake(
    "A node hands on before all its users have been visited, or never: walk from the "
    "last node to the first, and let no `return` end the loops too early.",
    walked_forwards=loop(iter),
    breadth_first=loop(lambda nodes: by_breadth(nodes[-1], lambda node: node.edges)),
    depth_first=loop(lambda nodes: by_depth(nodes[-1], lambda node: node.edges)),
)
hand_back.mistake(
    "It does not fit: `summed_to` takes the operand's shape and *returns* the sum.",
    **both_ways("not_summed_down", lambda pull, node, operand: pull(node.grad)),
)
hand_back.mistake(
    "What arrives is `pull_back(node.grad)`, of the gradient of the node itself. It is "
    "summed last: the slope differs from copy to copy.",
    **both_ways("not_pulled_back", lambda pull, node, to: node.grad),
    **both_ways("from_operand", lambda pull, node, to: fitting(pull, to, to)),
    **both_ways(
        "summed_first",
        lambda pull, node, to: pull(unbroadcast(node.grad, to.data.shape)),
    ),
)
hand_back.mistake(
    "Nothing has arrived: all gradients but the loss's are still 0. Does the loop "
    "begin with the last node, the loss? Is what arrives stored in `operand.grad`?",
    nothing_handed_back=loop(kept=lambda there, g: there),
    without_the_loss=loop(lambda nodes: reversed(nodes[:-1])),
)
