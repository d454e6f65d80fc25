"""Each operation against PyTorch: values, gradients, shapes, dtypes, kinks."""

from operator import methodcaller

import numpy as np
import pytest

from dlcourse import tensor
from dlcourse.autograd import gradcheck

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


# --------------------------------------------------------------------- reductions


@pytest.mark.parametrize("keepdim", [False, True])
@pytest.mark.parametrize(
    "shape, dim",
    [
        ((3, 4), 0),
        ((3, 4), 1),
        ((3, 4), -1),
        ((3, 4), (0, 1)),
        ((3, 4), [0, 1]),
        ((3, 4), []),
        ((2, 3, 4), (0, 2)),
        ((2, 3, 4), (-1, 1)),
        ((5,), 0),
        ((1, 1), 1),
        ((2, 0), 0),
    ],
    ids=str,
)
def test_reductions_along_axes(shape, dim, keepdim):
    for name in ("sum", "mean", "amax"):
        if name == "mean" and 0 in shape:
            continue
        f = methodcaller(name, dim=dim, keepdim=keepdim)
        assert_as_torch(f, values(*shape))
        assert_as_torch(f, values(*shape).astype(np.float32), rtol=1e-6)


@pytest.mark.parametrize("shape", [(3, 4), (5,), (), (1, 1)], ids=str)
def test_reductions_of_everything(shape):
    for name in ("sum", "mean", "amax"):
        assert_as_torch(methodcaller(name), values(*shape))


def test_sums_of_nothing_and_of_integers():
    assert_as_torch(lambda t: t.sum(), np.ones((0, 3)))
    assert_as_torch(lambda t: t.sum(dim=1), np.ones((3, 0)))
    for data in ([True, True], np.array([3, 4], np.int32)):
        assert_equal(tensor(data).sum(), torch.tensor(data).sum(), 0)


def test_what_has_no_mean_or_maximum():
    with pytest.raises(TypeError, match=r"mean expects floats, got int64.*float\(\)"):
        tensor([1, 2]).mean()
    with pytest.raises(ValueError, match=r"at least one entry, got shape \(0, 2\)"):
        tensor(np.ones((0, 2))).mean()
    with pytest.raises(ValueError, match="zero-size"):
        tensor(np.ones(0)).amax()
    with pytest.raises(IndexError, match="axis 2 is out of bounds"):
        tensor(np.ones((2, 2))).sum(dim=2)


# -------------------------------------------------------------------------- kinks


@pytest.mark.parametrize("dim", [0, 1, (0, 1)])
def test_equal_maxima_share_the_gradient(dim):
    ties = np.array([[1.0, 3, 3, -1], [3, 3, 0, -1], [3, 2, 3, -1]])
    assert_as_torch(lambda t: t.amax(dim=dim), ties)


@pytest.mark.parametrize("name", ["relu", "abs"])
def test_the_slope_at_a_kink_is_pytorchs(name):
    assert_as_torch(methodcaller(name), np.array([-1.0, -0.0, 0.0, 1.0]))


def test_slopes_at_the_edge_of_the_domain():
    with np.errstate(divide="ignore"):
        assert_as_torch(lambda t: t.sqrt(), np.array([0.0, 1.0]))
        assert_as_torch(lambda t: t.log(), np.array([0.0, 1.0]))
        assert_as_torch(lambda t: t**0.5, np.array([0.0, 1.0]))
    for power in (lambda t: t**0, lambda t: t**1, lambda t: t**2, lambda t: t**3):
        assert_as_torch(power, np.array([-2.0, 0.0, 2.0]))


# ----------------------------------------------------------------- shapes, indexing


SHAPES = {
    "reshape(3, 4)": lambda t: t.reshape(3, 4),
    "reshape((2, 6))": lambda t: t.reshape((2, 6)),
    "reshape([12])": lambda t: t.reshape([12]),
    "reshape(-1)": lambda t: t.reshape(-1),
    "reshape(2, -1, 3)": lambda t: t.reshape(2, -1, 3),
    "transpose(0, 1)": lambda t: t.transpose(0, 1),
    "transpose(-1, 0)": lambda t: t.transpose(-1, 0),
    "of the transposed": lambda t: t.transpose(0, 2).reshape(6, 2),
    ".T": lambda t: t.reshape(3, 4).T,
}


@pytest.mark.parametrize("f", SHAPES.values(), ids=SHAPES)
def test_shapes(f):
    assert_as_torch(f, values(2, 2, 3))


def test_shapes_of_one_entry_and_none():
    for shape in ((), (1,), (1, 1)):
        assert_as_torch(lambda t: t.reshape(()), values(*shape))
        assert_as_torch(lambda t: t.reshape(1, -1), values(*shape))
    assert_as_torch(lambda t: t.reshape(2, 0, 3), values(0, 4))
    with pytest.raises(ValueError, match="cannot reshape"):
        tensor(np.ones((2, 3))).reshape(4)
    with pytest.raises(ValueError, match=r"\.T expects a matrix, got shape \(3,\)"):
        _ = tensor(np.ones(3)).T


ROWS, COLUMNS = np.array([0, 2, 0, 0]), np.array([1, 1, 3, 1])
INDICES = {
    "integer": lambda make: 1,
    "negative": lambda make: -1,
    "entry": lambda make: (2, 3),
    "slice": lambda make: slice(1, None),
    "stride": lambda make: slice(None, None, 2),
    "slices": lambda make: (slice(None, 2), slice(1, 3)),
    "column": lambda make: (slice(None), 1),
    "ellipsis": lambda make: (Ellipsis, 0),
    "new axis": lambda make: (None, slice(None), None),
    "nothing": lambda make: slice(0, 0),
    "list": lambda make: [0, 2, 2],
    "tensor with duplicates": lambda make: make(ROWS),
    "tensor of 2-D": lambda make: make(ROWS.reshape(2, 2)),
    "0-d tensor": lambda make: make(np.array(1)),
    "pairs with duplicates": lambda make: (make(ROWS), make(COLUMNS)),
    "lists": lambda make: ([0, 0, 2], [3, 3, 1]),
    "tensor and slice": lambda make: (make(ROWS), slice(1, 3)),
    "slice and tensor": lambda make: (slice(None), make(COLUMNS)),
    "tensor and integer": lambda make: (make(ROWS), 2),
    "mask": lambda make: make(values(3, 4) > 0),
    "mask of rows": lambda make: make(np.array([True, False, True])),
    "empty mask": lambda make: make(np.zeros((3, 4), bool)),
}


@pytest.mark.parametrize("index", INDICES.values(), ids=INDICES)
def test_indexing(index):
    x = values(3, 4)
    ours, theirs = tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
    y, expected = ours[index(tensor)], theirs[index(torch.tensor)]
    assert_equal(y, expected, 0)
    g = values(*y.shape, seed=1)
    y.backward(g)
    expected.backward(torch.tensor(g))
    assert_equal(ours.grad, theirs.grad, 1e-15)


@pytest.mark.parametrize("index", INDICES.values(), ids=INDICES)
def test_setting_entries(index):
    x = values(3, 4)
    ours, theirs = tensor(x), torch.tensor(x)
    ours[index(tensor)] = 7
    theirs[index(torch.tensor)] = 7
    assert_equal(ours, theirs, 0)


@pytest.mark.parametrize("index", [5, 1.0, (0, 0, 0), [0, 9], tensor([0.0])], ids=str)
def test_indices_that_do_not_fit(index):
    with pytest.raises(IndexError):
        tensor(np.ones((3, 4)))[index]


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
