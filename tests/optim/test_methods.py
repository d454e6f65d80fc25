"""Every method beside PyTorch's: 100 steps, its settings, its state both ways."""

import copy
import pickle

import numpy as np
import pytest
import torch
from runs import SHAPES, Run, expect_equal, to_torch

from dlcourse import nn, optim, tensor
from dlcourse.optim import blocks

METHODS = [
    ("SGD", {"lr": 0.01}),
    ("SGD", {"lr": 0.01, "momentum": 0.9, "dampening": 0.4, "weight_decay": 0.1}),
    ("SGD", {"lr": 0.01, "momentum": 0.9, "nesterov": True}),
    ("Adagrad", {}),
    ("Adagrad", {"lr": 0.1, "lr_decay": 0.1, "weight_decay": 0.1, "eps": 1e-3}),
    ("Adagrad", {"initial_accumulator_value": 0.5}),
    ("Adadelta", {}),
    ("Adadelta", {"lr": 0.5, "rho": 0.8, "eps": 1e-3, "weight_decay": 0.1}),
    ("RMSprop", {}),
    ("RMSprop", {"alpha": 0.9, "eps": 1e-3, "weight_decay": 0.1, "momentum": 0.5}),
    ("RMSprop", {"centered": True}),
    ("RMSprop", {"centered": True, "momentum": 0.9, "lr": 1e-3}),
    ("Adam", {}),
    ("Adam", {"lr": 0.1, "betas": (0.5, 0.9), "eps": 1e-3, "weight_decay": 0.1}),
    ("Adam", {"betas": (0.0, 0.0), "eps": 1e-2}),
    ("AdamW", {}),
    ("AdamW", {"lr": 0.1, "betas": (0.5, 0.9), "weight_decay": 0.5}),
]
NAMES = list(dict.fromkeys(name for name, _ in METHODS))
each_method = pytest.mark.parametrize("name, settings", METHODS, ids=str)
each_name = pytest.mark.parametrize("name", NAMES)


def both(name, **settings):
    return Run("dlcourse", name, **settings), Run("torch", name, **settings)


@pytest.fixture(params=["long runs", "short runs"])
def length(request, monkeypatch):
    """With short runs, most parameters of the test are cut into pieces."""
    if request.param != "long runs":
        for name, value in {"SMALL": 10, "RUN": 40, "PIECE": 40}.items():
            monkeypatch.setattr(blocks, name, value)
    return request.param


@each_method
def test_a_hundred_steps_are_pytorchs(name, settings, length):
    groups = 1 if length == "long runs" else 2
    ours, theirs = both(name, groups=groups, **settings)
    start = [w.copy() for w in ours.arrays()]
    for i in range(100):
        ours.step(i)
        theirs.step(i)
    expect_equal(ours, theirs)
    for w, before in zip(ours.arrays(), start, strict=True):
        assert np.abs(w - before).max() > 1e-5


@each_method
def test_with_gradients_that_come_and_go(name, settings, length):
    ours, theirs = both(name, groups=2, **settings)
    rng = np.random.default_rng(3)
    for i in range(40):
        without = set(np.flatnonzero(rng.random(len(SHAPES)) < 0.3 * (i % 7 < 3)))
        for run in (ours, theirs):
            run.step(i, without)
            for group in run.optimizer.param_groups:  # any schedule
                group["lr"] *= 0.97
    expect_equal(ours, theirs)


@each_name
def test_the_defaults_are_pytorchs(name):
    ours, theirs = both(name)
    own = ours.optimizer.param_groups[0]
    assert {"params", "lr", "weight_decay"} <= own.keys()
    for key in own.keys() - {"params"}:
        assert own[key] == theirs.optimizer.param_groups[0][key], key


@each_name
def test_single_precision_stays_single(name):
    ours, theirs = both(name, dtype=np.float32)
    held = ours.arrays()
    for i in range(10):
        ours.step(i)
        theirs.step(i)
    expect_equal(ours, theirs, 3e-5)
    for array, p in zip(held, ours.parameters, strict=True):
        assert p.data is array
        assert p.dtype == np.float32
        for value in ours.optimizer.state[p].values():
            assert isinstance(value, int) or value.dtype == np.float32


# -------------------------------------------------------------------------- state


@each_method
@pytest.mark.parametrize("start", ["dlcourse", "torch"])
@pytest.mark.parametrize("end", ["dlcourse", "torch"])
def test_a_run_goes_on_from_the_state_of_either_engine(name, settings, start, end):
    first, reference = Run(start, name, **settings), Run("torch", name, **settings)
    for i in range(10):
        first.step(i)
        reference.step(i)
    second = Run(end, name, lr=7.0)
    for p, value in zip(second.parameters, first.arrays(), strict=True):
        p.data = value.copy() if end == "dlcourse" else torch.tensor(value)
    state = first.optimizer.state_dict()
    second.optimizer.load_state_dict(to_torch(state) if end == "torch" else state)
    for i in range(10, 20):
        second.step(i)
        reference.step(i)
    expect_equal(second, reference)


@each_method
def test_state_dict_has_pytorchs_layout(name, settings):
    ours, theirs = both(name, **settings)
    for run in (ours, theirs):
        run.step(0, without={2})
        run.step(1, without={2})
    found = to_torch(ours.optimizer.state_dict())
    expected = theirs.optimizer.state_dict()
    state = {i: s for i, s in expected["state"].items() if i != 2}  # Adagrad's: eager
    assert found["state"].keys() == state.keys()
    for i, entries in state.items():
        entries = {k: v for k, v in entries.items() if v is not None}
        assert found["state"][i].keys() == entries.keys()
        for key, value in entries.items():
            np.testing.assert_allclose(found["state"][i][key], value, rtol=1e-10)
    for group, reference in zip(
        found["param_groups"], expected["param_groups"], strict=True
    ):
        assert group == {key: reference[key] for key in group}


@each_name
def test_a_state_dict_is_a_snapshot(name):
    run = Run("dlcourse", name)
    run.step(0)
    state = run.optimizer.state_dict()
    kept = copy.deepcopy(state)
    run.step(1)
    for i, entries in kept["state"].items():
        for key, value in entries.items():
            np.testing.assert_array_equal(state["state"][i][key], value)
    other = Run("dlcourse", name)
    other.optimizer.load_state_dict(state)
    other.step(1)
    for i, entries in kept["state"].items():
        for key, value in entries.items():
            np.testing.assert_array_equal(state["state"][i][key], value)


@pytest.mark.parametrize("setting", ["amsgrad", "maximize"])
def test_a_state_of_a_method_that_is_not_offered(setting):
    theirs = Run("torch", "Adam", **{setting: True})
    theirs.step(0)
    with pytest.raises(ValueError, match=f"{setting}=True"):
        Run("dlcourse", "Adam").optimizer.load_state_dict(theirs.optimizer.state_dict())


def test_a_state_of_other_shapes():
    run, other = Run("dlcourse", "Adam"), Run("dlcourse", "Adam")
    run.step(0)
    state = run.optimizer.state_dict()
    state["state"][1], state["state"][3] = state["state"][3], state["state"][1]
    message = r"shape \(1, 2, 3\): 'exp_avg(_sq)?' in the state_dict has shape \(5,\)"
    with pytest.raises(ValueError, match=message):
        other.optimizer.load_state_dict({**state, "state": {3: state["state"][3]}})


COPIES = [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))]
each_copy = pytest.mark.parametrize("duplicate", COPIES, ids=["deepcopy", "pickle"])


@each_name
@each_copy
def test_a_copy_goes_its_own_way(name, duplicate):
    run, reference = Run("dlcourse", name), Run("dlcourse", name)
    for i in range(3):
        run.step(i)
        reference.step(i)
    original = run.parameters
    run.parameters, run.optimizer = duplicate((run.parameters, run.optimizer))
    run.step(3)
    for p, q in zip(original, reference.parameters, strict=True):
        np.testing.assert_array_equal(p.data, q.data)
    reference.step(3)
    expect_equal(run, reference, 0)
    before, after = (r.optimizer.state_dict()["state"] for r in (reference, run))
    for i, entries in before.items():
        for key, value in entries.items():
            np.testing.assert_array_equal(after[i][key], value)


# ------------------------------------------------------- what users do between steps


def replace_data(run):
    for p in run.parameters:
        p.data = p.data * 0.5


def change_data_in_place(run):
    for p in run.parameters:
        p.data[...] = p.data * 0.5


def transpose_data(run):
    for p in run.parameters:
        if isinstance(p, nn.Parameter):
            p.data = p.data.T.copy().T  # the same values, column by column


def reset_state(run):
    run.optimizer.state.clear()


def zero_momentum(run):
    for p in run.parameters:
        for value in run.optimizer.state[p].values():
            if np.ndim(value):
                value[...] = 0


def replace_arrays_of_state(run):
    for p in run.parameters:
        for key, value in run.optimizer.state[p].items():
            if np.ndim(value):
                run.optimizer.state[p][key] = value * 0.25


def reload_own_state(run):
    run.optimizer.load_state_dict(run.optimizer.state_dict())


ACTS = [
    replace_data,
    change_data_in_place,
    transpose_data,
    reset_state,
    zero_momentum,
    replace_arrays_of_state,
    reload_own_state,
]


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
@pytest.mark.parametrize("name", ["SGD", "Adam", "RMSprop"])
def test_what_users_do_between_steps(name, act, length):
    momentum = {} if name == "Adam" else {"momentum": 0.9}
    ours, theirs = both(name, **momentum)
    for i in range(9):
        ours.step(i)
        theirs.step(i)
        if i % 4 == 3:
            act(ours)
            act(theirs)
    expect_equal(ours, theirs)


@each_name
def test_parameters_of_two_optimisers(name):
    ours, theirs = both(name)
    for run in (ours, theirs):
        second = run.optim.SGD(run.parameters[1:5], lr=0.1, momentum=0.9)
        for i in range(10):
            run.step(i)
            second.step()
    expect_equal(ours, theirs)


def test_a_group_that_comes_later():
    ours, theirs = both("Adam")
    for run in (ours, theirs):
        run.step(0)
        start = np.arange(3.0)
        late = (nn.Parameter if run is ours else torch.nn.Parameter)(run.tensor(start))
        run.optimizer.add_param_group({"params": [late], "lr": 0.5})
        run.parameters.append(late)
        for i in range(1, 5):
            run.step(i)
    expect_equal(ours, theirs)


def test_a_model_that_becomes_double():
    model = nn.Sequential(nn.Linear(3, 2))
    optimizer = optim.Adam(model.parameters())
    for dtype in (np.float32, np.float64):
        model = model.float() if dtype == np.float32 else model.double()
        x = tensor(np.ones((2, 3), dtype))
        model(x).sum().backward()
        optimizer.step()
        weight = model[0].weight
        assert weight.dtype == optimizer.state[weight]["exp_avg"].dtype == dtype


def test_the_tape_notices_a_step():
    w = tensor([2.0, 3.0], requires_grad=True)
    w.grad = tensor([1.0, 1.0])
    y = (w * w).sum()
    optim.Adam([w]).step()
    with pytest.raises(RuntimeError, match="changed in place"):
        y.backward()


@each_name
def test_whoever_holds_the_array_sees_the_change(name):
    w = tensor([2.0, 3.0], requires_grad=True)
    view = w.detach().numpy()
    optimizer = getattr(optim, name)([w])
    w.grad = tensor([1.0, -1.0])
    optimizer.step()
    assert view is w.data
    assert view[0] < 2
    assert w.grad.data.tolist() == [1, -1]


def test_a_gradient_that_does_not_fit():
    w = tensor([2.0, 3.0], requires_grad=True)
    optimizer = optim.Adam([w])
    w.grad = tensor([1.0, 1.0])
    optimizer.step()
    w.data = np.zeros((2, 2), np.float32)
    with pytest.raises(ValueError, match=r"shape \(2, 2\): its gradient has shape"):
        optimizer.step()


def test_a_gradient_that_is_not_row_by_row(length):
    ours, theirs = both("Adam")
    gradients = [w.T.copy().T for w in ours.arrays()]
    for run in (ours, theirs):
        for p, g in zip(run.parameters, gradients, strict=True):
            p.grad = tensor(0 * g) if run is ours else torch.tensor(np.array(g))
            if run is ours:
                p.grad.data = g
        run.optimizer.step()
    expect_equal(ours, theirs)


@each_name
def test_settings_may_be_numpys_numbers(name):
    runs = []
    for number in (float, np.float64):
        run = Run("dlcourse", name, dtype=np.float32, lr=number(0.1))
        for i in range(3):
            run.step(i)
            run.optimizer.param_groups[0]["lr"] *= number(0.7)
        runs.append(run)
    expect_equal(*runs, 0)


def test_an_own_method():
    class SignSGD(optim.Optimizer):
        def __init__(self, params, lr=0.1):
            super().__init__(params, {"lr": lr})

        def remembered(self, group):
            return ("signs",)

        def update(self, runs, group, step):
            for w, g, signs in runs:
                signs += np.sign(g)
                w -= group["lr"] * np.sign(g)

    w = tensor([2.0, 3.0], requires_grad=True)
    optimizer = SignSGD([w])
    for _ in range(3):
        w.grad = tensor([5.0, -0.1])
        optimizer.step()
    np.testing.assert_allclose(w.data, [1.7, 3.3], rtol=1e-6)
    assert optimizer.state[w]["signs"].tolist() == [3, -3]
    assert optimizer.state_dict()["state"][0]["step"] == 3


# ---------------------------------------------------------------------- bad settings


@pytest.mark.parametrize(
    "name, setting, value, expected",
    [
        ("Adam", "lr", -1.0, r"in \[0, inf\)"),
        ("Adam", "lr", tensor([0.1, 0.2]), r"in \[0, inf\)"),
        ("Adam", "eps", -1e-8, r"in \[0, inf\)"),
        ("AdamW", "weight_decay", -1, r"in \[0, inf\)"),
        ("Adam", "betas", (1.0, 0.0), r"in \[0, 1\)"),
        ("Adam", "betas", (0.9, -0.1), r"in \[0, 1\)"),
        ("Adam", "betas", (0.9,), "two numbers"),
        ("Adam", "betas", 0.9, "two numbers"),
        ("RMSprop", "momentum", -1.0, r"in \[0, inf\)"),
        ("RMSprop", "alpha", float("nan"), r"in \[0, inf\)"),
        ("Adagrad", "lr_decay", -0.5, r"in \[0, inf\)"),
        ("Adagrad", "initial_accumulator_value", -0.5, r"in \[0, inf\)"),
        ("Adadelta", "rho", 1.1, r"in \[0, 1\]"),
    ],
    ids=str,
)
def test_bad_settings(name, setting, value, expected):
    w = tensor([1.0], requires_grad=True)
    method = getattr(optim, name)
    with pytest.raises(ValueError, match=rf"{name} expects {setting} .*{expected}"):
        method([w], **{setting: value})
    with pytest.raises(ValueError, match=rf"{name} expects {setting} .*{expected}"):
        method([{"params": [w], setting: value}])


def test_groups_are_dicts():
    w = tensor([1.0], requires_grad=True)
    with pytest.raises(TypeError, match="a parameter group is a dict"):
        optim.SGD([w]).add_param_group([w])
    with pytest.raises(TypeError, match="a parameter group is a dict"):
        optim.SGD([{"params": [w]}, w])
