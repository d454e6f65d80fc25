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


def both_ways(name, arriving):
    """Two faces of one mistake: += keeps the array, and raises if its shape changes."""
    return {
        name: loop(arriving=arriving),
        f"{name}_in_place": loop(arriving=arriving, kept=operator.iadd),
    }


def searched(search):
    return lambda nodes: search(nodes[-1], lambda node: node.edges)


hand_back.mistake(
    "A node that is used several times keeps only what came last: with = each arrival "
    "replaces the one before. Gradients at a shared node add up: +=.",
    replaced=loop(kept=lambda there, g: g),
)
hand_back.mistake(
    "A node hands on before all its users have been visited, or never. Its users stand "
    "behind it in `nodes`: walk from the last to the first, and let no `return` end "
    "the loops too early.",
    walked_forwards=loop(iter),
    breadth_first=loop(searched(by_breadth)),
    depth_first=loop(searched(by_depth)),
)
hand_back.mistake(
    "A gradient does not fit where it arrives: the operand was broadcast. `summed_to` "
    "takes the operand's shape and *returns* the sum, which is what is to be added.",
    **both_ways("not_summed_down", lambda pull, node, operand: pull(node.grad)),
)
hand_back.mistake(
    "You sum first and pull back afterwards: the slope differs from copy to copy, so "
    "each copy's gradient is pulled back with its own, and the sum comes last.",
    **both_ways(
        "summed_first",
        lambda pull, node, operand: pull(unbroadcast(node.grad, operand.data.shape)),
    ),
)
hand_back.mistake(
    "Between a node and its operand stands the local slope: what arrives is "
    "`pull_back(node.grad)`, made from the gradient of the node itself.",
    **both_ways("not_pulled_back", lambda pull, node, operand: node.grad),
    **both_ways(
        "from_the_operand",
        lambda pull, node, operand: unbroadcast(pull(operand.grad), operand.data.shape),
    ),
)
hand_back.mistake(
    "Nothing has arrived: all gradients but the loss's are still 0. Does the loop "
    "begin with the last node, the loss? Is what arrives stored in `operand.grad`?",
    nothing_handed_back=loop(kept=lambda there, g: there),
    without_the_loss=loop(lambda nodes: reversed(nodes[:-1])),
)
