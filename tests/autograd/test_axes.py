"""Reductions, shapes and indices, and slopes at kinks: against PyTorch."""

from operator import methodcaller

import numpy as np
import pytest
import torch
from against_torch import assert_as_torch, assert_equal, values

from dlcourse import tensor

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
    total = tensor(np.arange(100_000, dtype=np.int32)).sum()
    assert total.dtype == np.int64 and total.item() == 4_999_950_000


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
