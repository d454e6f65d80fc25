import operator

from dlcourse.teach.exercise import exercise

from ..fixtures import by_breadth, by_depth, tapes


@exercise(
    section="Deeper: The price, walked forwards",
    inputs=tapes,
    edge_cases=[
        ([(1, [(0, 3.0), (0, 4.0)]), (2, [(1, 0.5)])], 3),
        ([(1, [(0, 2.0)]), (2, [(1, 3.0)]), (3, [(1, 1.0), (2, 1.0)])], 4),
        ([(1, [(0, 2.0)]), (2, [(1, 3.0)]), (3, [(2, 1.0), (1, 1.0)])], 4),
        ([(i + 1, [(i, 0.5), (i, 0.75)]) for i in range(40)], 41),
    ],
    returns="a list of count floats",
)
def sweep(tape, count):
    """Gradients dL/d(node) for the nodes 0 to count-1, where L is the last node."""
    gradients = [0.0] * count
    gradients[-1] = 1.0
    for node, operands in reversed(tape):
        for operand, slope in operands:
            gradients[operand] += slope * gradients[node]
    return gradients


def walk(order=reversed, arriving=operator.mul, kept=operator.add):
    """The same with one of its parts exchanged."""

    def answer(tape, count):
        gradients = [0.0] * count
        gradients[-1] = 1.0
        for node, operands in order(tape):
            for operand, slope in operands:
                g = arriving(slope, gradients[node])
                gradients[operand] = kept(gradients[operand], g)
        return gradients

    return answer


def searched(search, **options):
    def order(tape):
        of = dict.fromkeys(range(tape[-1][0]), ()) | dict(tape)
        return [(i, of[i]) for i in search(tape[-1][0], of.get, **options)]

    return order


sweep.mistake(
    "With = the second gradient replaces the first. At a shared node they add up: +=.",
    overwritten=walk(kept=lambda there, g: g),
)
sweep.mistake(
    "A node hands on before all its users have been visited, or never: walk the tape "
    "from its last entry to its first. And does `return` stand inside a loop?",
    forwards=walk(iter),
    returned_in_the_loop=walk(lambda tape: [(tape[-1][0], tape[-1][1][:1])]),
    breadth_first=walk(searched(by_breadth)),
    depth_first=walk(searched(by_depth)),
    depth_first_seen_early=walk(searched(by_depth, early=True)),
)
sweep.mistake(
    "Nothing was handed on, or not by the first entry: `range(n, -1)` is empty, and "
    "`range(n, 0, -1)` ends before 0. Or: is the 1 in its place *before* the loop "
    "begins? Is it the *node's* gradient that goes to its operand?",
    empty_range=walk(lambda tape: []),
    first_left_out=walk(lambda tape: tape[:0:-1]),
)
sweep.mistake(
    "An operation is looked up by its node's number, but inputs have no entry on the "
    "tape, and `tape[-1]` is the last entry again. Walk over the tape itself.",
    by_number=walk(lambda t: [(i, t[i - 1][1]) for i in range(t[-1][0], 0, -1)]),
    to_the_end=walk(lambda t: [(i, t[i - 1][1]) for i in range(t[-1][0], -1, -1)]),
)
sweep.mistake(
    "Start with dL/dL = 1 at the last node, and 0 at all others. What arrives at an "
    "operand is the slope *times* what has arrived at the node.",
    not_seeded=lambda tape, count: [0.0] * count,
    slopes_added=walk(arriving=operator.add),
    slope_alone=walk(arriving=lambda slope, g: slope),
)
