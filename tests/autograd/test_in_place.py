"""Changes in place: refused where they lose a gradient, noticed where they spoil it."""

import itertools

import numpy as np
import pytest

from dlcourse import nn, no_grad, optim, tensor


def leaf(*shape, seed=0):
    return tensor(
        np.random.default_rng(seed).uniform(0.5, 2, shape), requires_grad=True
    )


def iadd(x, y):
    x += y
    return x


def isub(x, y):
    x -= y
    return x


def imul(x, y):
    x *= y
    return x


def itruediv(x, y):
    x /= y
    return x


def setitem(x, y):
    x[:2] = y
    return x


IN_PLACE = {
    iadd: [3, 4, 5],
    isub: [-1, 0, 1],
    imul: [2, 4, 6],
    itruediv: [0.5, 1, 1.5],
    setitem: [2, 2, 3],
}
in_place = pytest.mark.parametrize("change", IN_PLACE)


@in_place
def test_a_change_in_place_would_lose_the_gradient(change):
    for x, y in [
        (leaf(3), 2.0),
        (leaf(3) * 1, 2.0),
        (tensor(np.ones(3)), leaf()),
    ]:
        before = x.data.copy()
        with pytest.raises(RuntimeError, match=r"in place.*no_grad"):
            change(x, y)
        np.testing.assert_array_equal(x.data, before)


@in_place
def test_a_change_in_place_under_no_grad(change):
    x = tensor([1.0, 2.0, 3.0], requires_grad=True)
    array = x.data
    with no_grad():
        assert change(x, 2.0) is x
    assert x.data is array
    assert array.tolist() == IN_PLACE[change]
    assert x.requires_grad


@in_place
def test_a_change_in_place_of_constants(change):
    x = tensor([1.0, 2.0, 3.0])
    change(x, tensor(2.0))
    assert x.data.tolist() == IN_PLACE[change]


def views(x):
    yield "itself", x
    yield "detached", x.detach()
    yield "state", x.detach().reshape(-1)
    yield "slice", x.detach()[1:]
    yield "transposed", x.detach().reshape(3, 1).transpose(0, 1)
    yield "view of a view", x.detach().reshape(3, 1)[:, 0]


@in_place
@pytest.mark.parametrize("i", range(6))
def test_a_later_backward_notices_the_change(change, i):
    w = leaf(3)
    loss = (w * w).sum()
    _, view = next(itertools.islice(views(w), i, None))
    with no_grad():
        change(view, 2.0)
    with pytest.raises(RuntimeError, match=r"shape \(3,\) was changed in place.*'mul'"):
        loss.backward()
    assert w.grad is None


def test_backward_notices_that_a_constant_operand_changed():
    w, x = leaf(3), tensor(np.ones(3))
    loss = (w * x).sum()
    x += 1
    with pytest.raises(RuntimeError, match="changed in place after 'mul'"):
        loss.backward()


def test_backward_notices_that_a_result_changed():
    w = leaf(3)
    y = w.exp()  # its slope is computed from y itself
    with no_grad():
        y *= 2
    with pytest.raises(RuntimeError, match="changed in place after 'exp'"):
        y.sum().backward()


def test_backward_notices_an_optimisers_step():
    w = leaf(3)
    loss = (w * w).sum()
    loss.backward(retain_graph=True)
    optim.SGD([w], lr=0.1).step()
    with pytest.raises(RuntimeError, match="changed in place"):
        loss.backward()


def test_backward_notices_a_loaded_state():
    model = nn.Linear(2, 1)
    y = model(tensor([[1.0, 2.0]])).sum()
    model.load_state_dict(model.state_dict())
    with pytest.raises(RuntimeError, match="changed in place after 'linear'"):
        y.backward()


def test_changes_before_and_copies_after_are_harmless():
    w = leaf(3)
    with no_grad():
        w += 1
        w.detach()[0] = 5
    y = (w * w).sum()
    w.detach().exp()  # a new array
    tensor(w.data)[0] = 7
    y.backward()
    np.testing.assert_array_equal(w.grad.data, 2 * w.data)
