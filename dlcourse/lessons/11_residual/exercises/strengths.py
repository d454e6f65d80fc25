import numpy as np
from numpy.linalg import norm

from dlcourse.teach.exercise import exercise

from ..answers.nets import both_ways, share, tampered

RNG = np.random.default_rng(11)


@exercise(
    section="Debug this: a net of 200 blocks",
    inputs=tampered,
    edge_cases=(
        tampered(RNG, (5, 4), 200**-0.5, 1, 200**-0.5),
        tampered(RNG, (2, 3), 0.25, 2, 0.25),
        tampered(RNG, (1, 4), 0.5, 0.5, -0.5),
        tampered(RNG, (6, 1), 0.5, 0, 1.5),
        tampered(RNG, (3, 2), 0.5, -1, 0),
    ),
    atol=1e-5,
    returns=("a", "b"),
)
def strengths(block, x):
    """(a, b), two numbers: block(x) = a * x + b * block.branch(x).

    block: a module, which has been tampered with or not; it stays as it is.
    x (N, n): a tensor. block(x) and block.branch(x) are tensors, too; `.data` of a
    tensor is its array. Here x and branch(x) are never multiples of each other.
    """
    return _by(both_ways)(block, x)


def _by(solve):
    """solve(x, z, y), of arrays (N * n,): z from the branch, y from the block."""
    return lambda block, x: solve(
        *(each.data.ravel() for each in (x, block.branch(x), block(x)))
    )


def _told(solve):
    """solve(x, z, y, scale)."""
    return lambda block, x: _by(lambda *each: solve(*each, block.scale))(block, x)


strengths.mistake(
    "You take over what the block says of itself. What it *does* is to be measured.",
    believed=_told(lambda x, z, y, scale: (1.0, scale)),
    b_believed=_told(lambda x, z, y, scale: (both_ways(x, z, y)[0], scale)),
    b_taken_off=_told(lambda x, z, y, scale: (share(x, y - scale * z), scale)),
)
strengths.mistake(
    "Your a is always 1. The way past the branch may have been tampered with, too.",
    a_is_1=_by(lambda x, z, y: (1.0, share(z, y - x))),
    mean_of_ratios=_by(lambda x, z, y: (1.0, np.mean((y - x) / z))),
    first_ratio=_by(lambda x, z, y: (1.0, (y[0] - x[0]) / z[0])),
    b_alone_measured=_by(lambda x, z, y: (1.0, both_ways(x, z, y)[1])),
)
strengths.mistake(
    "A size knows no sign, nor does a ratio of sizes; and two ways make up one size.",
    sizes=_by(lambda x, z, y: (1.0, norm(y - x) / norm(z))),
    of_each=_by(lambda x, z, y: (norm(y) / norm(x), norm(y) / norm(z))),
    absolute=_by(lambda x, z, y: tuple(np.abs(both_ways(x, z, y)))),
)
strengths.mistake(
    "Each is measured as if the other were not there. x and branch(x) have a part in "
    "common: solve for both at once.",
    each_alone=_by(lambda x, z, y: (share(x, y), share(z, y))),
    ratios=_by(lambda x, z, y: ((y / x).mean(), (y / z).mean())),
    one_by_one=_by(lambda x, z, y: (share(x, y), share(z, y - share(x, y) * x))),
)
strengths.mistake(
    "b multiplies branch(x) as it comes: your b is a part of `scale`.",
    part_of_scale=_told(
        lambda x, z, y, scale: (both_ways(x, z, y)[0], both_ways(x, z, y)[1] / scale)
    ),
)
strengths.mistake(
    "The two are in the other order.", swapped=_by(lambda x, z, y: both_ways(z, x, y))
)
strengths.mistake(
    "One example, or one unit, may say too little: take all entries of x.",
    first_example=lambda block, x: _by(both_ways)(block, x[:1]),
)
