import numpy as np

from dlcourse.teach.exercise import exercise

from ..answers.blocks import block
from ..fixtures import relu

RNG, X = np.random.default_rng(11), np.array([[1.0, -2, 0.5], [-1, 3, 0]])


@exercise(
    section="The block",
    inputs=block,
    edge_cases=(
        (X, lambda x: x[:, ::-1] - 4, 0.5),
        (X, lambda x: 1.0 * x, -0.25),
        (np.array([[3, -1], [0, 2], [-5, 4]]), lambda x: 1 - 2.0 * x, 2.0),
        block(RNG, (4, 3), 0.0),
        block(RNG, (1, 1), -1.5),
    ),
    atol=1e-5,
    returns="an array (N, n)",
)
def residual_forward(x, branch, scale):
    """What a residual block makes of x, an array (N, n).

    x (N, n): floats or integers; it stays as it is.   scale: any number, or 0.
    branch: a function, from arrays (N, n) to arrays (N, n). It is multiplied by scale,
    then added to what passes by.
    """
    return x + scale * branch(x)


residual_forward.mistake(
    "x is missing in the sum: that is the branch alone.",
    no_skip=lambda x, branch, scale: scale * branch(x),
    no_skip_nor_scale=lambda x, branch, scale: branch(x) * 1.0,
)
residual_forward.mistake(
    "x is multiplied. What passes by is added as it is: scale is the branch's.",
    both_scaled=lambda x, branch, scale: scale * (x + branch(x)),
    skip_scaled=lambda x, branch, scale: scale * x + branch(x),
    mixed=lambda x, branch, scale: (1 - scale) * x + scale * branch(x),
)
residual_forward.mistake(
    "`scale` has no effect with you.", unscaled=lambda x, branch, _: x + branch(x)
)
residual_forward.mistake(
    "Negative numbers are lost: no ReLU is asked for, in the sum or behind it.",
    relu_after=lambda x, branch, scale: relu(x + scale * branch(x)),
    relu_of_branch=lambda x, branch, scale: x + scale * relu(branch(x)),
    relu_of_x=lambda x, branch, scale: relu(x) + scale * branch(x),
)
residual_forward.mistake(
    "The branch is gone through twice.",
    twice=lambda x, branch, scale: x + scale * branch(branch(x)),
    again=lambda x, branch, scale: x + scale * branch(x + scale * branch(x)),
)
residual_forward.mistake(
    "`scale` multiplies what comes *out* of the branch, and that is added. Yours meets "
    "what goes in, divides, or is subtracted.",
    inside=lambda x, branch, scale: x + branch(scale * x),
    divided=lambda x, branch, scale: x + branch(x) / np.float64(scale),
    subtracted=lambda x, branch, scale: x - scale * branch(x),
)
