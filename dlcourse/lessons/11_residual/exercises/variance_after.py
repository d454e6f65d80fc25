import math

from dlcourse.teach.exercise import exercise

from ..answers.nets import depth_scale_gain


@exercise(
    section="A product against a sum",
    inputs=depth_scale_gain,
    edge_cases=(
        *((3, 0.5, 2.0), (10, 1.0, 1.0), (0, 1.0, 1.0), (1, -0.5, 3.0), (4, -2.0, 0.5)),
        *((200, 200**-0.5, 1.0), (7, 0.0, 1.0), (7, 0.3, 0.0), (2, 1.0, 1 / 6)),
    ),
    returns="the variance, a number",
)
def variance_after(blocks, scale, gain):
    """The variance of the signal after `blocks` residual blocks; before them it is 1.

    blocks: how many, 0 or more. Each adds scale times what its branch gives to its
    input, and hands the sum to the next.   scale: a number, of either sign, or 0.
    gain: a branch's output has gain times the variance of its input, mean 0, and is
    uncorrelated with it.
    """
    return _by()(blocks, scale, gain)


def _by(factor=lambda s, gain: 1 + s**2 * gain, power=lambda factor, L: factor**L):
    """factor: of one block.   power: of all of them."""
    return lambda blocks, scale, gain: power(factor(scale, gain), blocks)


variance_after.mistake(
    "Does the second block add as much as the first? Its input has grown already.",
    straight=lambda L, scale, gain: 1 + L * scale**2 * gain,
    straight_unsquared=lambda L, scale, gain: 1 + L * scale * gain,
    of_ones=lambda L, scale, gain: 2 * L,
    times=lambda L, scale, gain: L * (1 + scale**2 * gain),
)
variance_after.mistake(
    "That is the standard deviation, the variance's root.",
    root=_by(power=lambda factor, L: factor ** (L / 2)),
)
variance_after.mistake(
    "What is k times as large has which variance? `scale` enters it otherwise.",
    unsquared=_by(lambda s, gain: 1 + s * gain),
    size_unsquared=_by(lambda s, gain: 1 + abs(s) * gain),
)
variance_after.mistake(
    "`gain` is a factor of the variance already: not to be squared, nor its root.",
    gain_squared=_by(lambda s, gain: 1 + (s * gain) ** 2),
    root_of_gain=_by(lambda s, gain: 1 + s**2 * gain**0.5),
)
variance_after.mistake(
    "You add up sizes. Of uncorrelated things the *variances* add up.",
    sizes=_by(lambda s, gain: (1 + s * gain**0.5) ** 2),
)
variance_after.mistake(
    "A product of branches alone: *each* block has a way past its branch, not the net.",
    no_skip=_by(lambda s, gain: s**2 * gain),
    one_skip=lambda L, scale, gain: 1 + (scale**2 * gain) ** L,
)
variance_after.mistake(
    "What passes by is not multiplied by scale: the branch alone is.",
    both_scaled=_by(lambda s, gain: s**2 * (1 + gain)),
    skip_scaled=_by(lambda s, gain: s**2 + gain),
)
variance_after.mistake(
    "`scale`, or `gain`, or both have no effect with you, or are added.",
    no_scale=_by(lambda s, gain: 1 + gain),
    no_gain=_by(lambda s, gain: 1 + s**2),
    neither=_by(lambda s, gain: 2),
    added=_by(lambda s, gain: 1 + s**2 + gain),
)
variance_after.mistake(
    "One block too many, or too few: after none the variance is 1.",
    one_more=_by(power=lambda factor, L: factor ** (L + 1)),
    one_less=_by(power=lambda factor, L: factor ** (L - 1)),
    one_less_by_loop=_by(power=lambda factor, L: factor ** max(L - 1, 0)),
)
variance_after.mistake(
    "That is what it comes near where each block adds little. Asked is all of it.",
    limit=lambda L, scale, gain: math.exp(L * scale**2 * gain),
)
