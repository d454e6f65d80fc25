"""The other way round: an LSTM's forget gate has bias b, all else is 0. After how many
steps is 1/e of c left? (PyTorch's usual bias is near 0: what is kept then?)
"""

import math

import numpy as np

from ..bias_for import bias_for


def _bias(rng):
    return (float(rng.choice([0, 1, 3, -1, rng.uniform(-4, 9)])),)


@bias_for.variant(
    "That is the lesson's answer, the bias by the number of steps. Here b is given.",
    inputs=_bias,
    edge_cases=tuple((np.float64(b),) for b in (0, 1, -1, 3, 5, -4)),
)
def steps_kept(b):
    """The number of steps after which 1/e of c is left; a float, below 1 perhaps.

    b: the forget gate's bias, of either sign, or 0. Each step multiplies c by
    sigmoid(b), and nothing is added.
    """
    return _by()(b)


def _by(steps=lambda f: -1 / math.log(f), gate=lambda b: 1 / (1 + math.exp(-b))):
    return lambda b: steps(gate(b))


steps_kept.mistake(
    "Near it where the gate is nearly open, and off elsewhere: solve without an "
    "approximation.",
    first_order=_by(lambda f: 1 / (1 - f)),
    exponential=lambda b: math.exp(b),
    exponential_and_half=lambda b: math.exp(b) + 0.5,
)
steps_kept.mistake(
    "What is left is another part than 1/e. (Or is the logarithm not the natural one?)",
    half=_by(lambda f: math.log(0.5) / math.log(f)),
    tenth=_by(lambda f: math.log(0.1) / math.log(f)),
    lost=_by(lambda f: math.log(1 - math.exp(-1)) / math.log(f)),
)
steps_kept.mistake(
    "The sign of b is turned, or that of the answer.",
    sign=_by(gate=lambda b: 1 / (1 + math.exp(b))),
    negative=_by(lambda f: 1 / math.log(f)),
)
steps_kept.mistake(
    "That belongs to one step: what is left after it, or its logarithm.",
    gate=_by(lambda f: f),
    rate=_by(lambda f: -math.log(f)),
    rate_below_0=_by(lambda f: math.log(f)),
    lost_in_a_step=_by(lambda f: 1 - f),
    inverse=_by(lambda f: 1 / f),
)
steps_kept.mistake(
    "Steps come in fractions here: nothing is rounded.",
    up=_by(lambda f: math.ceil(-1 / math.log(f))),
    down=_by(lambda f: math.floor(-1 / math.log(f))),
    nearest=_by(lambda f: round(-1 / math.log(f))),
)
