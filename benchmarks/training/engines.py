"""The two engines: the same workload as a step function on each.

An engine is a function ``(workload, state) -> step``; ``state`` are the initial
parameters, name to array, or None for the engine's own. ``step()`` takes one training
step and returns the loss, which ``float`` turns into a number. The peers of peers.py
are engines too.
"""

import importlib
from types import SimpleNamespace

import numpy as np


def engine(name):
    """The engine of this name; a peer's package is imported here, not earlier."""
    if name in ("dlcourse", "torch"):
        return lambda workload, state: training(workload, modules(name), state)
    return importlib.import_module("training.peers").PEERS[name]()


def modules(name):
    """nn, optim and tensor of dlcourse or PyTorch."""
    package = importlib.import_module(name)
    return SimpleNamespace(
        nn=package.nn, optim=package.optim, tensor=package.tensor, name=name
    )


def training(workload, engine, state):
    """A step of the workload on dlcourse or PyTorch: one text."""
    model = workload.model(engine.nn)
    if state is not None:
        model.load_state_dict({k: engine.tensor(v) for k, v in state.items()})
    name, settings = workload.optimizer
    optimizer = getattr(engine.optim, name)(model.parameters(), **settings)
    x, y = workload.batch(np.random.default_rng(0))
    if workload.update_only:
        model.weight.grad = engine.tensor(x)

        def update():
            optimizer.step()
            return model.weight.detach()[0, 0]

        return update
    x, y = engine.tensor(x), engine.tensor(y)
    loss_function = getattr(engine.nn, workload.loss)()

    def step():
        loss = loss_function(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.detach()

    return step


def initial_state(workload):
    """PyTorch's initial parameters and buffers, which all engines start from."""
    torch = importlib.import_module("torch")
    torch.manual_seed(0)
    state = workload.model(torch.nn).state_dict()
    return {name: value.numpy().copy() for name, value in state.items()}
