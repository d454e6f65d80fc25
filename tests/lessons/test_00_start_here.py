"""Answers as learners write them to the exercise of lesson 00."""

import numpy as np
import pytest
from learners import is_told, passes


def loop_of_squares(predictions, targets):
    total = 0
    for i in range(len(predictions)):
        total = total + (predictions[i] - targets[i]) ** 2
    return total / len(predictions)


def returned_in_the_loop(predictions, targets):
    total = 0
    for p, t in zip(predictions, targets, strict=True):
        total += (p - t) ** 2
        return total / len(predictions)


def replaced_in_the_loop(predictions, targets):
    for p, t in zip(predictions, targets, strict=True):
        square = (p - t) ** 2
    return square / len(predictions)


@pytest.mark.parametrize(
    "f", [loop_of_squares, lambda p, t: np.dot(t - p, t - p) / p.size]
)
def test_another_way_to_the_right_answer_passes(f):
    passes("mean_squared_error", f)


@pytest.mark.parametrize(
    ("f", "message"),
    [
        (lambda p, t: [np.mean((p - t) ** 2)], "number in brackets"),
        (lambda p, t: (p - t) ** 2, "Is a sum or a mean missing?"),
        (lambda p, t: np.mean((p - t) ^ 2), "In Python a power is `**`"),
        (lambda p, t: np.mean((p - t) ** 2) ** 0.5, "the root of what is expected"),
        (lambda p, t: np.mean(p - t**2), "a power binds more tightly than a minus"),
        (lambda p, t: np.mean(t - p), "errors of opposite sign cancel"),
        (lambda p, t: np.sum((p - t) ** 2) / (len(p) - 1), "divided by n - 1"),
        (returned_in_the_loop, "`return` stands behind the loop"),
        (replaced_in_the_loop, "must be added to the sum"),
    ],
)
def test_a_wrong_answer_is_told_what_it_needs(f, message):
    is_told("mean_squared_error", f, message)
