"""SGD beside PyTorch's: 50 steps, every combination, and its state both ways."""

import itertools

import numpy as np
import pytest
import torch

from dlcourse import Tensor, nn, optim, tensor

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(16, 4)), RNG.integers(0, 3, 16)
BATCHES = [RNG.permutation(16)[:8] for _ in range(50)]


class Run:
    """An MLP with its optimiser on one engine; ``step(i)`` trains on the i-th batch."""

    def __init__(self, engine, groups, **settings):
        nn, optim, make = {
            "dlcourse": (nn_of_dlcourse, optim_of_dlcourse, tensor),
            "torch": (torch.nn, torch.optim, torch.tensor),
        }[engine]
        self.model = nn.Sequential(
            nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, 3)
        ).double()
        self.model.load_state_dict({k: make(v) for k, v in START.items()})
        self.optimizer = optim.SGD(GROUPS[groups](self.model), **settings)
        self.loss, self.make = nn.CrossEntropyLoss(), make

    def step(self, i):
        x, y = self.make(X[BATCHES[i]]), self.make(Y[BATCHES[i]])
        self.optimizer.zero_grad()
        self.loss(self.model(x), y).backward()
        self.optimizer.step()

    def parameters(self):
        return [np.asarray(p.detach()) for p in self.model.parameters()]


nn_of_dlcourse, optim_of_dlcourse = nn, optim
START = {
    f"{i}.{kind}": RNG.uniform(-0.7, 0.7, shape)
    for i, n, m in [(0, 4, 6), (2, 6, 5), (4, 5, 3)]
    for kind, shape in [("weight", (m, n)), ("bias", (m,))]
}
GROUPS = {
    "all": lambda model: model.parameters(),
    "two": lambda model: [
        {"params": model[0].parameters(), "lr": 0.02, "momentum": 0.5},
        {"params": [*model[2].parameters(), *model[4].parameters()]},
    ],
    "one tensor": lambda model: [
        {"params": model[4].bias, "weight_decay": 0.2},
        {"params": model[0].parameters()},
    ],
}
SETTINGS = [
    {"lr": 0.1, "momentum": m, "dampening": d, "nesterov": n, "weight_decay": w}
    for m, d, n, w in itertools.product((0, 0.9), (0, 0.3), (False, True), (0, 0.01))
    if not n or (m and not d)
]


def assert_equal_runs(ours, theirs, atol=1e-10):
    for p, q in zip(ours.parameters(), theirs.parameters(), strict=True):
        np.testing.assert_allclose(p, q, rtol=0, atol=atol)


def to_torch(value):
    """A state_dict as torch takes it, with arrays of its own."""
    if isinstance(value, Tensor | torch.Tensor):
        return torch.tensor(value.numpy())
    if isinstance(value, dict):
        return {key: to_torch(v) for key, v in value.items()}
    return [to_torch(v) for v in value] if isinstance(value, list) else value


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
@pytest.mark.parametrize("groups", GROUPS)
def test_fifty_steps_are_pytorchs(groups, settings):
    ours, theirs = (Run(engine, groups, **settings) for engine in ("dlcourse", "torch"))
    before = ours.parameters()[0].copy()
    for i in range(50):
        ours.step(i)
        theirs.step(i)
    assert_equal_runs(ours, theirs)
    assert np.abs(ours.parameters()[0] - before).max() > 0.01


def test_the_defaults_are_pytorchs():
    ours, theirs = Run("dlcourse", "all"), Run("torch", "all")
    own = ours.optimizer.param_groups[0]
    assert list(own)[-1] == "params"
    for name in ("lr", "momentum", "dampening", "weight_decay", "nesterov"):
        assert own[name] == theirs.optimizer.param_groups[0][name]
    for i in range(5):
        ours.step(i)
        theirs.step(i)
    assert_equal_runs(ours, theirs)


def test_single_precision_stays_single_and_in_place():
    layer = nn.Linear(2, 1)
    array = layer.weight.data
    optimizer = optim.SGD(layer.parameters(), lr=np.float64(0.1), momentum=0.9)
    for _ in range(2):
        layer(tensor([[1.0, 2.0]])).sum().backward()
        optimizer.step()
    assert layer.weight.data is array
    assert array.dtype == np.float32
    buffer = optimizer.state[layer.weight]["momentum_buffer"]
    assert buffer.dtype == np.float32
    assert not np.may_share_memory(buffer, layer.weight.grad.data)


# --------------------------------------------------------------------------- state


@pytest.mark.parametrize("groups", GROUPS)
@pytest.mark.parametrize("start", ["dlcourse", "torch"])
@pytest.mark.parametrize("end", ["dlcourse", "torch"])
def test_a_run_goes_on_from_the_state_of_either_engine(start, end, groups):
    settings = {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01}
    reference = Run("torch", groups, **settings)
    first = Run(start, groups, **settings)
    for i in range(20):
        reference.step(i)
        first.step(i)
    second = Run(end, groups, lr=7.0)  # all settings come with the state
    convert = {"dlcourse": lambda state: state, "torch": to_torch}[end]
    second.model.load_state_dict(convert(first.model.state_dict()))
    second.optimizer.load_state_dict(convert(first.optimizer.state_dict()))
    kept = [p.copy() for p in first.parameters()]
    for i in range(20, 50):
        reference.step(i)
        second.step(i)
    assert_equal_runs(second, reference)
    for before, after in zip(kept, first.parameters(), strict=True):
        np.testing.assert_array_equal(before, after)  # nothing is shared
    for i in range(20, 50):
        first.step(i)
    assert_equal_runs(first, reference)


@pytest.mark.parametrize("momentum", [0, 0.9])
def test_state_dict_has_pytorchs_layout(momentum):
    ours, theirs = (
        Run(engine, "two", lr=0.1, momentum=momentum)
        for engine in ("dlcourse", "torch")
    )
    for run in (ours, theirs):
        run.optimizer.param_groups[0]["momentum"] = momentum
        run.step(0)
    state, expected = (
        to_torch(ours.optimizer.state_dict()),
        theirs.optimizer.state_dict(),
    )
    assert state["state"].keys() == expected["state"].keys()
    for i, buffers in expected["state"].items():
        assert state["state"][i].keys() == buffers.keys()
        torch.testing.assert_close(
            state["state"][i]["momentum_buffer"], buffers["momentum_buffer"]
        )
    for group, reference in zip(
        state["param_groups"], expected["param_groups"], strict=True
    ):
        assert group == {key: reference[key] for key in group}


def test_a_state_dict_is_a_snapshot():
    run = Run("dlcourse", "all", lr=0.1, momentum=0.9)
    run.step(0)
    buffers = run.optimizer.state_dict()["state"]
    before = {i: state["momentum_buffer"].data.copy() for i, state in buffers.items()}
    run.step(1)
    for i, state in buffers.items():
        np.testing.assert_array_equal(state["momentum_buffer"].data, before[i])


def test_a_state_for_other_groups():
    one, two = Run("dlcourse", "all", lr=0.1), Run("dlcourse", "two", lr=0.1)
    with pytest.raises(ValueError, match=r"\[6\] here, \[2, 4\] in the state_dict"):
        one.optimizer.load_state_dict(two.optimizer.state_dict())


# -------------------------------------------------------------------- what it updates


def parameter(*values):
    return tensor(list(values), requires_grad=True)


def test_parameters_without_gradient_stay():
    used, unused = parameter(1.0), parameter(1.0)
    optimizer = optim.SGD([used, unused], lr=0.1, momentum=0.9, weight_decay=0.5)
    (used * 2).sum().backward()
    optimizer.step()
    assert unused.data.tolist() == [1]
    assert used.data.tolist() == [pytest.approx(1 - 0.1 * 2.5)]


def test_the_gradient_itself_is_not_changed():
    w = parameter(1.0)
    optimizer = optim.SGD([w], lr=0.1, momentum=0.9, weight_decay=0.5)
    (w * 2).sum().backward()
    for _ in range(3):
        optimizer.step()
        assert w.grad.data.tolist() == [2]


def test_a_changed_lr_takes_effect_at_once():
    w = parameter(1.0)
    optimizer = optim.SGD([w], lr=0.1)
    (w * 1).sum().backward()
    optimizer.param_groups[0]["lr"] = 0.5
    optimizer.step()
    assert w.data.tolist() == [0.5]


def test_zero_grad_forgets():
    w = parameter(1.0)
    optimizer = optim.SGD([w])
    (w * 1).sum().backward()
    optimizer.zero_grad()
    assert w.grad is None


def test_a_step_is_not_recorded():
    w = parameter(1.0)
    optimizer = optim.SGD([w], lr=0.1, momentum=0.9)
    (w * w).sum().backward()
    optimizer.step()
    assert w.is_leaf
    assert w.requires_grad


# -------------------------------------------------------------------------- messages


@pytest.mark.parametrize("name", ["lr", "momentum", "weight_decay"])
@pytest.mark.parametrize("value", [-0.1, float("nan")])
def test_settings_are_not_negative(name, value):
    with pytest.raises(ValueError, match=rf"SGD expects {name} in \[0, inf\), got"):
        optim.SGD([parameter(1.0)], **{"lr": 0.1, name: value})


@pytest.mark.parametrize("settings", [{}, {"momentum": 0.9, "dampening": 0.1}])
def test_nesterov_needs_momentum(settings):
    for engine, w in ((optim, parameter(1.0)), (torch.optim, torch.ones(1))):
        with pytest.raises(ValueError, match=r"[Nn]esterov"):
            engine.SGD([w], lr=0.1, nesterov=True, **settings)


W = parameter(1.0)


@pytest.mark.parametrize(
    "params, error, message",
    [
        (W, TypeError, "iterable of Tensors, got one Tensor"),
        ([], ValueError, "no parameters: is the generator already used up"),
        (iter(()), ValueError, "no parameters"),
        ([np.ones(1)], TypeError, "expects Tensors, got ndarray"),
        (nn.Sequential(nn.ReLU()), TypeError, "expects Tensors, got ReLU"),
        ([W * 2], ValueError, "computed tensor, only leaves"),
        ([W, W], ValueError, "appears twice"),
        ([{"params": [W]}, {"params": W}], ValueError, "appears twice"),
        ([{"params": [W], "LR": 1}], ValueError, r"unknown settings \['LR'\]"),
        ([{"lr": 1}], ValueError, "a parameter group needs 'params'"),
    ],
)
def test_what_are_no_parameters(params, error, message):
    with pytest.raises(error, match=message):
        optim.SGD(params, lr=0.1)


def test_the_base_class_updates_nothing():
    optimizer = optim.Optimizer([parameter(1.0)], {})
    optimizer.param_groups[0]["params"][0].grad = tensor([1.0])
    with pytest.raises(NotImplementedError):
        optimizer.step()
