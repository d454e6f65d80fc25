r"""ReLU has relatives whose backward pass, too, needs their *outputs* alone:

- ELU: $z$ where $z > 0$, else $e^z - 1$;
- softplus: $\log(1 + e^z)$;
- leaky ReLU: $z$ where $z > 0$, else $0.1\,z$.

Write the three slopes from the outputs, without $z$.
"""

import numpy as np

from ..slopes_from_outputs import slopes_from_outputs


def _outputs(rng):
    z = rng.normal(scale=1.5, size=rng.integers(2, 6, size=2))
    z.flat[rng.permutation(z.size)[:2]] = -1, 1
    return np.where(z > 0, z, np.expm1(z)), np.log1p(np.exp(z)), _leaky(z)


def _leaky(z):
    return np.where(z > 0, z, 0.1 * z)


def _elu(e):
    return np.where(e > 0, 1, e + 1)


def _softplus(p):
    return 1 - np.exp(-p)


def _slope_of_leaky(r):
    return np.where(r > 0, 1, 0.1)


def _with(e=_elu, p=_softplus, r=_slope_of_leaky):
    """The three slopes, the right ones but for those that are given."""
    slopes = e, p, r
    return lambda e, p, r: tuple(f(x) for f, x in zip(slopes, (e, p, r), strict=True))


@slopes_from_outputs.variant(
    "Those are the slopes of sigmoid, tanh and ReLU, the lesson's three. Here the "
    "outputs are those of ELU, softplus and leaky ReLU.",
    public=lambda e, p, r: slopes_from_outputs(e, p, r),
    inputs=_outputs,
    edge_cases=(
        (np.array([-0.5, 2.0]), np.array([0.25, 3.0]), np.array([-0.3, 1e-30])),
    ),
    returns=("ELU's slope", "softplus's slope", "leaky ReLU's slope"),
)
def relatives_slopes(e, p, r):
    """The slopes of ELU, softplus and leaky ReLU (0.1), from their outputs e, p, r."""
    return _with()(e, p, r)


relatives_slopes.mistake(
    "A formula in z is given an output. ELU's slope below 0 is e^z, and its output "
    "there is e^z - 1: what is e^z, by the output? Softplus's slope is the sigmoid of "
    "z: write that with e^p = 1 + e^z.",
    elu_of_the_output=_with(e=lambda e: np.where(e > 0, 1, np.exp(e))),
    sigmoid_of_the_output=_with(p=lambda p: 1 / (1 + np.exp(-p))),
    both=_with(lambda e: np.where(e > 0, 1, np.exp(e)), lambda p: 1 / (1 + np.exp(-p))),
)
relatives_slopes.mistake(
    "Leaky ReLU is not off below 0: it still has a slope there, 0.1.",
    leaky_off=_with(r=lambda r: (r > 0) * 1.0),
)
relatives_slopes.mistake(
    "For a relative of ReLU you give its output where its slope is asked for: 1 where "
    "it is on, however large the output.",
    leaky_itself=_with(r=lambda r: r),
    elu_itself=_with(e=lambda e: np.where(e > 0, e, e + 1)),
)
relatives_slopes.mistake(
    "ELU's slope below 0 is missing, or is ReLU's: from -1 upwards its outputs climb, "
    "and the slope is what is left to -1, e + 1.",
    elu_off=_with(e=lambda e: (e > 0) * 1.0),
    elu_always_plus_one=_with(e=lambda e: e + 1),
)
relatives_slopes.mistake(
    "Softplus's slope is upside down: it is near 1 where the output is large, and near "
    "0 where it is near 0.",
    softplus_turned=_with(p=lambda p: np.exp(-p)),
)
