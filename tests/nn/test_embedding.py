"""Embedding: PyTorch's numbers, and the product with one-hot rows."""

import numpy as np
import pytest
import torch
from against_torch import assert_as_torch, assert_equal, values
from hypothesis import given, settings
from hypothesis import strategies as st

import dlcourse
from dlcourse import nn, tensor
from dlcourse.autograd import gradcheck

F = nn.functional
IDS = np.random.default_rng(0).integers(0, 5, (4, 3))


@pytest.mark.parametrize("padding", [None, 2, -1, -5])
@pytest.mark.parametrize("shape", [(), (6,), (4, 3), (0,), (2, 0, 3)], ids=str)
def test_embedding_is_pytorchs(shape, padding):
    ids = np.random.default_rng(0).integers(0, 5, shape)

    def f(weight):
        engine, make = (
            (F, tensor)
            if hasattr(weight, "op")
            else (torch.nn.functional, torch.tensor)
        )
        return engine.embedding(make(ids), weight, padding_idx=padding)

    assert_as_torch(f, values(5, 3))


@given(st.lists(st.integers(0, 4), max_size=20))
@settings(max_examples=30, deadline=None)
def test_embedding_is_the_product_with_one_hot_rows(ids):
    ids = np.array(ids, int)
    one_hot = np.eye(5)[ids]
    ours, product = (tensor(values(5, 3), requires_grad=True) for _ in range(2))
    y, expected = F.embedding(tensor(ids), ours), tensor(one_hot) @ product
    np.testing.assert_array_equal(y.data, expected.data)
    g = values(len(ids), 3, seed=1)
    y.backward(g)
    expected.backward(g)
    np.testing.assert_allclose(ours.grad.data, product.grad.data, atol=1e-14)


def test_the_gradient_agrees_with_differences():
    weight = tensor(values(5, 2), requires_grad=True)
    assert gradcheck(lambda w: F.embedding(tensor(IDS), w), weight)


def test_the_module_is_pytorchs():
    theirs = torch.nn.Embedding(5, 3, padding_idx=1)
    ours = nn.Embedding(5, 3, padding_idx=1)
    ours.load_state_dict(theirs.state_dict())
    y, expected = ours(tensor(IDS)), theirs(torch.tensor(IDS))
    assert_equal(y, expected, 0)
    (y * y).sum().backward()
    (expected * expected).sum().backward()
    assert_equal(ours.weight.grad, theirs.weight.grad, 1e-6)
    assert not ours.weight.grad.data[1].any()
    assert repr(nn.Embedding(5, 3, -1)) == repr(torch.nn.Embedding(5, 3, -1))


def test_weights_start_as_standard_normal_and_padding_as_zero():
    dlcourse.manual_seed(0)
    weight = nn.Embedding(300, 50, padding_idx=-1).weight.data
    assert weight.dtype == np.float32
    assert not weight[-1].any()
    assert abs(weight[:-1].mean()) < 0.03
    assert weight[:-1].std() == pytest.approx(1, abs=0.03)


def test_changing_the_indices_later_changes_no_gradient():
    ids, weight = tensor(IDS), tensor(values(5, 3), requires_grad=True)
    y = F.embedding(ids, weight)
    ids.data[...] = 0
    y.sum().backward()
    counts = np.bincount(IDS.ravel(), minlength=5)
    np.testing.assert_array_equal(weight.grad.data, np.tile(counts[:, None], 3))


@pytest.mark.parametrize(
    ("ids", "weight", "padding", "error", "message"),
    [
        ([5], (5, 3), None, IndexError, "from 0 to 4"),
        ([-1], (5, 3), None, IndexError, "from 0 to 4"),
        ([1.0], (5, 3), None, TypeError, "integers"),
        ([True], (5, 3), None, TypeError, "integers"),
        ([1], (5,), None, ValueError, "weight"),
        ([1], (1, 1, 1), None, ValueError, "weight"),
        ([1], (5, 3), 5, ValueError, "padding_idx"),
        ([1], (5, 3), -6, ValueError, "padding_idx"),
    ],
    ids=str,
)
def test_bad_input_is_named(ids, weight, padding, error, message):
    with pytest.raises(error, match=message):
        F.embedding(tensor(ids), tensor(values(*weight)), padding)


@pytest.mark.parametrize(
    ("args", "error", "message"),
    [
        ((0, 3), ValueError, "num_embeddings"),
        ((5, 0), ValueError, "embedding_dim"),
        ((5.0, 3), TypeError, "num_embeddings"),
        ((5, 3, 5), ValueError, "padding_idx"),
    ],
    ids=str,
)
def test_the_constructor_names_what_is_wrong(args, error, message):
    with pytest.raises(error, match=message):
        nn.Embedding(*args)
