"""Lesson 03: the exercise ``slopes_from_outputs``."""

import numpy as np

from dlcourse.teach.exercise import exercise


def _outputs(rng):
    z = rng.normal(scale=1.5, size=(int(rng.integers(2, 6)), 4))
    z[0, 0] = -abs(z[0, 0])  # a ReLU that is off
    return 1 / (1 + np.exp(-z)), np.tanh(z), np.maximum(z, 0)


@exercise(
    section="The product, taken apart",
    inputs=_outputs,
    returns=("the sigmoid's", "tanh's", "ReLU's"),
)
def slopes_from_outputs(s, t, r):
    """The slopes of sigmoid, tanh and ReLU, from their outputs s, t and r."""
    return s * (1 - s), 1 - t**2, (r > 0).astype(float)


@slopes_from_outputs.mistake(
    "The slope of tanh is 1 - t^2, the square of its output taken from 1, not the "
    "square of (1 - t)."
)
def square_of_the_difference(s, t, r):
    return s * (1 - s), (1 - t) ** 2, (r > 0).astype(float)


@slopes_from_outputs.mistake(
    "You took the outputs for what goes in: s, t and r have been through their "
    "functions already, so the sigmoid's slope is s (1 - s), and so on."
)
def through_the_function_again(s, t, r):
    again = 1 / (1 + np.exp(-s))
    return again * (1 - again), 1 - np.tanh(t) ** 2, (r > 0).astype(float)


@slopes_from_outputs.mistake(
    "The sigmoid's formula is right for z, but s is its output: e^-z / (1 + e^-z)^2 is "
    "one factor s times another that is made from s as well."
)
def sigmoid_again(s, t, r):
    return np.exp(-s) / (1 + np.exp(-s)) ** 2, 1 - t**2, (r > 0).astype(float)


@slopes_from_outputs.mistake(
    "tanh is applied twice: t is its output already, so its slope is 1 - t^2."
)
def tanh_again(s, t, r):
    return s * (1 - s), 1 - np.tanh(t) ** 2, (r > 0).astype(float)


@slopes_from_outputs.mistake(
    "ReLU's slope is 1 everywhere in your answer: every output of a ReLU is at least "
    "0, so >= is always true. It is off where its output is 0."
)
def relu_never_off(s, t, r):
    return s * (1 - s), 1 - t**2, (r >= 0).astype(float)


@slopes_from_outputs.mistake(
    "For ReLU you give its output. Its slope is 1 where it is on, however large the "
    "output, and 0 where it is off."
)
def relu_itself(s, t, r):
    return s * (1 - s), 1 - t**2, r


@slopes_from_outputs.mistake(
    "The sigmoid has tanh's slope in your answer. With 1 - s^2 it would be steepest "
    "far on the left, where it is flat: it is s (1 - s)."
)
def sigmoid_as_tanh(s, t, r):
    return 1 - s**2, 1 - t**2, (r > 0).astype(float)


@slopes_from_outputs.mistake(
    "The sigmoid's and tanh's are exchanged: the order is that of the arguments, the "
    "sigmoid's slope first, then tanh's, then ReLU's."
)
def order_exchanged(s, t, r):
    return 1 - t**2, s * (1 - s), (r > 0).astype(float)


@slopes_from_outputs.mistake(
    "tanh's is 1 - t in your answer: the square is missing. Look at t near -1, where "
    "tanh is flat: 1 - t is largest there."
)
def tanh_without_the_square(s, t, r):
    return s * (1 - s), 1 - t, (r > 0).astype(float)


@slopes_from_outputs.mistake(
    "The sigmoid's is s (1 + s) in your answer: a sign. Look at s near 1, where the "
    "sigmoid is flat."
)
def sigmoid_with_a_plus(s, t, r):
    return s * (1 + s), 1 - t**2, (r > 0).astype(float)


@slopes_from_outputs.mistake(
    "One array came back, the sigmoid's slopes: return all three, with commas between "
    "them."
)
def the_first_alone(s, t, r):
    return s * (1 - s)


@slopes_from_outputs.mistake(
    "One array came back, ReLU's slopes: return all three, with commas between them, "
    "and give each its own name."
)
def the_last_alone(s, t, r):
    return (r > 0).astype(float)
