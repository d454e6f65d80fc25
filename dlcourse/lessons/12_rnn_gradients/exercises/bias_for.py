import math

import numpy as np

from dlcourse.teach.exercise import exercise


def _steps(rng):
    return (int(rng.choice([1, 2, 3, 10, 40, 1000, rng.integers(4, 300)])),)


@exercise(
    section="Gates",
    inputs=_steps,
    edge_cases=((1,), (2,), (3,), (10,), (40,), (100000,)),
    returns="a number",
)
def bias_for(T):
    """The forget gate's bias b with which 1/e of c is left after T steps.

    T: the number of steps, 1 or more. Each step multiplies c by sigmoid(b), and
    nothing is added. (b is the sum of b_ih and b_hh, if there are two.)
    """
    return _of(lambda T: math.exp(-1 / T))(T)


def _of(gate):
    """The bias with which the gate lets gate(T) through."""
    return lambda T: np.log(np.float64(gate(T)) / (1 - np.float64(gate(T))))


bias_for.mistake(
    "Near it for a long T, and off for a short one: solve without an approximation.",
    log=lambda T: math.log(T),
    log_of_half_less=lambda T: math.log(T - 0.5),
    first_order=_of(lambda T: 1 - 1 / T),
)
bias_for.mistake(
    "That is what the gate is to let *through* in a step, or the log of it. Which b "
    "gives it?",
    gate=lambda T: math.exp(-1 / T),
    log_of_gate=lambda T: -1 / T,
    first_order_gate=lambda T: 1 - 1 / T,
)
bias_for.mistake(
    "The sign is turned: this gate is nearly shut where it should be nearly open.",
    sign=lambda T: math.log(math.expm1(1 / T)),
)
bias_for.mistake(
    "After T steps sigmoid(b) has been multiplied T times. You take it once, or "
    "divide, multiply or raise to a power where a root is wanted.",
    one_step=_of(lambda T: math.exp(-1)),
    divided=lambda T: -math.log(math.expm1(1)) / T,
    times=lambda T: -math.log(math.expm1(1)) * T,
    share=_of(lambda T: math.exp(-1) / T),
    power=lambda T: -T - math.log1p(-math.exp(-T)),
)
bias_for.mistake(
    "What is left is another part than 1/e: a half, a tenth, or all but 1/e.",
    half=_of(lambda T: 0.5 ** (1 / T)),
    tenth=_of(lambda T: 0.1 ** (1 / T)),
    lost=_of(lambda T: (1 - math.exp(-1)) ** (1 / T)),
)
bias_for.mistake(
    "A bias is no number of steps: each step multiplies.",
    steps=lambda T: float(T),
    inverse=lambda T: 1 / T,
)
bias_for.mistake(
    "b is to be the whole bias, the two together. You give one's half, or twice it.",
    halved=lambda T: -math.log(math.expm1(1 / T)) / 2,
    doubled=lambda T: -math.log(math.expm1(1 / T)) * 2,
)
bias_for.mistake(
    "The squashing function is the sigmoid, and the logarithm the natural one.",
    tanh=lambda T: math.atanh(math.exp(-1 / T)),
    log10=lambda T: -math.log10(math.expm1(1 / T)),
    log2=lambda T: -math.log2(math.expm1(1 / T)),
)
bias_for.mistake(
    "A sign slips on the way: put your b into 1 / (1 + exp(-b)), and look.",
    slipped=lambda T: -math.log(math.exp(1 / T) + 1),
)
