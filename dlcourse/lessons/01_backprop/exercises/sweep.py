import operator

from dlcourse.teach.exercise import exercise

from ..fixtures import by_breadth, by_depth, tapes


@exercise(
    section="The chain rule with memory",
    inputs=tapes,
    edge_cases=[
        ([(1, [(0, 3.0), (0, 4.0)]), (2, [(1, 0.5)])], 3),
        ([(1, [(0, 2.0)]), (2, [(1, 3.0)]), (3, [(1, 1.0), (2, 1.0)])], 4),
        ([(1, [(0, 2.0)]), (2, [(1, 3.0)]), (3, [(2, 1.0), (1, 1.0)])], 4),
        # 2^40 paths: walked one by one, they take years.
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


def walk(order=reversed, arriving=operator.mul, kept=operator.add, start=0.0, seed=-1):
    """The same with one of its parts exchanged."""

    def answer(tape, count):
        gradients = [start] * count
        gradients[seed] = 1.0
        for node, operands in order(tape):
            for operand, slope in operands:
                g = arriving(slope, gradients[node])
                gradients[operand] = kept(gradients[operand], g)
        return gradients

    return answer


def by_number(tape, last=0):
    return [(node, tape[node - 1][1]) for node in range(tape[-1][0], last, -1)]


def searched(search, **options):
    def order(tape):
        of = dict.fromkeys(range(tape[-1][0]), ()) | dict(tape)
        return [(i, of[i]) for i in search(tape[-1][0], of.get, **options)]

    return order


sweep.mistake(
    "A node that is used twice keeps only one of its gradients: with = the second "
    "replaces the first. Gradients at a shared node add up: +=.",
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
    "Nothing was handed on: all gradients but the last are 0. Is the 1 in its place "
    "*before* the loop begins? Is it the *node's* gradient that goes to its operand? "
    "And if you walk by indices: `range(n, -1)` is empty.",
    empty_range=walk(lambda tape: []),
)
sweep.mistake(
    "The tape's first entry hands nothing on: `range(n, 0, -1)` ends before 0.",
    first_left_out=walk(lambda tape: tape[:0:-1]),
)
sweep.mistake(
    "A node's operation is looked up by the node's number, but inputs have no entry on "
    "the tape, and `tape[-1]` is the last entry again. Walk over the tape itself.",
    by_number=walk(by_number),
    by_number_to_the_end=walk(lambda tape: by_number(tape, last=-1)),
)
sweep.mistake(
    "The sweep must start with dL/dL = 1, the gradient of the last node. All others "
    "start at 0 and collect.",
    not_seeded=lambda tape, count: [0.0] * count,
    seeded_at_the_input=walk(seed=0),
    ones_everywhere=walk(start=1.0),
)
sweep.mistake(
    "What arrives at an operand is slope * gradients[node]: the slope, *multiplied* by "
    "what has arrived at the node.",
    slopes_added=walk(arriving=operator.add),
    slope_alone=walk(arriving=lambda slope, g: slope),
)
