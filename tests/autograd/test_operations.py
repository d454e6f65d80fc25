"""Arithmetic and the functions of one Tensor: against PyTorch, and gradcheck."""

from operator import methodcaller

import numpy as np
import pytest
import torch
from against_torch import assert_as_torch, assert_equal, positive, values

from dlcourse import tensor
from dlcourse.autograd import gradcheck

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
    assert_as_torch(methodcaller(name), x)
    assert_as_torch(methodcaller(name), x.astype(np.float32), rtol=1e-6)


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


NUMBERS = {  # each as an argument for both engines
    "bool": True,
    "int": 3,
    "float": 0.1,
    "np.float64": np.float64(0.1),
    "0-d bool": np.array(True),
    "0-d int64": np.array(3),
    "0-d float32": np.array(0.1, np.float32),
    "0-d float64": np.array(0.1),
    "bools": np.array([True, False]),
    "int32s": np.array([3, 4], np.int32),
    "int64s": np.array([3, 4]),
    "float32s": np.array([0.1, 0.2], np.float32),
    "float64s": np.array([0.1, 0.2]),
}


def operand(make, x):
    return make(x) if isinstance(x, np.ndarray) else x


@pytest.mark.parametrize("a", NUMBERS.values(), ids=NUMBERS)
@pytest.mark.parametrize("name", BINARY)
def test_mixed_dtypes_give_pytorchs(name, a):
    f = BINARY[name]
    for b in NUMBERS.values():
        if not isinstance(a, np.ndarray) and not isinstance(b, np.ndarray):
            continue  # no Tensor among them
        if name == "sub" and any(np.asarray(x).dtype == bool for x in (a, b)):
            continue  # PyTorch refuses; the next test
        with np.errstate(divide="ignore", invalid="ignore"):
            y = f(operand(tensor, a), operand(tensor, b))
        expected = f(operand(torch.tensor, a), operand(torch.tensor, b))
        assert_equal(y, expected, 1e-6 if y.dtype == np.float32 else 1e-15)


def test_booleans_are_not_subtracted():
    mask = tensor([True, False])
    for make in (lambda: mask - mask, lambda: mask - True, lambda: -mask):
        with pytest.raises(TypeError, match="not supported"):
            make()


def test_the_gradient_has_the_dtype_of_its_operand():
    narrow = tensor([1.0, 2.0], requires_grad=True)
    wide = tensor(np.array([3.0, 4.0]), requires_grad=True)
    (narrow * wide).sum().backward()
    assert narrow.grad.dtype == np.float32
    assert wide.grad.dtype == np.float64
    assert narrow.grad.data.tolist() == [3, 4]
    assert wide.grad.data.tolist() == [1, 2]


def test_a_cast_casts_the_gradient_back():
    x, seed = values(100).astype(np.float32), values(100, seed=1)
    ours, theirs = tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
    (ours * 0.1).double().backward(seed)
    (theirs * 0.1).double().backward(torch.tensor(seed))
    assert_equal(ours.grad, theirs.grad, 0)  # rounded where PyTorch rounds


@pytest.mark.parametrize(
    "name", ["exp", "log", "sqrt", "tanh", "sigmoid", "relu", "abs"]
)
@pytest.mark.parametrize("data", [[1, 2], [True, True]], ids=["int", "bool"])
def test_functions_of_integers(name, data):
    if data[0] is True and name in ("relu", "abs"):
        return
    assert_equal(
        getattr(tensor(data), name)(), getattr(torch.tensor(data), name)(), rtol=1e-6
    )


@pytest.mark.parametrize("exponent", [2, 0, 0.5, -1.5, np.float64(0.5), np.int64(2)])
@pytest.mark.parametrize("data", [[1, 2], [1.0, 2.0]], ids=["int", "float32"])
def test_powers_keep_the_dtype(data, exponent):
    assert_equal(tensor(data) ** exponent, torch.tensor(data) ** exponent, rtol=1e-6)


@pytest.mark.parametrize(
    "x", [[1.0], (1.0,), None, "1", 1j, np.array([1j]), np.array(["a"])], ids=str
)
def test_arithmetic_refuses_what_is_no_number(x):
    for f in BINARY.values():
        with pytest.raises(
            TypeError, match=f"expects a Tensor.*got {type(x).__name__}"
        ):
            f(tensor([1.0]), x)


@pytest.mark.parametrize("exponent", [None, "2", tensor(2.0), np.ones(2), 1j], ids=repr)
def test_powers_refuse_what_is_no_number(exponent):
    with pytest.raises(TypeError, match="a number as exponent, got"):
        tensor([1.0]) ** exponent


@pytest.mark.parametrize(
    "a, b, error, message",
    [
        ([[1.0]], 2.0, ValueError, r"got \(1, 1\) @ \(\)"),
        (
            [[1.0, 2.0]],
            [[1.0, 2.0]],
            ValueError,
            r"inner sizes, got \(1, 2\) @ \(1, 2\)",
        ),
        ([1.0, 2.0], [1.0], ValueError, r"inner sizes, got \(2,\) @ \(1,\)"),
        ([[1.0]], [[1]], TypeError, "one dtype, got float32 @ int64"),
    ],
)
def test_matmul_says_what_does_not_fit(a, b, error, message):
    with pytest.raises(error, match=message):
        tensor(a) @ tensor(b)


def test_arrays_on_the_left():
    t = tensor(np.arange(3.0), requires_grad=True)
    for y, expected in [
        (np.ones(3) * t, [0, 1, 2]),
        (np.ones(3) - t, [1, 0, -1]),
        (np.ones((2, 3)) @ t, [3, 3]),
        (np.float64(2) * t, [0, 2, 4]),
        (np.ones(3) / (t + 1), [1, 1 / 2, 1 / 3]),
    ]:
        assert y.requires_grad
        assert y.data.tolist() == expected
    (np.arange(6.0).reshape(2, 3) @ t).sum().backward()
    assert t.grad.data.tolist() == [3, 5, 7]


# ---------------------------------------------------------------------- gradcheck


CHECKED = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "pow": lambda a, b: a**3 + b**-1.5 + a**0,
    "neg": lambda a, b: -a * b,
    "matmul": lambda a, b: a @ b.T,
    "index": lambda a, b: a[[0, 0, 2]] * b[1],
    "exp": lambda a, b: (a * b).exp(),
    "log": lambda a, b: (a * b).log(),
    "sqrt": lambda a, b: (a * b).sqrt(),
    "abs": lambda a, b: (a - 3 * b).abs(),
    "tanh": lambda a, b: (a - b).tanh(),
    "sigmoid": lambda a, b: (a - b).sigmoid(),
    "relu": lambda a, b: (a - b).relu(),
    "sum": lambda a, b: (a * b).sum(dim=0),
    "mean": lambda a, b: (a * b).mean(dim=1, keepdim=True),
    "amax": lambda a, b: (a * b).amax(dim=1),
    "reshape": lambda a, b: a.reshape(4, 3) * b.reshape(4, 3),
    "transpose": lambda a, b: a.transpose(0, 1) * b.T,
}


@pytest.mark.parametrize("f", CHECKED.values(), ids=CHECKED)
def test_gradcheck_agrees(f):
    a = tensor(positive(3, 4, seed=1), requires_grad=True)
    b = tensor(positive(3, 4, seed=2), requires_grad=True)
    assert gradcheck(f, [a, b]).error < 1e-7
