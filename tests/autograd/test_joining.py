"""cat, stack, where, maximum, clamp, permute, flatten: equal to PyTorch's."""

import numpy as np
import pytest
import torch
from against_torch import assert_as_torch, assert_equal, values
from hypothesis import given
from hypothesis import strategies as st

import dlcourse
from dlcourse import tensor
from dlcourse.autograd import cat, maximum, stack, where


def engine(x):
    return torch if isinstance(x, torch.Tensor) else dlcourse.autograd


@pytest.mark.parametrize("dim", [0, 1, -1, -2])
def test_cat(dim):
    shapes = [(2, 3, 4) for _ in range(3)]
    lengths = (1, 5, 2)
    for i, n in enumerate(lengths):
        shapes[i] = tuple(n if a == dim % 3 else k for a, k in enumerate(shapes[i]))
    arrays = [values(*shape, seed=i) for i, shape in enumerate(shapes)]
    assert_as_torch(lambda *xs: engine(xs[0]).cat(xs, dim), *arrays)


@pytest.mark.parametrize("dim", [0, 1, 2, -1])
def test_stack(dim):
    arrays = [values(2, 3, seed=i) for i in range(3)]
    assert_as_torch(lambda *xs: engine(xs[0]).stack(xs, dim), *arrays)


@pytest.mark.parametrize("shapes", [((3, 4), (3, 4)), ((3, 4), (4,)), ((3, 1), (1, 4))])
def test_where_and_maximum(shapes):
    a, b = (values(*shape, seed=i) for i, shape in enumerate(shapes))
    mask = values(3, 4, seed=9) > 0

    def chosen(x, y):
        m = torch.tensor(mask) if isinstance(x, torch.Tensor) else tensor(mask)
        return engine(x).where(m, x, y)

    assert_as_torch(chosen, a, b)
    assert_as_torch(lambda x, y: engine(x).maximum(x, y), a, b)


def test_equal_entries_share_the_gradient_of_maximum():
    x = np.array([1.0, 2.0])
    assert_as_torch(lambda a, b: engine(a).maximum(a, b), x, x)


@pytest.mark.parametrize("bounds", [(-1, 1), (None, 0.5), (0.5, None), (1, -1)])
def test_clamp(bounds):
    assert_as_torch(lambda x: x.clamp(*bounds), values(4, 5))


def test_clamp_passes_the_gradient_at_its_bounds():
    assert_as_torch(lambda x: x.clamp(-1, 1), np.array([-1.0, 1.0, 0.0, 2.0]))


@pytest.mark.parametrize("dims", [(2, 0, 1), (0, 1, 2), (-1, 0, 1), (1, -1, 0)])
def test_permute(dims):
    assert_as_torch(lambda x: x.permute(*dims), values(2, 3, 4))
    assert_as_torch(lambda x: x.permute(dims), values(2, 3, 4))


@given(st.integers(-3, 2), st.integers(-3, 2))
def test_flatten(start, end):
    x = values(2, 3, 4)
    if start % 3 > end % 3:
        with pytest.raises(ValueError, match="start_dim"):
            tensor(x).flatten(start, end)
    else:
        assert_as_torch(lambda x: x.flatten(start, end), x)


def test_flatten_of_a_number():
    assert tensor(2.0).flatten().shape == (1,)


@pytest.mark.parametrize(
    "index", [np.s_[1], np.s_[:, 1:3], np.s_[..., ::-1], np.s_[None, 1:], np.s_[1, 2]]
)
def test_slices(index):
    x = values(3, 4)
    x_ours, x_numpy = tensor(x, requires_grad=True), x
    y = x_ours[index]
    assert (y.data == x_numpy[index]).all()
    g = values(*y.shape, seed=3)
    y.backward(g)
    expected = np.zeros_like(x)
    expected[index] = g
    assert_equal(x_ours.grad, torch.tensor(expected), 0)


def test_an_entry_picked_twice_gets_both_gradients():
    x = tensor(values(3), requires_grad=True)
    x[np.array([0, 0, 2])].sum().backward()
    assert x.grad.data.tolist() == [2, 0, 1]


@pytest.mark.parametrize("join", [cat, stack])
def test_bad_operands(join):
    with pytest.raises(ValueError, match="at least one Tensor"):
        join([])
    with pytest.raises(TypeError, match="expects Tensors, got ndarray"):
        join([np.ones(2)])
    with pytest.raises(TypeError, match=r"one dtype, got .*float32.*float64"):
        join([tensor([1.0]), tensor(np.ones(1))])


def test_bad_conditions_and_bounds():
    x = tensor([1.0, 2.0])
    with pytest.raises(TypeError, match="condition of bool, got int64"):
        where(np.array([1, 0]), x, x)
    with pytest.raises(ValueError, match="min, max or both"):
        x.clamp()
    with pytest.raises(ValueError):
        maximum(x, tensor([1.0, 2.0, 3.0]))
