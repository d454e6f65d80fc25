import math

import numpy as np

from dlcourse.teach.exercise import exercise

from ..answers.nets import as_chances, depth_scale_gain


@exercise(
    section="Deeper: Many shallow paths",
    inputs=depth_scale_gain,
    edge_cases=(
        *((3, 1.0, 1.0), (4, 0.5, 2.0), (0, 1.0, 1.0), (5, -0.5, 1.5), (1, 2.0, 0.75)),
        *((6, 0.0, 1.0), (6, 0.4, 0.0), (50, 50**-0.5, 1.0), (10, -1.0, 0.4)),
    ),
    trials=14,
    returns="an array (blocks + 1,)",
)
def path_shares(blocks, scale, gain):
    """The gradient's shares by length of path, an array (blocks + 1,); they sum to 1.

    Entry k: the share, in the mean square of the gradient, of all paths through k
    branches, which pass by the other blocks. A branch multiplies the mean square by
    scale**2 * gain. What comes by different paths is uncorrelated: mean squares add.
    """
    return _by()(blocks, scale, gain)


def _factor(scale, gain):
    return scale**2 * gain


def _by(paths=math.comb, factor=_factor, change=lambda parts: parts / parts.sum()):
    """paths: how many of length k there are.   factor: of one branch."""

    def shares(blocks, scale, gain):
        lengths = range(blocks + 1)
        parts = [paths(blocks, k) * factor(scale, gain) ** k for k in lengths]
        return change(np.array(parts, float))

    return shares


path_shares.mistake(
    "All paths count alike with you. One through k branches has its factor k times.",
    alike=_by(factor=lambda scale, gain: 1),
)
path_shares.mistake(
    "How many choices of k blocks are there? You count one path, or another number.",
    one=_by(lambda L, k: 1),
    ordered=_by(lambda L, k: float(math.perm(L, k))),
    powers=_by(lambda L, k: 2.0**k),
    factorials=_by(lambda L, k: float(math.factorial(k))),
    times=_by(lambda L, k: max(1, L * k)),
)
path_shares.mistake(
    "Those are mean squares, or numbers of paths. A share is a part of all of them.",
    not_shares=_by(change=lambda parts: parts),
    of_all_paths=_by(change=lambda parts: parts / 2 ** (len(parts) - 1)),
    numbers=_by(factor=lambda scale, gain: 1, change=lambda parts: parts),
    of_the_largest=_by(change=lambda parts: parts / parts.max()),
)
path_shares.mistake(
    "A branch's factor is scale**2 * gain, that of a way past it 1. Yours are others.",
    unsquared=_by(factor=lambda scale, gain: scale * gain),
    root=_by(factor=lambda scale, gain: abs(scale) * gain**0.5),
    gain_squared=_by(factor=lambda scale, gain: (scale * gain) ** 2),
    chances=as_chances,
    no_gain=_by(factor=lambda scale, gain: scale**2),
    no_scale=_by(factor=lambda scale, gain: gain),
    squared=_by(factor=lambda scale, gain: (scale**2 * gain) ** 2),
)
path_shares.mistake(
    "Your list begins with the longest: entry k belongs to paths through k branches.",
    reversed=_by(change=lambda parts: parts[::-1] / parts.sum()),
)
path_shares.mistake(
    "One length is missing: paths go through 0 branches, or 1, up to all of them.",
    no_empty=_by(change=lambda parts: parts[1:] / parts.sum()),
    no_empty_in_sum=_by(change=lambda parts: parts[1:] / max(parts[1:].sum(), 1e-300)),
    not_all=_by(change=lambda parts: parts[:-1] / parts.sum()),
    not_all_in_sum=_by(change=lambda parts: parts[:-1] / max(parts[:-1].sum(), 1e-300)),
)
