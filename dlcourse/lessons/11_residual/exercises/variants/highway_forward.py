"""Before residual networks there were *highway networks* (Srivastava, Greff and
Schmidhuber, 2015): a gate says for each number how much of it comes from the branch,
and the rest of it is x. Write such a layer. (What does it give where the gate is 0?)
"""

from ...answers.blocks import gated
from ...fixtures import relu
from ..residual_forward import residual_forward


@residual_forward.variant(
    "That is the lesson's answer: all of x passes by, whatever the gate says.",
    inputs=gated,
)
def highway_forward(x, branch, gate):
    """What a highway layer makes of x, an array (N, n).

    x (N, n): floats or integers; it stays as it is.   gate (N, n): numbers from 0 to 1.
    branch: a function, from arrays (N, n) to arrays (N, n). For each entry, gate is the
    part of the branch's output, and what is left of 1 is that of x.
    """
    return gate * branch(x) + (1 - gate) * x


highway_forward.mistake(
    "The two parts are exchanged: where the gate is 1, all is the branch's.",
    exchanged=lambda x, branch, gate: gate * x + (1 - gate) * branch(x),
)
highway_forward.mistake(
    "That is a part of one of the two alone.",
    branch_alone=lambda x, branch, gate: gate * branch(x),
    skip_alone=lambda x, branch, gate: (1 - gate) * x,
)
highway_forward.mistake(
    "One of the two comes whole: the gate takes from x what it gives to the branch.",
    branch_whole=lambda x, branch, gate: branch(x) + (1 - gate) * x,
)
highway_forward.mistake(
    "The gate lets the same part of both through: of x it is to be what is left of 1.",
    both_gated=lambda x, branch, gate: gate * (branch(x) + x),
)
highway_forward.mistake(
    "The gate meets what goes *in*. It weighs what comes out.",
    inside=lambda x, branch, gate: branch(gate * x) + (1 - gate) * x,
)
highway_forward.mistake(
    "Gates are averaged, rounded or taken from another row. Each entry has its own.",
    mean=lambda x, branch, gate: gate.mean() * branch(x) + (1 - gate.mean()) * x,
    by_row=lambda x, branch, gate: highway_forward.reference(
        x, branch, gate.mean(axis=1, keepdims=True)
    ),
    first=lambda x, branch, gate: highway_forward.reference(x, branch, gate[:1]),
    switch=lambda x, branch, gate: highway_forward.reference(x, branch, gate > 0.5),
)
highway_forward.mistake(
    "Negative numbers are lost: no ReLU is asked for.",
    relu_after=lambda x, branch, gate: relu(gate * branch(x) + (1 - gate) * x),
)
