import math

from dlcourse.teach.exercise import exercise


def _kept(rng):
    momentum = float(rng.choice([0.001, 0.003, 0.01, 0.1, rng.uniform(0.01, 0.6)]))
    return momentum, int(rng.integers(2, 400 if momentum < 0.05 else 12))


@exercise(
    section="Debug this: good in training, poor in use",
    inputs=_kept,
    edge_cases=((0.1, 1), (0.5, 3), (0.001, 100), (0.1, 0), (0.99, 2)),
    rtol=3e-5,  # float32 raised to a high power
    returns="the share, a number from 0 to 1",
)
def start_left(momentum, steps):
    """The share that the start still has in a running moment after ``steps`` batches.

    momentum: the share of each new batch, above 0 and below 1.
    """
    return (1 - momentum) ** steps


start_left.mistake(
    "That is the share with `momentum` read as Keras does: what is *kept* in a step. "
    "Here it is the share of the new batch; what is kept is the rest.",
    kept=lambda momentum, steps: momentum**steps,
    others_kept=lambda momentum, steps: 1 - momentum**steps,
)
start_left.mistake(
    "That is the share of the batches. The start has the rest.",
    others=lambda momentum, steps: 1 - (1 - momentum) ** steps,
)
start_left.mistake(
    "Each batch takes its share of what is *left*, not always of the whole: what is "
    "kept is multiplied, batch by batch.",
    straight=lambda momentum, steps: max(0, 1 - momentum * steps),
    straight_below=lambda momentum, steps: 1 - momentum * steps,
)
start_left.mistake(
    "One step too few or too many: after one batch 1 - momentum is left.",
    one_less=lambda momentum, steps: (1 - momentum) ** (steps - 1),
    one_less_by_loop=lambda momentum, steps: (1 - momentum) ** max(0, steps - 1),
    one_more=lambda momentum, steps: (1 - momentum) ** (steps + 1),
)
start_left.mistake(
    "That is the rule of thumb for small shares, e^(-momentum steps). Asked is the "
    "share itself.",
    thumb=lambda momentum, steps: math.exp(-momentum * steps),
)
