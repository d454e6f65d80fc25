import operator

import numpy as np

from dlcourse.teach.exercise import exercise


def tapes(rng):
    """A random record: inputs may stand anywhere, and some nodes do not reach L."""
    count, tape = int(rng.integers(4, 9)), []
    inputs = {0, *rng.choice(np.arange(1, count - 1), size=2).tolist()}
    for node in sorted(set(range(count)) - inputs):
        operands = rng.integers(max(0, node - 3), node, size=rng.integers(1, 4))
        if node == count - 1:
            operands[-1] = operands[0]  # L uses a node twice
        sizes = rng.uniform(0.5, 2, size=len(operands)).round(1)  # printed as they are
        slopes = sizes * rng.choice([-1, 1])
        edges = zip(operands.tolist(), slopes.tolist(), strict=True)
        tape.append((node, list(edges)))
    return tape, count


@exercise(
    section="The chain rule with memory",
    inputs=tapes,
    edge_cases=[
        ([(1, [(0, 3.0), (0, 4.0)]), (2, [(1, 0.5)])], 3),
        ([(1, [(0, 2.0)]), (2, [(1, 3.0)]), (3, [(1, 1.0), (2, 1.0)])], 4),
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


sweep.mistake(
    "A node that is used twice keeps only one of its gradients: with = the second "
    "replaces the first. Gradients at a shared node add up: +=.",
    overwritten=walk(kept=lambda there, g: g),
)
sweep.mistake(
    "Only operands of the last node have got something. Either you walk the tape "
    "forwards, so that nodes hand on what has not arrived yet (walk from the last to "
    "the first); or you return too early: does `return` stand inside a loop?",
    forwards=walk(iter),
    returned_in_the_loop=walk(lambda tape: [(tape[-1][0], tape[-1][1][:1])]),
)
sweep.mistake(
    "Nothing is handed on: only the last node has a gradient. Does the loop run at "
    "all? `range(n, -1)` is empty; `reversed(tape)` needs no indices. Or is the "
    "last operation on the tape left out? And is it the *node's* gradient that is "
    "handed on, to its operand?",
    empty_range=walk(lambda tape: []),
    last_left_out=walk(lambda tape: tape[-2::-1]),
)
sweep.mistake(
    "The first operation on the tape is left out: `range(n, 0, -1)` ends before it "
    "comes to 0. `reversed(tape)` needs no indices.",
    first_left_out=walk(lambda tape: tape[:0:-1]),
)
sweep.mistake(
    "A node's operation is looked up by the node's number. Inputs have no entry on the "
    "tape and there may be several; and `tape[-1]` is the last entry again. Walk over "
    "the tape itself, whose entries say which node they belong to.",
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


@sweep.mistake(
    "A node hands on before all its users have been visited, so that what comes later "
    "is not carried further. On the tape, a node's users all stand behind it: walk it "
    "from the last entry to the first."
)
def breadth_first(tape, count):
    entries, queue = dict(tape), [count - 1]
    for node in queue:  # grows as it is walked
        queue += dict.fromkeys(i for i, _ in entries.get(node, ()) if i not in queue)
    return walk(lambda _: [(i, entries.get(i, ())) for i in queue])(tape, count)
