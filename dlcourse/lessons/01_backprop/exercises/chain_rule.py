"""Lesson 01: the exercise ``chain_rule``."""

import numpy as np

from dlcourse.teach.exercise import exercise


@exercise(
    section="One number at a time",
    inputs=lambda rng: tuple(rng.uniform(-1.5, 1.5, size=4)),
    returns=("dL/dw", "dL/dx", "dL/db"),
)
def chain_rule(w, x, b, y):
    """The three slopes dL/dw, dL/dx, dL/db of L = (tanh(w x + b) - y)^2, as floats."""
    a = np.tanh(w * x + b)
    slope = 2 * (a - y) * (1 - a**2)
    return slope * x, slope * w, slope


@chain_rule.mistake(
    "The slope of tanh is missing: the path from L to w leads through the tanh, so its "
    "slope 1 - tanh(z)^2 is one of the factors."
)
def without_tanh_slope(w, x, b, y):
    slope = 2 * (np.tanh(w * x + b) - y)
    return slope * x, slope * w, slope


@chain_rule.mistake(
    "You took 1 - z^2 for the slope of tanh. It is 1 - tanh(z)^2: the square of the "
    "output, not of the input."
)
def slope_of_the_input(w, x, b, y):
    z = w * x + b
    slope = 2 * (np.tanh(z) - y) * (1 - z**2)
    return slope * x, slope * w, slope


@chain_rule.mistake(
    "Everything is half of what it should be: the slope of u^2 is 2u, not u."
)
def without_the_two(w, x, b, y):
    return tuple(s / 2 for s in chain_rule.reference(w, x, b, y))


@chain_rule.mistake(
    "All signs are turned: the error is tanh(z) - y, prediction minus target."
)
def turned_sign(w, x, b, y):
    return tuple(-s for s in chain_rule.reference(w, x, b, y))


@chain_rule.mistake(
    "dL/dw and dL/dx are exchanged: the slope of w x with respect to w is x, the other "
    "factor."
)
def exchanged(w, x, b, y):
    dw, dx, db = chain_rule.reference(w, x, b, y)
    return dx, dw, db


@chain_rule.mistake(
    "The tanh is taken twice: `a` is tanh(z) already, so its slope is 1 - a^2, without "
    "another tanh."
)
def tanh_of_tanh(w, x, b, y):
    a = np.tanh(w * x + b)
    slope = 2 * (a - y) * (1 - np.tanh(a) ** 2)
    return slope * x, slope * w, slope


@chain_rule.mistake(
    "dL/db has a factor b too many: in w x + b the slope with respect to b is 1."
)
def times_b(w, x, b, y):
    dw, dx, db = chain_rule.reference(w, x, b, y)
    return dw, dx, db * b


@chain_rule.mistake(
    "The bias is forgotten: the tanh is taken of w x + b, and its slope at that place."
)
def without_bias(w, x, b, y):
    return chain_rule.reference(w, x, 0.0, y)


@chain_rule.mistake(
    "The slope with respect to z is right, but it has not been carried on to w and x: "
    "in w x the slope of one factor is the other."
)
def stopped_at_z(w, x, b, y):
    return (chain_rule.reference(w, x, b, y)[2],) * 3
