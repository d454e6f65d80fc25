"""relative_error and against_torch: what must differ is seen to differ."""

import numpy as np
import pytest
import torch

from dlcourse import lab, nn
from dlcourse.autograd import record

X = np.random.default_rng(0).normal(size=(4, 6))


def test_relative_error_is_that_of_the_norms():
    assert lab.relative_error([[3, 4.5]], [[3, 4]]) == pytest.approx(0.1)
    with pytest.raises(ValueError, match=r"one shape, got \(2,\), \(1, 2\)"):
        lab.relative_error([1, 2], [[1, 2]])
    with pytest.raises(ValueError, match="the truth is 0"):
        lab.relative_error([1, 2], [0, 0])


def passes(row):
    return {column: error <= bound for column, (error, bound) in row.items()}


def test_the_same_function_agrees_in_all_three():
    row = lab.against_torch(nn.Tanh(), torch.tanh, X)
    assert list(row) == ["value", "gradient", "centred differences"]
    assert all(passes(row).values())


def test_several_inputs_each_have_their_gradient():
    ours = theirs = lambda a, b: a * b.exp()
    assert all(passes(lab.against_torch(ours, theirs, X, X.T.reshape(4, 6))).values())

    def shifted(a, b):
        return a * b.exp() + (b - b.detach())

    row = lab.against_torch(ours, shifted, X, X)
    assert passes(row) == {
        "value": True,
        "gradient": False,
        "centred differences": True,
    }


@pytest.mark.parametrize(
    ("ours", "theirs", "failing"),
    [
        (nn.Tanh(), torch.sigmoid, {"value", "gradient"}),
        (lambda t: t + 1e-9, lambda t: t, {"value"}),
        (  # a wrong gradient beside a right value
            lambda t: record("double", t.data * 2, (t, lambda g: g * 2.001)),
            lambda t: t * 2,
            {"gradient", "centred differences"},
        ),
        (lambda t: t * 2, lambda t: t.detach() * 2 + 0 * t, {"gradient"}),
        (  # wrong entry by entry, right in the sum
            lambda t: record("turned", t.data.copy(), (t, lambda g: g[::-1])),
            lambda t: t * 1,
            {"gradient", "centred differences"},
        ),
    ],
)
def test_what_differs_is_outside_its_bound(ours, theirs, failing):
    row = lab.against_torch(ours, theirs, X)
    assert {column for column, ok in passes(row).items() if not ok} == failing


def test_an_input_that_no_gradient_reaches_has_a_gradient_of_zero():
    row = lab.against_torch(lambda a, b: a * 1, lambda a, b: a * 1, X, X)
    assert all(passes(row).values())
    row = lab.against_torch(lambda a, b: a * 1 + b * 0.1, lambda a, b: a + 0, X, 0 * X)
    assert not passes(row)["gradient"]
