"""The Tensor as an object: made, converted, compared, copied, printed."""

import copy
import pickle

import numpy as np
import pytest
import torch

from dlcourse import Tensor, nn, optim, tensor

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


# -------------------------------------------------------------------------- making


@pytest.mark.parametrize(
    "data",
    [
        1,
        2.5,
        True,
        [1, 2],
        [1.0, 2],
        [True, False],
        [],
        [[1.0], [2.0]],
        (0.1, 0.2),
        np.ones(2),
        np.ones(2, np.float32),
        np.ones(2, np.int32),
        np.float64(1.5),
        np.float32(1.5),
        np.int64(3),
        [np.float64(1.5), np.float64(2)],
        [np.ones(2)],
    ],
    ids=repr,
)
@pytest.mark.filterwarnings("ignore:Creating a tensor from a list")
def test_tensor_has_pytorchs_dtype(data):
    ours, theirs = tensor(data), torch.tensor(data).numpy()
    assert (ours.dtype, ours.shape) == (theirs.dtype, theirs.shape)
    np.testing.assert_array_equal(ours.data, theirs)


def test_a_list_of_tensors():
    t = tensor([tensor(1.0), tensor(2.0)])
    assert (t.dtype, t.data.tolist()) == (np.float32, [1, 2])
    t = tensor([tensor(np.float64(0.1)), tensor(np.float64(0.2))])
    assert (t.dtype, t.data.tolist()) == (np.float64, [0.1, 0.2])


def test_tensor_takes_a_dtype():
    assert tensor([1, 2], dtype=np.float32).dtype == np.float32
    assert tensor([1.5], dtype=np.float64).data.tolist() == [1.5]
    assert tensor([0.1], dtype=np.float64).data.tolist() == [
        0.1
    ]  # never through float32


NO_NUMBERS = {
    "str": "a",
    "None": None,
    "complex": 1j,
    "object": object(),
    "list": [None],
}


@pytest.mark.parametrize(
    "data", [*NO_NUMBERS.values(), ["1"]], ids=[*NO_NUMBERS, "text"]
)
def test_tensor_refuses_what_is_no_number(data):
    with pytest.raises(TypeError, match="numbers in a regular array, of"):
        tensor(data)


def test_a_ragged_list():
    with pytest.raises(ValueError, match="inhomogeneous"):
        tensor([[1.0], [1.0, 2.0]])


def test_only_floats_have_gradients():
    for make in (
        lambda: tensor([1, 2], requires_grad=True),
        lambda: tensor([True], requires_grad=True),
        lambda: tensor([1, 2]).requires_grad_(),
        lambda: setattr(tensor([1, 2]), "requires_grad", True),
        lambda: nn.Parameter(np.ones(2, int)),
    ):
        with pytest.raises(
            RuntimeError, match=r"only floats.*(int64|bool).*1\.0 for 1"
        ):
            make()
    assert not (tensor([1, 2]) * 2).requires_grad


def test_requires_grad_is_switched_on_leaves_only():
    x = tensor([1.0, 2.0])
    x.requires_grad = True
    y = x * 2
    assert y.requires_grad
    x.requires_grad = False
    assert not (x * 2).requires_grad
    assert x.requires_grad_() is x
    for refuse in (
        lambda: y.requires_grad_(False),
        lambda: setattr(y, "requires_grad", False),
    ):
        with pytest.raises(RuntimeError, match=r"detach\(\)"):
            refuse()


def test_retain_grad_of_a_constant():
    with pytest.raises(RuntimeError, match="requires_grad=True"):
        tensor([1.0]).retain_grad()


# --------------------------------------------------------- out of the engine again


def test_numpy_shares_the_memory_but_not_the_gradient():
    x = tensor([1.0, 2.0])
    assert x.numpy() is x.data
    assert np.asarray(x).tolist() == [1, 2]
    assert np.asarray(x, dtype=np.float64).dtype == np.float64
    x.requires_grad_()
    for convert in (x.numpy, lambda: np.asarray(x), lambda: np.array([x, x])):
        with pytest.raises(RuntimeError, match=r"detach\(\)\.numpy\(\)"):
            convert()


@pytest.mark.parametrize("data", [2.75, [2.75], [[2.75]], 3, True], ids=str)
def test_one_entry_as_a_python_number(data):
    ours, theirs = tensor(data), torch.tensor(data)
    for convert in (lambda t: t.item(), int, float, bool):
        assert convert(ours) == convert(theirs)
        assert type(convert(ours)) is type(convert(theirs))


@pytest.mark.parametrize("convert", [lambda t: t.item(), int, float])
def test_several_entries_are_no_number(convert):
    with pytest.raises(ValueError, match="size 1"):
        convert(tensor([1.0, 2.0]))


@pytest.mark.parametrize("data", [[1.0, 2.0], []], ids=str)
def test_several_entries_are_neither_true_nor_false(data):
    with pytest.raises(RuntimeError, match=r"bool\(\) of a tensor of shape.*\.all\(\)"):
        bool(tensor(data))
    with pytest.raises(RuntimeError, match="shape"):
        assert tensor(data) == tensor(data)


def test_a_loss_is_printed_like_a_number():
    loss = tensor(0.123456, requires_grad=True) * 1
    assert f"{loss:.3f}" == "0.123"
    assert f"{tensor(1.5)}" == f"{torch.tensor(1.5)}" == "1.5"
    assert f"{tensor([1.5])}" == "tensor([1.5])"
    with pytest.raises(ValueError, match="format"):
        f"{tensor([1.5]):.3f}"


def test_repr():
    assert repr(tensor([[1.0, 0.5]])) == "tensor([[1. , 0.5]])"
    assert repr(tensor(np.ones(1))) == "tensor([1.], dtype=float64)"
    assert repr(tensor([1, 2])) == "tensor([1, 2])"
    x = tensor([1.0], requires_grad=True)
    assert repr(x) == "tensor([1.], requires_grad=True)"
    assert repr(x.exp()) == "tensor([2.7183], op=exp)"


def test_iteration_and_length():
    x = tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    assert len(x) == 2
    first, second = x
    (first * second).sum().backward()
    assert x.grad.data.tolist() == [[3, 4], [1, 2]]
    assert 2.0 in tensor([1.0, 2.0])
    for ask in (len, list, iter):
        with pytest.raises(TypeError):
            ask(tensor(1.0))


def test_casts():
    x = tensor([1.5, 2.5], requires_grad=True)
    y = x.double()
    assert (y.dtype, y.float().dtype) == (np.float64, np.float32)
    (y * y).sum().backward()
    assert x.grad.dtype == np.float32
    assert x.grad.data.tolist() == [3, 5]
    assert tensor([1, 2]).float().dtype == np.float32


def test_shape_ndim_and_argmax():
    x = tensor([[1.0, 3.0, 3.0], [5.0, 2.0, 0.0]])
    assert (x.shape, x.ndim) == ((2, 3), 2)
    assert x.argmax().item() == 3
    assert x.argmax(dim=1).data.tolist() == [1, 0]
    assert x.argmax(1).dtype == np.int64


# ------------------------------------------------------------------------- comparing


COMPARE = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


@pytest.mark.parametrize("compare", COMPARE.values(), ids=COMPARE)
def test_comparisons_are_entry_by_entry(compare):
    a, b = np.array([[1.0, 2.0, 3.0]]), np.array([2.0])
    for left, right in [(a, b), (a[:, :1], b), (a.astype(np.float32), 0.1), (2, a)]:
        ours, theirs = (
            compare(
                *(make(x) if isinstance(x, np.ndarray) else x for x in (left, right))
            )
            for make in (tensor, torch.tensor)
        )
        assert isinstance(ours, Tensor)
        assert ours.dtype == np.bool_
        assert ours.data.tolist() == theirs.tolist()
    x = tensor(a, requires_grad=True)
    assert not compare(x, 2).requires_grad
    assert compare(b, tensor(a)).data.tolist() == compare(b, a).tolist()


def test_a_tensor_is_hashed_by_identity():
    a, b = tensor([1.0]), tensor([1.0])
    assert len({a, b, a}) == 2
    assert {a: 1}[a] == 1
    assert hash(a) != hash(b)
