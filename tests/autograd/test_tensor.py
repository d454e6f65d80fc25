"""The Tensor as an object: made, converted, compared, copied, printed."""

import copy
import pickle

import numpy as np
import pytest

from dlcourse import nn, optim, tensor

torch = pytest.importorskip("torch")


# --------------------------------------------------------------- copies and pickles


def trained_model():
    model = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
    optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    step(model, optimizer)
    return model, optimizer


def step(model, optimizer):
    optimizer.zero_grad()
    model(tensor([[1.0, -2.0]])).sum().backward()
    optimizer.step()


@pytest.mark.parametrize(
    "duplicate",
    [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))],
    ids=["deepcopy", "pickle"],
)
def test_a_copied_model_goes_on_alike_and_alone(duplicate):
    model, optimizer = trained_model()
    twin, twins_optimizer = duplicate((model, optimizer))
    assert twins_optimizer.param_groups[0]["params"] == list(twin.parameters())
    for _ in range(2):
        step(model, optimizer)
    before = {name: p.data.copy() for name, p in twin.named_parameters()}
    for _ in range(2):
        step(twin, twins_optimizer)
    for (name, p), q in zip(model.named_parameters(), twin.parameters(), strict=True):
        assert isinstance(q, nn.Parameter)
        assert not np.may_share_memory(p.data, q.data)
        np.testing.assert_array_equal(p.data, q.data)
        np.testing.assert_array_equal(p.grad.data, q.grad.data)
        assert (before[name] != q.data).any()


def test_a_pickle_from_a_long_run_has_a_gradient_in_a_new_one():
    x = tensor([1.0, 2.0], requires_grad=True)
    x._order = 10**9  # as if a billion Tensors had been made before it
    x.name = "x"
    for y in (copy.copy(x), copy.deepcopy(x), pickle.loads(pickle.dumps(x))):
        (y * y).sum().backward()
        assert y.grad.data.tolist() == [2, 4]
        assert y.name == "x"
    assert x.grad is None


def test_a_computed_tensor_is_not_copied():
    y = tensor([1.0], requires_grad=True) * 2
    for duplicate in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(RuntimeError, match=r"only leaves.*detach\(\)"):
            duplicate(y)
    assert copy.deepcopy(y.detach()).data.tolist() == [2]
