r"""The unit of the lesson had a tanh. Another has a sigmoid, and its loss a half:

$$a = \sigma(w x + b) = \frac{1}{1 + e^{-(w x + b)}}, \qquad
L = \tfrac12 (a - y)^2 .$$

Write its three slopes, by the chain rule.
"""

import numpy as np

from ..chain_rule import chain_rule


def _sigmoid(z):
    return 0.5 + 0.5 * np.tanh(z / 2)


def _by(slope=lambda a, z: a * (1 - a), factor=1):
    """The answer with ``slope(a, z)`` in the place of the sigmoid's slope."""

    def answer(w, x, b, y):
        z = w * x + b
        a = _sigmoid(z)
        dz = factor * (a - y) * slope(a, z)
        return dz * x, dz * w, dz

    return answer


@chain_rule.variant(
    "Those are the slopes of the lesson's unit, with its tanh and without the half. "
    "This one has a sigmoid: another value, and another slope."
)
def sigmoid_slopes(w, x, b, y):
    """The slopes dL/dw, dL/dx, dL/db of L = (sigmoid(w x + b) - y)^2 / 2, as floats."""
    return _by()(w, x, b, y)


sigmoid_slopes.mistake(
    "1 - a^2 is the slope of tanh. The sigmoid's, by its output a, is a (1 - a).",
    slope_of_tanh=_by(lambda a, z: 1 - a**2),
)
sigmoid_slopes.mistake(
    "The sigmoid's slope is missing: the path from L to w leads through it.",
    without_slope=_by(lambda a, z: 1),
)
sigmoid_slopes.mistake(
    "The slope a (1 - a) is to be taken of the *output* a, and not of z; and a is "
    "through the sigmoid already, which is not applied to it once more.",
    slope_of_the_input=_by(lambda a, z: z * (1 - z)),
    sigmoid_twice=_by(lambda a, z: _sigmoid(a) * (1 - _sigmoid(a))),
)
sigmoid_slopes.mistake(
    "Off by a factor of 2. The 2 that comes down from the square meets the half.",
    doubled=_by(factor=2),
    halved=_by(factor=0.5),
)
sigmoid_slopes.mistake(
    "The slope with respect to z is right, but it has not been carried on to w and x: "
    "in w x the slope of one factor is the other.",
    stopped_at_z=lambda w, x, b, y: np.full(3, _by()(w, x, b, y)[2]),
    exchanged=lambda w, x, b, y: np.take(_by()(w, x, b, y), [1, 0, 2]),
)
sigmoid_slopes.mistake(
    "The error a - y is not among the factors. (With the cross-entropy in the place of "
    "the square it would be the only one.)",
    without_the_error=lambda w, x, b, y: np.divide(
        _by()(w, x, b, y), _sigmoid(w * x + b) - y
    ),
)
