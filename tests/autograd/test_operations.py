"""Each operation against PyTorch: values, gradients, shapes, dtypes, kinks."""

import numpy as np
import pytest

from dlcourse import tensor

torch = pytest.importorskip("torch")


def values(*shape, seed=0, low=-2, high=2):
    return np.random.default_rng(seed).uniform(low, high, shape)


def positive(*shape, seed=0):
    return values(*shape, seed=seed, low=0.3)


def assert_equal(ours, theirs, rtol):
    """One shape, one dtype, equal to ``rtol`` of the largest entry."""
    ours, theirs = np.asarray(ours.detach()), theirs.detach().numpy()
    assert ours.shape == theirs.shape
    assert ours.dtype == theirs.dtype
    largest = np.abs(theirs[np.isfinite(theirs)]).max(initial=0)
    np.testing.assert_allclose(ours, theirs, rtol=rtol, atol=rtol * largest)


def assert_as_torch(f, *arrays, rtol=1e-12, seed=1):
    """f's value, and its gradients for a random seed, are PyTorch's."""
    ours = [tensor(a, requires_grad=True) for a in arrays]
    theirs = [torch.tensor(a, requires_grad=True) for a in arrays]
    y, expected = f(*ours), f(*theirs)
    assert_equal(y, expected, rtol)
    g = np.asarray(values(*y.shape, seed=seed), y.dtype)
    y.backward(tensor(g))
    expected.backward(torch.tensor(g))
    for x, reference in zip(ours, theirs, strict=True):
        assert_equal(x.grad, reference.grad, rtol)


BINARY = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
}
NUMBER = {
    "2 + t": lambda a: 2 + a,
    "t + 2": lambda a: a + 2,
    "2 - t": lambda a: 2 - a,
    "t - 2": lambda a: a - 2,
    "3 * t": lambda a: 3 * a,
    "t * 0.1": lambda a: a * 0.1,
    "2 / t": lambda a: 2 / a,
    "t / 3": lambda a: a / 3,
    "-t": lambda a: -a,
    "t ** 3": lambda a: a**3,
    "t ** 2": lambda a: a**2,
    "t ** 1": lambda a: a**1,
    "t ** 0": lambda a: a**0,
    "t ** 0.5": lambda a: a**0.5,
    "t ** -1.5": lambda a: a**-1.5,
}
POINTWISE = ("exp", "log", "sqrt", "abs", "tanh", "sigmoid", "relu")
BROADCAST = [
    ((3, 4), (3, 4)),
    ((3, 4), (4,)),
    ((4,), (3, 4)),
    ((3, 1), (1, 4)),
    ((3, 4), ()),
    ((), (2, 3)),
    ((), ()),
    ((1,), ()),
    ((1, 1), (4,)),
    ((2, 1, 4), (3, 1)),
    ((1,), (5,)),
    ((0,), (1,)),
    ((0, 3), (3,)),
    ((2, 0), (1, 1)),
]


@pytest.mark.parametrize("shapes", BROADCAST, ids=str)
@pytest.mark.parametrize("name", BINARY)
def test_arithmetic_with_broadcasting(name, shapes):
    a, b = positive(*shapes[0], seed=1), positive(*shapes[1], seed=2)
    assert_as_torch(BINARY[name], a, b)
    assert_as_torch(
        BINARY[name], -a.astype(np.float32), b.astype(np.float32), rtol=1e-6
    )


@pytest.mark.parametrize("name", NUMBER)
@pytest.mark.parametrize("shape", [(3, 4), (), (0,)], ids=str)
def test_arithmetic_with_a_number(name, shape):
    assert_as_torch(NUMBER[name], positive(*shape))
    assert_as_torch(NUMBER[name], positive(*shape).astype(np.float32), rtol=1e-6)


@pytest.mark.parametrize("name", POINTWISE)
@pytest.mark.parametrize("shape", [(3, 4), (5,), (), (0, 2)], ids=str)
def test_pointwise(name, shape):
    x = positive(*shape) if name in ("log", "sqrt") else values(*shape)
    assert_as_torch(lambda t: getattr(t, name)(), x)
    assert_as_torch(lambda t: getattr(t, name)(), x.astype(np.float32), rtol=1e-6)


MATMUL = [
    ((3, 4), (4, 2)),
    ((4,), (4, 2)),
    ((3, 4), (4,)),
    ((4,), (4,)),
    ((1,), (1,)),
    ((5, 3, 4), (5, 4, 2)),
    ((5, 3, 4), (4, 2)),
    ((3, 4), (5, 4, 2)),
    ((5, 1, 3, 4), (6, 4, 2)),
    ((4,), (5, 4, 2)),
    ((5, 3, 4), (4,)),
    ((0, 4), (4, 2)),
    ((3, 0), (0, 2)),
]


@pytest.mark.parametrize("shapes", MATMUL, ids=str)
def test_matmul(shapes):
    a, b = values(*shapes[0], seed=1), values(*shapes[1], seed=2)
    assert_as_torch(lambda x, y: x @ y, a, b)
    assert_as_torch(
        lambda x, y: x @ y, a.astype(np.float32), b.astype(np.float32), rtol=1e-5
    )


def test_the_product_of_two_vectors_is_a_number():
    assert (tensor([1.0, 2.0]) @ tensor([3.0, 4.0])).shape == ()


# Entries are compared one by one: sigmoid(-30) = 9e-14 has as many digits as others.
@pytest.mark.parametrize("dtype, rtol", [(np.float64, 1e-13), (np.float32, 1e-5)])
def test_saturated_activations_keep_their_digits(dtype, rtol):
    x = np.array([-1e4, -80, -30, -17, -1e-30, 0, 1e-30, 17, 30, 80, 1e4], dtype)
    for name in ("sigmoid", "tanh", "relu"):
        ours, theirs = (make(x, requires_grad=True) for make in (tensor, torch.tensor))
        y, expected = getattr(ours, name)(), getattr(theirs, name)()
        y.sum().backward()
        expected.sum().backward()
        np.testing.assert_allclose(y.data, expected.detach(), rtol)
        np.testing.assert_allclose(ours.grad.data, theirs.grad, rtol)
