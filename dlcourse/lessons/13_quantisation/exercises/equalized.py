import numpy as np

from dlcourse.teach.exercise import exercise

from ..answers.units import DEAD, HIDDEN, OTHER_SIZES, QUIET, balanced, hidden, sized


@exercise(
    section="Deeper: Equalising derived",
    inputs=hidden,
    edge_cases=HIDDEN,
    trials=16,
    returns=("V1", "c1", "V2"),
)
def equalized(W1, b1, W2):
    """(V1, c1, V2): the same function, W2 @ relu(W1 @ x + b1), in balanced ranges.

    W1 (h, n), b1 (h,), W2 (m, h).   In the new layers each hidden unit's largest
    |incoming weight| (biases do not count) is equal to its largest |outgoing weight|.
    A unit whose incoming or outgoing weights are all 0 stays as it is.
    """
    return balanced()(W1, b1, W2)


equalized.mistake(
    "The function is another one: a bias is an incoming number, too.",
    bias_left=balanced(c1=lambda b1, c: b1),
    bias_divided=balanced(c1=lambda b1, c: b1 / c),
)
equalized.mistake(
    "The function is another one: what goes out is to undo what is done going in.",
    outgoing_left=balanced(V2=lambda W2, c: W2),
    outgoing_times=balanced(V2=lambda W2, c: W2 * c),
    weights_left=balanced(V1=lambda W1, c: W1),
    incoming_left=balanced(V1=lambda W1, c: W1, c1=lambda b1, c: b1),
)
equalized.mistake(
    "The function is the same, and the two largest are further apart, or have changed "
    "places: say c * in = out / c, and solve for c.",
    inverse=balanced(factor=lambda into, out: np.sqrt(into / out)),
    no_root=balanced(factor=lambda into, out: out / into),
    inverse_without_root=balanced(factor=lambda into, out: into / out),
    squared=balanced(factor=lambda into, out: (out / into) ** 2),
)
equalized.mistake(
    "The function is the same, and one side has a largest weight of 1. The other?",
    into_1=balanced(factor=lambda into, out: 1 / into),
    out_1=balanced(factor=lambda into, out: out),
)
equalized.mistake(
    "Each unit has a factor of its own: by its row of W1, and its column of W2.",
    one_for_all=sized(lambda W, axis: np.abs(W).max()),
    one_for_live=balanced(factor=lambda into, out: np.sqrt(out.max() / into.max())),
)
equalized.mistake(
    "A weight of -5 is large: the largest |weight|.",
    signed=sized(lambda W, axis: W.max(axis=axis)),
    signed_then_size=sized(lambda W, axis: np.abs(W.max(axis=axis))),
)
equalized.mistake(
    "Another size than the largest |weight|: a length, a sum, a mean, a deviation, a "
    "width.",
    **OTHER_SIZES,
)
equalized.mistake(
    "The bias counts with you as one of the weights: it is not rounded.",
    bias_counts=balanced(lambda W1, b1: np.abs(np.c_[W1, b1]).max(axis=1)),
)
equalized.mistake(
    "Right where all units have weights on both sides. Which factor has a unit whose "
    "weights are all 0 on one?",
    **DEAD,
)
equalized.mistake(
    "A quiet unit is not a dead one: it stays as it is only where all its weights on a "
    "side are 0.",
    **QUIET,
)
