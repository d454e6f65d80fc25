"""gradcheck finds what is wrong, says where, and leaves nothing behind."""

import numpy as np
import pytest

from dlcourse import nn, tensor
from dlcourse.autograd import gradcheck, record
from dlcourse.nn.functional import log_softmax


def leaf(*shape, seed=0):
    return tensor(
        np.random.default_rng(seed).uniform(0.5, 2, shape), requires_grad=True
    )


def planted(fault):
    """The cube, whose gradient goes through ``fault`` first."""
    return lambda x: record("cube", x.data**3, (x, lambda g: fault(3 * g * x.data**2)))


def entry(scale):
    def fault(gradient):
        gradient = gradient.copy()
        gradient[1, 2] *= scale
        return gradient

    return fault


FAULTS = {
    "sign": lambda g: -g,
    "factor": lambda g: 2 * g,
    "shift": lambda g: g + 1e-4,
    "nothing": lambda g: 0 * g,
    "transposed": lambda g: g.T,
    "nan": lambda g: g * np.nan,
    "one entry": entry(1.001),
}


def test_a_right_gradient():
    a, b = leaf(3, 4), leaf(4, 2, seed=1)
    report = gradcheck(lambda a, b: (a @ b * 0.1).tanh(), [a, b])
    assert report
    assert len(report.inputs) == 2
    assert report.error == max(check.error for check in report.inputs) < 1e-8
    assert str(report).count("right, relative error") == 2


def test_one_tensor_scalars_and_constants():
    assert gradcheck(lambda x: x.exp(), leaf())
    assert gradcheck(lambda x: x.exp().sum(), [leaf(2)])
    report = gradcheck(lambda x, c: x * c, [leaf(2), tensor([1, 2])])
    assert len(report.inputs) == 1


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_wrong_gradient(fault):
    x = leaf(3, 3)
    report = gradcheck(planted(fault), x, raise_exception=False)
    assert not report
    assert "input 0: WRONG" in str(report)
    with pytest.raises(AssertionError, match="the gradient is wrong\ninput 0: WRONG"):
        gradcheck(planted(fault), x)


def test_it_names_the_worst_entry():
    x = leaf(3, 3)
    report = gradcheck(planted(entry(2)), x, raise_exception=False)
    (check,) = report.inputs
    assert check.worst == (1, 2)
    right = (
        3 * x.data[1, 2] ** 2 * np.random.default_rng(0).uniform(0.5, 1.5, (3, 3))[1, 2]
    )
    assert check.numeric == pytest.approx(right, rel=1e-8)
    assert check.analytic == pytest.approx(2 * right, rel=1e-12)
    assert "worst at (1, 2): backward" in str(report)


def test_it_names_the_wrong_input():
    def f(a, b):
        return record(
            "mul", a.data * b.data, (a, lambda g: g * b.data), (b, lambda g: g)
        )

    report = gradcheck(f, [leaf(2), leaf(2, seed=1)], raise_exception=False)
    first, second = str(report).splitlines()
    assert first.startswith("input 0: right")
    assert second.startswith("input 1: WRONG")


@pytest.mark.parametrize("size", [1e6, 1e12, 1e100])
def test_large_inputs_get_large_steps(size):
    x = tensor(size * np.array([1.0, -2.0]), requires_grad=True)
    assert gradcheck(lambda x: (x / size) ** 3, x)
    wrong = planted(lambda g: 1.001 * g)
    assert not gradcheck(lambda x: wrong(x / size), x, raise_exception=False)


def test_an_entry_that_gets_no_gradient_is_checked_too():
    assert gradcheck(lambda a, b: a * 2, [leaf(2), leaf(2, seed=1)])
    severed = gradcheck(
        lambda a, b: a * b.detach(), [leaf(2), leaf(2, seed=1)], raise_exception=False
    )
    assert [check.error for check in severed.inputs] == [pytest.approx(0, abs=1e-9), 1]


def test_a_gradient_of_zero_is_not_drowned_by_rounding():
    x = tensor(np.random.default_rng(0).normal(size=(4, 5)))
    shift = leaf()  # log softmax does not see a shift of all logits
    assert gradcheck(lambda b: log_softmax(x + b, dim=1) * 10, shift)


def test_a_model_with_all_its_parameters():
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2)).double()
    x, y = tensor(np.random.default_rng(0).normal(size=(5, 3))), tensor([0, 1, 1, 0, 1])
    loss = nn.CrossEntropyLoss()
    report = gradcheck(lambda *_: loss(model(x), y), list(model.parameters()))
    assert len(report.inputs) == 4


# ------------------------------------------------------------------ what it refuses


def random_numbers():
    rng = np.random.default_rng(0)
    return lambda x: x * rng.normal()


@pytest.mark.parametrize(
    "f, inputs, error, message",
    [
        (
            lambda x: x,
            tensor([1.0], requires_grad=True),
            TypeError,
            "input 0 is float32",
        ),
        (
            lambda a, b: a * b,
            [leaf(1), tensor([1.0], requires_grad=True)],
            TypeError,
            "float64, input 1 is float32",
        ),
        (lambda x: x, tensor(np.ones(1)), ValueError, "no input has requires_grad"),
        (lambda x: x, [], ValueError, "no input has requires_grad"),
        (lambda x: x, leaf(1) * 2, ValueError, "input 0 is computed"),
        (random_numbers(), leaf(2), ValueError, "two results for the same inputs"),
        (lambda x: x * np.inf, leaf(2), ValueError, "func gives inf"),
        (lambda x: x * np.nan, leaf(2), ValueError, "func gives nan"),
        (lambda x: x.detach(), leaf(2), RuntimeError, "requires_grad"),
    ],
)
def test_what_it_refuses(f, inputs, error, message):
    with pytest.raises(error, match=message):
        gradcheck(f, inputs)


# ------------------------------------------------------------------- what it leaves


class Fails:
    """x^2, but the n-th call raises."""

    def __init__(self, n):
        self.calls, self.n = 0, n

    def __call__(self, x):
        self.calls += 1
        if self.calls == self.n:
            raise ZeroDivisionError
        return x * x


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 6, None])
@pytest.mark.parametrize("with_grad", [False, True])
def test_inputs_and_gradients_stay_as_they_were(n, with_grad):
    x = leaf(2, 2)
    if with_grad:
        (x * 3).sum().backward()
    grad, values = x.grad, x.data.copy()
    try:
        gradcheck(Fails(n), x)
    except ZeroDivisionError:
        assert n
    assert x.grad is grad
    if with_grad:
        assert (grad.data == 3).all()
    np.testing.assert_array_equal(x.data, values)


def test_a_wrong_gradient_leaves_nothing_either():
    x = leaf(2, 2)
    values = x.data.copy()
    gradcheck(planted(FAULTS["sign"]), x, raise_exception=False)
    assert x.grad is None
    np.testing.assert_array_equal(x.data, values)


def test_a_scalar_is_not_weighted():
    x = tensor(np.array([-1.0, 0.0, 2.0]), requires_grad=True)
    report = gradcheck(lambda x: x.relu().sum(), x, raise_exception=False)
    assert report.inputs[0].worst == (1,)
    assert report.inputs[0].numeric == pytest.approx(0.5)  # half of either side
