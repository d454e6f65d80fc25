"""The tape: what is recorded and freed; and whose array is whose."""

import gc
import itertools
import weakref

import numpy as np
import pytest

from dlcourse import Tensor, no_grad, tensor
from dlcourse.autograd import is_grad_enabled

NODES = 100_000


def leaf(*shape, seed=0):
    return tensor(
        np.random.default_rng(seed).uniform(0.5, 2, shape), requires_grad=True
    )


# ------------------------------------------------------------------ long graphs


def test_a_long_chain_has_a_gradient_and_needs_no_recursion():
    x = leaf()
    y = x
    for _ in range(NODES):
        y = y + x
    y.backward()
    assert x.grad.item() == NODES + 1


def test_a_long_graph_with_sharing_is_walked_once():
    x = leaf()
    y = x
    for _ in range(NODES // 2):
        y = (y + y) * 0.5  # 2^50,000 paths
    y.backward()
    assert x.grad.item() == 1


@pytest.mark.parametrize("step", [lambda y: -y, lambda y: y * y, lambda y: y + y])
def test_a_long_graph_can_be_thrown_away(step):
    y = tensor(1.0, requires_grad=True)
    with np.errstate(all="ignore"):
        for _ in range(NODES):
            y = step(y)
    died = weakref.ref(y)
    del y
    assert died() is None


# ------------------------------------------------------------- what is recorded


def test_a_node_names_its_operation_and_operands():
    a, b = leaf(2), leaf(2, seed=1)
    y = a * b
    assert (y.op, y.parents, y.is_leaf, y.requires_grad) == ("mul", (a, b), False, True)
    assert len(y.vjps) == 2
    assert (a.op, a.parents, a.vjps, a.is_leaf) == ("", (), (), True)


def test_constants_record_nothing():
    y = tensor([1.0]) * 2 + tensor([3.0]).exp()
    assert (y.op, y.parents, y.requires_grad, y.is_leaf) == ("", (), False, True)


@pytest.mark.parametrize(
    "operation, vjps",
    [(lambda x: x.exp().sum(), 1), (lambda x: (x * x).sum(), 2)],
    ids=["one operand", "shared operand"],
)
def test_backward_frees_the_graph(operation, vjps):
    x = leaf(3)
    middle = weakref.ref(operation(x))
    assert middle() is None  # nobody holds the result: no cycle keeps it
    y = operation(x)
    (inner,) = y.parents
    assert len(inner.parents) == vjps
    died = weakref.ref(inner)
    del inner
    gc.disable()
    try:
        y.backward()
        assert died() is None
    finally:
        gc.enable()
    assert y.parents == y.vjps == ()


def test_a_second_backward_says_that_the_graph_is_gone():
    x = leaf(3)
    h = x.exp()
    y, z = h.sum(), (h * h).sum()
    y.backward()
    for again in (y, z):  # z hangs on the part that y freed
        with pytest.raises(RuntimeError, match=r"freed.*retain_graph=True"):
            again.backward()


def test_a_retained_graph_can_be_used_again():
    x = leaf(3)
    y = x.exp().sum()
    y.backward(retain_graph=True)
    once = x.grad.data.copy()
    y.backward()
    np.testing.assert_array_equal(x.grad.data, 2 * once)
    with pytest.raises(RuntimeError, match="freed"):
        y.backward()


def test_backward_of_a_leaf_is_its_seed():
    x = leaf()
    x.backward()
    x.backward()
    assert x.grad.item() == 2


# ---------------------------------------------------------------- what it refuses


def test_backward_without_a_graph():
    for t in (tensor([1.0]), leaf(2).sum().detach()):
        with pytest.raises(RuntimeError, match="requires_grad=True"):
            t.backward()
    with no_grad():
        y = leaf(2).sum()
    with pytest.raises(RuntimeError, match=r"no_grad\(\)"):
        y.backward()


def test_backward_of_several_entries_needs_a_seed():
    x = leaf(2, 3)
    with pytest.raises(RuntimeError, match=r"shape \(2, 3\) needs gradient="):
        (x * 2).backward()
    with pytest.raises(RuntimeError, match=r"of shape \(2, 3\), got \(3,\)"):
        (x * 2).backward(np.ones(3))
    assert x.grad is None
    (x * 2).backward(np.ones((2, 3)))
    (x * 2).backward(tensor(np.ones((2, 3))))
    assert (x.grad.data == 4).all()
    leaf(1, 1).backward()  # one entry is a scalar, whatever its shape


# --------------------------------------------------------------- no_grad, detach


def test_no_grad_nests_and_ends_with_an_exception():
    x = leaf(2)
    assert is_grad_enabled()
    with no_grad():
        with no_grad():
            assert not (x * 2).requires_grad
        assert not is_grad_enabled()
    with pytest.raises(ZeroDivisionError), no_grad():
        raise ZeroDivisionError
    assert is_grad_enabled()
    assert (x * 2).requires_grad


def test_no_grad_decorates():
    @no_grad()
    def double(x):
        return x * 2

    @no_grad()
    def fails():
        raise ZeroDivisionError

    for _ in range(2):
        assert not double(leaf(2)).requires_grad
        with pytest.raises(ZeroDivisionError):
            fails()
        assert is_grad_enabled()


def test_backward_works_inside_no_grad():
    x = leaf(2)
    y = (x * 3).sum()
    with no_grad():
        y.backward()
    assert x.grad.data.tolist() == [3, 3]


def test_detach_cuts_the_tape_and_shares_the_memory():
    x = leaf(2)
    d = (x * 2).detach()
    assert (d.op, d.requires_grad) == ("", False)
    assert x.detach().data is x.data
    (x * d).sum().backward()
    np.testing.assert_array_equal(x.grad.data, d.data)


# -------------------------------------------------------------- who owns an array


PASSES_ON = {  # operations whose gradient is the arriving one, or a view of it
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "reshape": lambda a, b: (a + b).reshape(4),
    "transpose": lambda a, b: a.T + b.T,
    "sum": lambda a, b: a.sum(dim=0) + b.sum(dim=0),
    "leaf twice": lambda a, b: a + a + b,
    "cast": lambda a, b: a.double() + b,
}


@pytest.mark.parametrize("f", PASSES_ON.values(), ids=PASSES_ON)
def test_gradients_are_nobody_elses_arrays(f):
    a, b = leaf(2, 2), leaf(2, 2, seed=1)
    y = f(a, b)
    y.retain_grad()
    seed = np.ones(y.shape)
    y.backward(seed)
    arrays = [a.grad.data, b.grad.data, y.grad.data, seed, a.data, b.data]
    for one, other in itertools.combinations(arrays, 2):
        assert not np.may_share_memory(one, other)
    expected = b.grad.data.copy()
    a.grad.data[...] = 7
    np.testing.assert_array_equal(b.grad.data, expected)
    assert all(array.flags.writeable for array in arrays)


def test_a_leaf_that_is_its_own_loss_copies_the_seed():
    x, seed = leaf(3), np.ones(3)
    x.backward(seed)
    x.backward(seed)
    assert x.grad.data.tolist() == [2, 2, 2]
    assert seed.tolist() == [1, 1, 1]


def test_accumulation_is_in_place_and_keeps_the_dtype():
    x = tensor([1.0, 2.0], requires_grad=True)
    (x * x).sum().backward()
    held = x.grad
    (x * 3).sum().backward()
    assert x.grad is held
    assert held.dtype == np.float32
    assert held.data.tolist() == [5, 7]


def test_grad_can_be_set_to_none_or_to_a_tensor_of_its_shape():
    x = leaf(2)
    x.grad = tensor(np.ones(2))
    (x * 2).sum().backward()
    assert x.grad.data.tolist() == [3, 3]
    x.grad = None
    assert x.grad is None
    for wrong in (np.ones(2), tensor([1.0]), 1.0):
        with pytest.raises(TypeError, match=r"None or a Tensor of shape \(2,\)"):
            x.grad = wrong


def test_retain_grad_keeps_the_gradient_of_a_computed_tensor():
    x = leaf(2)
    h = x * 2
    kept = x * 3
    kept.retain_grad()
    (h * kept).sum().backward()
    assert h.grad is None
    np.testing.assert_array_equal(kept.grad.data, 2 * x.data)


def test_retained_gradients_are_counted_once_each():
    x = leaf(2)
    h = x * 2
    y = h + 1  # hands its gradient on as it is
    h.retain_grad()
    y.retain_grad()
    for times in (1, 2):
        y.backward(np.ones(2), retain_graph=True)
        assert h.grad.data.tolist() == y.grad.data.tolist() == [times, times]
    assert not np.may_share_memory(h.grad.data, y.grad.data)


def test_only_what_requires_a_gradient_gets_one():
    x, frozen = leaf(2), leaf(2, seed=1)
    frozen.requires_grad_(False)
    (x * frozen).sum().backward()
    assert frozen.grad is None
    np.testing.assert_array_equal(x.grad.data, frozen.data)


def test_a_tensor_shares_the_array_that_it_wraps_and_tensor_copies():
    a = np.ones(2)
    assert Tensor(a).data is a
    assert not np.may_share_memory(tensor(a).data, a)
    assert not np.may_share_memory(tensor(tensor(a)).data, a)
