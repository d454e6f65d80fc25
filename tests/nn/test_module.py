"""Module: names, order, state, hooks and messages, as PyTorch's."""

import collections
import copy
import pickle

import numpy as np
import pytest
import torch

import dlcourse
from dlcourse import nn, tensor

ENGINES = {"dlcourse": nn, "torch": torch.nn}


def models(nn):
    """The same custom modules on either engine."""

    class Block(nn.Module):
        def __init__(self, n):
            super().__init__()
            self.scale = nn.Parameter(MAKE[nn](np.ones(n)))
            self.inner = nn.Linear(n, n, bias=False)

        def forward(self, x):
            return self.inner(x) * self.scale

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Linear(3, 4)
            self.blocks = nn.Sequential(Block(4), nn.Tanh(), Block(4))
            self.last = nn.Linear(4, 2)
            self.gain = nn.Parameter(MAKE[nn](np.array(2.0)))

        def forward(self, x):
            return self.last(self.blocks(self.first(x))) * self.gain

    class Tied(nn.Module):
        def __init__(self):
            super().__init__()
            self.a = nn.Linear(3, 3)
            self.b = nn.Linear(3, 3)
            self.b.weight = self.a.weight
            self.c = self.a

        def forward(self, x):
            return self.c(self.b(self.a(x)))

    mlp = nn.Sequential(
        nn.Linear(3, 5), nn.ReLU(), nn.Linear(5, 4), nn.Sigmoid(), nn.Linear(4, 2)
    )
    same = nn.Linear(3, 3)
    return {
        "linear": nn.Linear(3, 2),
        "mlp": mlp,
        "nested": Net(),
        "tied": Tied(),
        "repeated": nn.Sequential(same, nn.ReLU(), same),
        "losses": nn.Sequential(nn.MSELoss(), nn.CrossEntropyLoss()),
        "empty": nn.Sequential(),
    }


MAKE = {nn: tensor, torch.nn: torch.tensor}
NAMES = list(models(nn))
X = np.random.default_rng(0).normal(size=(5, 3))


def to_torch(state):
    return {name: torch.tensor(value.numpy()) for name, value in state.items()}


def pair(name):
    """The model on both engines in float64, with dlcourse's parameters."""
    ours, theirs = models(nn)[name].double(), models(torch.nn)[name].double()
    theirs.load_state_dict(to_torch(ours.state_dict()))
    return ours, theirs


def hidden_layer():
    return nn.Sequential(nn.Linear(3, 4), nn.ReLU())


# ------------------------------------------------------------------- names and order


@pytest.mark.parametrize("name", NAMES)
def test_names_order_and_repr_are_pytorchs(name):
    ours, theirs = models(nn)[name], models(torch.nn)[name]
    for ask in ("named_modules", "named_children", "named_parameters"):
        names = [path for path, _ in getattr(theirs, ask)()]
        assert [path for path, _ in getattr(ours, ask)()] == names
        plain = getattr(ours, ask.removeprefix("named_"))()
        assert list(plain) == [part for _, part in getattr(ours, ask)()]
    assert list(ours.state_dict()) == list(theirs.state_dict())
    assert repr(ours) == repr(theirs)


@pytest.mark.parametrize("name", ["linear", "mlp", "nested", "tied", "repeated"])
def test_values_and_gradients_are_pytorchs(name):
    ours, theirs = pair(name)
    x, reference = tensor(X, requires_grad=True), torch.tensor(X, requires_grad=True)
    y, expected = ours(x), theirs(reference)
    close = {"rtol": 1e-11, "atol": 1e-14}  # an entry may be near 0 by chance
    np.testing.assert_allclose(y.data, expected.detach(), **close)
    (y * y).sum().backward()
    (expected * expected).sum().backward()
    np.testing.assert_allclose(x.grad.data, reference.grad, **close)
    for (path, p), q in zip(ours.named_parameters(), theirs.parameters(), strict=True):
        np.testing.assert_allclose(p.grad.data, q.grad, **close, err_msg=path)


# --------------------------------------------------------------------------- state


@pytest.mark.parametrize("name", ["linear", "mlp", "nested", "tied", "repeated"])
def test_state_goes_to_torch_and_back_exactly(name):
    ours = models(nn)[name]
    theirs = models(torch.nn)[name]
    theirs.load_state_dict(to_torch(ours.state_dict()), strict=True)
    back = models(nn)[name]
    back.load_state_dict(theirs.state_dict())
    for p, q, r in zip(
        ours.parameters(), theirs.parameters(), back.parameters(), strict=True
    ):
        assert p.dtype == r.dtype == q.detach().numpy().dtype
        np.testing.assert_array_equal(p.data, q.detach())
        np.testing.assert_array_equal(p.data, r.data)
        assert not np.may_share_memory(r.data, q.detach().numpy())


def test_state_dict_shares_memory_and_carries_no_gradient():
    layer = nn.Linear(2, 3)
    state = layer.state_dict()
    assert not any(value.requires_grad for value in state.values())
    state["bias"][...] = 7
    assert layer.bias.data.tolist() == [7, 7, 7]


def test_load_state_dict_copies_casts_and_keeps_the_parameter():
    layer = nn.Linear(2, 1)
    weight, array = layer.weight, np.array([[1.5, 2.5]])
    layer.load_state_dict({"bias": [0.5], "weight": array})
    assert layer.weight is weight
    assert weight.dtype == np.float32
    assert weight.requires_grad
    array[...] = 0
    assert weight.data.tolist() == [[1.5, 2.5]]
    layer.load_state_dict(collections.OrderedDict(layer.state_dict()))  # of itself
    assert weight.data.tolist() == [[1.5, 2.5]]


@pytest.mark.parametrize(
    "change, message",
    [
        (lambda s: s.pop("0.bias"), r"missing '0\.bias'"),
        (lambda s: s.update(extra=tensor(1.0)), "unexpected 'extra'"),
        (
            lambda s: s.update({"0.weight": tensor(np.ones((3, 4)))}),
            r"'0\.weight' has shape \(3, 4\), expected \(4, 3\)",
        ),
        (
            lambda s: s.update({"0.bias": tensor([1.0])}),
            r"shape \(1,\), expected \(4,\)",
        ),
    ],
)
def test_a_state_that_does_not_fit_changes_nothing(change, message):
    model = hidden_layer()
    before = {name: value.data.copy() for name, value in model.state_dict().items()}
    state = hidden_layer().state_dict()
    change(state)
    with pytest.raises(RuntimeError, match=f"does not fit Sequential: .*{message}"):
        model.load_state_dict(state)
    for name, value in model.state_dict().items():
        np.testing.assert_array_equal(value.data, before[name])


def test_all_that_does_not_fit_is_named():
    with pytest.raises(RuntimeError, match=r"missing '0\.bias'.*unexpected 'bias'"):
        hidden_layer().load_state_dict(nn.Linear(3, 4).state_dict())


def test_a_state_of_floats_does_not_become_integers():
    layer = nn.BatchNorm1d(2)
    state = {**layer.state_dict(), "num_batches_tracked": np.array(0.3)}
    state["weight"] = np.array([3.0, 4.0])
    with pytest.raises(RuntimeError, match="'num_batches_tracked' is float64"):
        layer.load_state_dict(state)
    assert layer.weight.data.tolist() == [1, 1]


def test_a_model_is_no_state_dict():
    with pytest.raises(TypeError, match="expected a state_dict, got Linear"):
        nn.Linear(2, 2).load_state_dict(nn.Linear(2, 2))


# ---------------------------------------------------------------------- parameters


def test_a_parameter_is_not_replaced_by_a_result():
    for engine in ENGINES.values():
        layer = engine.Linear(2, 1)
        with pytest.raises(TypeError, match="weight"):
            layer.weight = layer.weight * 2  # w <- w - lr g, written wrongly
        with pytest.raises(TypeError, match="weight"):
            layer.weight = np.ones((1, 2))
        layer.weight = engine.Parameter(MAKE[engine]([[3.0, 4.0]]))
        layer.bias = None
        assert [name for name, _ in layer.named_parameters()] == ["weight"]
        assert layer(MAKE[engine]([[1.0, 1.0]])).item() == 7


def test_a_parameter_can_be_changed_in_place():
    layer = nn.Linear(2, 1)
    weight = layer.weight
    with dlcourse.no_grad():
        layer.weight -= 0.5 * layer.weight
        layer.bias[...] = 0
    assert layer.weight is weight
    assert layer.bias.data.tolist() == [0]


def test_parameters_need_the_modules_init():
    for engine in ENGINES.values():

        class Forgetful(engine.Module):
            def __init__(self, engine):
                self.layer = engine.Linear(1, 1)

        with pytest.raises(AttributeError, match=r"__init__\(\)"):
            Forgetful(engine)


def test_plain_tensors_are_no_parameters():
    class Masked(nn.Module):
        def __init__(self):
            super().__init__()
            self.mask = tensor([1.0, 0.0])
            self.list = [nn.Linear(1, 1)]

    assert list(Masked().parameters()) == []


def test_zero_grad_forgets():
    model = hidden_layer()
    model(tensor(X.astype(np.float32))).sum().backward()
    assert all(p.grad is not None for p in model.parameters())
    model.zero_grad()
    assert all(p.grad is None for p in model.parameters())


def test_double_and_float_keep_the_parameters():
    model = hidden_layer()
    before = list(model.parameters())
    values = [p.data.copy() for p in before]
    assert model.double() is model
    assert {p.dtype for p in model.parameters()} == {np.dtype(np.float64)}
    model.float()
    for p, q, value in zip(before, model.parameters(), values, strict=True):
        assert p is q
        assert p.dtype == np.float32
        np.testing.assert_array_equal(p.data, value)


def test_train_and_eval_reach_every_part():
    model = models(nn)["nested"]
    assert all(module.training for module in model.modules())
    assert model.eval() is model
    assert not any(module.training for module in model.modules())
    model.blocks.train()
    assert [m.training for m in (model, model.blocks, model.blocks[0].inner)] == [
        False,
        True,
        True,
    ]
    assert model.train() is model
    assert nn.ReLU().training


# --------------------------------------------------------------------------- calling


def test_forward_takes_keywords():
    class Power(nn.Module):
        def forward(self, x, *, exponent=1):
            return x**exponent

    assert Power()(tensor([3.0]), exponent=2).item() == 9


def test_a_module_without_forward():
    class Nothing(nn.Module):
        pass

    with pytest.raises(NotImplementedError, match=r"Nothing defines no forward\(\)"):
        Nothing()(1)


def test_hooks_see_and_replace_the_output():
    model = hidden_layer()
    seen = []
    first = model[1].register_forward_hook(
        lambda module, args, output: seen.append((module, args, output))
    )
    x = tensor(X.astype(np.float32))
    y = model(x)
    ((module, args, output),) = seen
    assert module is model[1]
    assert output is y
    (before,) = args
    np.testing.assert_array_equal(np.maximum(before.data, 0), y.data)

    second = model[1].register_forward_hook(lambda module, args, output: output * 2)
    third = model[1].register_forward_hook(lambda module, args, output: output + 1)
    np.testing.assert_array_equal(model(x).data, 2 * y.data + 1)
    assert len(seen) == 2
    second.remove()
    second.remove()  # twice does no harm
    np.testing.assert_array_equal(model(x).data, y.data + 1)
    third.remove()
    first.remove()
    model(x)
    assert len(seen) == 3


def test_a_hook_may_remove_itself():
    layer, calls = nn.ReLU(), []

    def once(module, args, output):
        calls.append(module)
        handle.remove()

    handle = layer.register_forward_hook(once)
    layer(tensor([1.0]))
    layer(tensor([1.0]))
    assert calls == [layer]


class Counting:
    """A hook with a state."""

    calls = 0

    def __call__(self, module, args, output):
        self.calls += 1


@pytest.mark.parametrize(
    "duplicate",
    [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))],
    ids=["deepcopy", "pickle"],
)
def test_a_copy_has_hooks_of_its_own(duplicate):
    layer, hook = nn.ReLU(), Counting()
    handle = layer.register_forward_hook(hook)
    twin, its_hook, its_handle = duplicate((layer, hook, handle))
    twin(tensor([1.0]))
    assert (hook.calls, its_hook.calls) == (0, 1)
    its_handle.remove()
    twin(tensor([1.0]))
    layer(tensor([1.0]))
    assert (hook.calls, its_hook.calls) == (1, 1)


# ------------------------------------------------------------------------ Sequential


def test_sequential_is_a_sequence():
    a, b = nn.Linear(2, 3), nn.ReLU()
    model = nn.Sequential(a, b, a)
    assert len(model) == 3
    assert list(model) == [a, b, a]
    assert model[0] is model[-1] is a
    assert isinstance(model[1:], nn.Sequential)
    assert list(model[1:]) == [b, a]
    with pytest.raises(IndexError):
        model[3]
    x = tensor([1.0])
    assert nn.Sequential()(x) is x


def test_sequential_says_which_part_is_none():
    with pytest.raises(TypeError, match=r"got type at position 1: call it, ReLU\(\)"):
        nn.Sequential(nn.Linear(1, 1), nn.ReLU)
    with pytest.raises(TypeError, match=r"got list at position 0$"):
        nn.Sequential([nn.Linear(1, 1)])


# ------------------------------------------------------------- buffers and containers


def counting(nn):
    """A module with a parameter, two buffers and a part, on either engine."""

    class Counting(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = nn.Linear(2, 2)
            self.register_buffer("mean", MAKE[nn](np.ones(2, np.float32)))
            self.register_buffer("count", MAKE[nn](np.array(3)))
            self.register_buffer("absent", None)
            self.gain = nn.Parameter(MAKE[nn](np.ones(2, np.float32)))

    return Counting()


def test_buffers_are_state_and_no_parameters():
    ours, theirs = counting(nn), counting(torch.nn)
    assert list(ours.state_dict()) == list(theirs.state_dict())
    for names in ("named_parameters", "named_buffers"):
        assert {n for n, _ in getattr(ours, names)()} == {
            n for n, _ in getattr(theirs, names)()
        }
    ours.load_state_dict(
        {k: 2 * v.detach().numpy() for k, v in theirs.state_dict().items()}
    )
    assert ours.count.item() == 6 and ours.mean.data.tolist() == [2, 2]
    assert [b.dtype for b in ours.double().buffers()] == [np.float64, np.int64]


def test_a_buffer_that_is_replaced_stays_in_the_state():
    module = counting(nn)
    module.mean = tensor([5.0, 6.0])
    assert module.state_dict()["mean"].data.tolist() == [5, 6]
    with pytest.raises(TypeError, match=r"register_buffer expects a Tensor.*'mean'"):
        module.register_buffer("mean", np.ones(2))


def test_a_deleted_buffer_leaves_the_others():
    layer = nn.BatchNorm1d(2)
    del layer.running_mean
    names = ["weight", "bias", "running_var", "num_batches_tracked"]
    assert list(layer.state_dict()) == names
    assert [name for name, _ in layer.named_buffers()] == names[2:]
    del layer.bias
    assert list(layer.state_dict()) == ["weight", *names[2:]]
    with pytest.raises(AttributeError):
        del layer.nothing


@pytest.mark.parametrize("value", [np.zeros(2), [0, 0], 0.0, nn.Identity()])
def test_a_buffer_is_replaced_by_tensors_only(value):
    layer = nn.BatchNorm1d(2)
    with pytest.raises(TypeError, match="'running_mean' is a buffer"):
        layer.running_mean = value
    assert layer.running_mean.data.tolist() == [0, 0]
    layer.running_mean = None
    assert "running_mean" not in layer.state_dict()


def test_float_of_a_float32_model_changes_nothing():
    layer = nn.Linear(2, 1)
    array = layer.weight.data
    layer(tensor([[1.0, 2.0]])).sum().backward()
    assert layer.float().weight.data is array
    assert layer.weight.grad.data.tolist() == [[1, 2]]


def test_module_list():
    def listed(nn):
        class Chain(nn.Module):
            def __init__(self):
                super().__init__()
                self.layers = nn.ModuleList([nn.Linear(2, 3), nn.Tanh()])
                self.layers.append(nn.Linear(3, 1))

        return Chain()

    ours, theirs = listed(nn), listed(torch.nn)
    assert list(ours.state_dict()) == list(theirs.state_dict())
    assert len(ours.layers) == 3 and ours.layers[-1] is list(ours.layers)[2]
    assert isinstance(ours.layers[:2], nn.ModuleList) and len(ours.layers[:2]) == 2
    with pytest.raises(TypeError, match="ModuleList expects modules, got int"):
        nn.ModuleList([3])


@pytest.mark.parametrize("start, end", [(1, -1), (0, -1), (1, 2), (2, 3)])
def test_flatten_and_identity(start, end):
    x = np.arange(120.0).reshape(2, 3, 4, 5)
    flat = nn.Flatten(start, end)(tensor(x))
    expected = torch.nn.Flatten(start, end)(torch.tensor(x))
    assert flat.shape == tuple(expected.shape)
    assert (flat.data == expected.numpy()).all()
    assert nn.Identity()(flat) is flat
