import numpy as np

from dlcourse.teach.exercise import exercise

from ..answers.nets import leave_out, leaving_out, scale_set

RNG = np.random.default_rng(11)


@exercise(
    section="Drop a block",
    inputs=leave_out,
    edge_cases=(
        leave_out(RNG, 3, 1, True),
        leave_out(RNG, 3, 0, False),
        leave_out(RNG, 4, 3, True),
        leave_out(RNG, 1, 0, True),
    ),
    run=lambda f, model, i, x: (f(model, i, x), model(x)),
    atol=1e-5,
    returns=("what comes out without the block", "what the model gives afterwards"),
)
def drop_block(model, i, x):
    """What the model makes of x with block i left out, a tensor. It stays as it is.

    model: an nn.Sequential of a linear layer, the blocks, a ReLU and a linear layer;
    `for layer in model` goes through them. i: 0 for the first block.   x: a tensor.
    Blocks may have a skip or none. What comes into block i goes into what follows it.
    """
    return leaving_out()(model, i, x)


drop_block.mistake(
    "Not block i is left out, but its neighbour: at which place is block 0?",
    stem=leaving_out(lambda i, n: [i]),
    next_one=leaving_out(lambda i, n: [2 + i]),
)
drop_block.mistake(
    "Nothing, or nothing but a bias, comes through where the block was: zeros. What "
    "came in is to go on.",
    zeros=leaving_out(instead=lambda layer, x: layer(x) * 0),
)
drop_block.mistake(
    "Right where there is a skip. Where there is none, a branch times 0 lets nothing "
    "pass: the block itself is to be left out.",
    scale_0=leaving_out(instead=lambda layer, x: x * (layer.shortcut is not None)),
)
drop_block.mistake(
    "The model is not as it was: what was the block's `scale` before? (And where there "
    "is no skip, scale 0 lets nothing pass.)",
    left_at_0=scale_set(None),
    set_to_1=scale_set(1),
)
drop_block.mistake(
    "You take the skip out, or the branch's scale. The whole block is to be left out.",
    branch_alone=leaving_out(instead=lambda layer, x: layer.branch(x)),
    branch_scaled=leaving_out(instead=lambda layer, x: layer.branch(x) * layer.scale),
)
drop_block.mistake(
    "More is left out than block i. Does a loop, or a slice, end too early?",
    all_after=leaving_out(lambda i, n: range(1 + i, n - 2)),
    all_before=leaving_out(lambda i, n: range(1, 2 + i)),
    all_others=leaving_out(lambda i, n: [k for k in range(1, n - 2) if k != 1 + i]),
    the_rest=leaving_out(lambda i, n: range(1 + i, n)),
    stem_too=leaving_out(lambda i, n: [0, 1 + i]),
    relu_too=leaving_out(lambda i, n: [1 + i, n - 2]),
    end_too=leaving_out(lambda i, n: [1 + i, n - 2, n - 1]),
    both_ends=leaving_out(lambda i, n: [0, 1 + i, n - 2, n - 1]),
)
drop_block.mistake(
    "Nothing is left out: the block still works.", none=leaving_out(lambda *_: ())
)
