"""PyTorch's samples of optimisers (optim_db), and their schedules' samples too.

``optim_db`` gives the settings; the parameters and gradients are made here. Each
optimiser takes STEPS steps on three parameters; then with two groups, where halfway a
new optimiser goes on from PyTorch's ``state_dict``. The schedules that come with each
(PyTorch's own functions, their names looked up among dlcourse's) run for 3 STEPS.
"""

import itertools
from types import FunctionType

import numpy as np
import torch
from parity import Call, Converter, Entry, Failure, Outside, Row, expect_equal, fitted
from torch.testing._internal.common_optimizers import OptimizerErrorEnum, optim_db

from dlcourse import nn, optim, tensor

OPTIMIZERS = {info.optim_cls.__name__: info for info in optim_db}
STEPS = 10
SHAPES = ((3, 4), (5,), ())

TABLE = {}


def tensor_setting(call):
    values = itertools.chain.from_iterable(
        v if isinstance(v, tuple) else (v,) for v in call.kwargs.values()
    )
    return any(isinstance(v, torch.Tensor) for v in values)


EVERYWHERE = Entry(
    outside={"a setting that is a Tensor": tensor_setting},
    excepted={},
)


def ours(name):
    """dlcourse's class for a name of PyTorch's, or None."""
    return getattr(optim, name, None)


def everything():
    """All of PyTorch's names, sorted."""
    return sorted(OPTIMIZERS)


def run(name):
    """All of PyTorch's settings for one name: a Row."""
    info, entry, row = OPTIMIZERS[name], TABLE.get(name, EVERYWHERE), Row(name)
    for sample in info.optim_inputs_func(device="cpu", dtype=torch.float64):
        call = Call((), sample.kwargs)
        for groups in (1, 2):
            row.sample(entry, call, lambda c=call, g=groups: _both(info, c, g))
    for makers in info.scheduler_inputs:
        call = Call(tuple(name for m in makers for name in m.__code__.co_names), {})
        row.sample(entry, call, lambda m=makers: _scheduled(info, m))
    for bad in info.optim_error_inputs_func(device="cpu", dtype=torch.float64):
        sample = bad.optimizer_error_input
        params = [torch.ones(2, 3)] if sample.params is None else sample.params
        call = Call((params,), sample.kwargs)
        step = bad.error_on is OptimizerErrorEnum.STEP_ERROR
        row.error(
            entry,
            call,
            str(bad.error_regex),
            lambda c=call, s=step: _only_ours(name, c, s),
        )
    return row


def _both(info, call, groups):
    """STEPS steps from the same parameters with the same gradients: all stay equal."""
    rng = np.random.default_rng(0)
    values = [rng.normal(size=shape) for shape in SHAPES]
    theirs = [torch.nn.Parameter(torch.tensor(v)) for v in values]
    mine = [nn.Parameter(tensor(v)) for v in values]
    function = ours(info.optim_cls.__name__)
    kwargs = fitted(function, call)
    optimizer = function(_grouped(mine, groups), **kwargs)
    reference = info.optim_cls(_grouped(theirs, groups), **call.kwargs)
    for i in range(STEPS):
        if i == STEPS // 2 and groups == 2:  # a new one takes over from PyTorch's state
            optimizer = function(_grouped(mine, groups), **kwargs)
            optimizer.load_state_dict(reference.state_dict())
        for x, y in zip(theirs, mine, strict=True):
            gradient = rng.normal(size=x.shape)
            x.grad, y.grad = torch.tensor(gradient), tensor(gradient)
        reference.step()
        optimizer.step()
    for i, (x, y) in enumerate(zip(theirs, mine, strict=True)):
        expect_equal(f"parameter {i}", x, y)
    expected, state = reference.state_dict()["state"], optimizer.state_dict()["state"]
    for i, entries in expected.items():
        for key, value in entries.items():
            if value is None:  # a buffer that is not in use
                continue
            if key not in state.get(i, {}):
                raise Failure(f"no state {key} of parameter {i}")
            if key == "step":
                value, state[i][key] = float(value), float(state[i][key])
            expect_equal(f"state {key} of parameter {i}", value, state[i][key])
    return True


def _scheduled(info, makers):
    """STEPS steps with PyTorch's schedules, one or several at once: equal rates."""
    x, y = torch.nn.Parameter(torch.zeros(2)), nn.Parameter(np.zeros(2))
    x.grad, y.grad = torch.ones(2), tensor([1.0, 1.0])
    optimizers = info.optim_cls([x]), ours(info.optim_cls.__name__)([y])
    theirs = [make(optimizers[0]) for make in makers]
    mine = []
    for make in makers:
        here = FunctionType(make.__code__, vars(optim.lr_scheduler))
        try:
            mine.append(here(optimizers[1]))
        except NameError as error:
            raise Outside(f"schedule {error.name}") from None
    for step in range(3 * STEPS):
        for optimizer, schedulers in zip(optimizers, (theirs, mine), strict=True):
            optimizer.step()
            for scheduler in schedulers:
                plateau = type(scheduler).__name__ == "ReduceLROnPlateau"
                scheduler.step(*[max(1.0, 3.0 - step)] * plateau)
        a, b = (optimizer.param_groups[0]["lr"] for optimizer in optimizers)
        expect_equal(f"the rate after step {step}", float(a), float(b))


def _grouped(parameters, groups):
    if groups == 1:
        return parameters
    return [{"params": parameters[:1], "lr": 0.05}, {"params": parameters[1:]}]


def _only_ours(name, call, step):
    convert = Converter()
    function = ours(name)
    optimizer = function(*convert(call.args), **convert(fitted(function, call)))
    if step:
        optimizer.step()
