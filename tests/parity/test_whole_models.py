"""Whole models, trained for 50 steps on both engines: the parameters stay equal."""

import numpy as np
import pytest
import torch
from whole_models import BATCH, CLASSES, ENGINES, MODELS

STEPS, WITHIN = 50, 1e-8
OPTIMIZERS = {
    "SGD": ("SGD", {"lr": 0.05}),
    "momentum": ("SGD", {"lr": 0.02, "momentum": 0.9}),
    "dampening": ("SGD", {"lr": 0.02, "momentum": 0.8, "dampening": 0.3}),
    "Nesterov": (
        "SGD",
        {"lr": 0.02, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01},
    ),
    "Adagrad": ("Adagrad", {"lr": 0.02, "lr_decay": 0.01}),
    "Adadelta": ("Adadelta", {"lr": 1.0}),
    "RMSprop": ("RMSprop", {"lr": 0.002}),
    "centred RMSprop": ("RMSprop", {"lr": 0.001, "momentum": 0.5, "centered": True}),
    "Adam": ("Adam", {"lr": 0.005}),
    "AdamW": ("AdamW", {"lr": 0.005, "weight_decay": 0.1}),
}


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("model", MODELS)
def test_fifty_steps(model, optimizer):
    torch.manual_seed(0)
    start = MODELS[model][0](ENGINES[0]).double().state_dict()
    expected, found = (train(e, model, optimizer, start) for e in ENGINES)
    assert found.keys() == expected.keys() == start.keys()
    for name, value in expected.items():
        error = np.abs(found[name] - value).max()
        assert error <= WITHIN * max(1, np.abs(value).max()), (name, error)
    weights = [name for name in start if name.endswith("weight")]
    moved = [np.abs(expected[name] - start[name].numpy()).max() for name in weights]
    assert min(moved) > 1e-4, "a layer was not trained: equality says nothing"


def train(engine, model, optimizer, start):
    """The state_dict, as arrays, after STEPS steps from ``start`` on one engine."""
    make, inputs = MODELS[model]
    net = make(engine).double()
    net.load_state_dict({k: engine.tensor(v.numpy()) for k, v in start.items()})
    name, settings = OPTIMIZERS[optimizer]
    update = getattr(engine.optim, name)(net.parameters(), **settings)
    loss_function = engine.nn.CrossEntropyLoss()
    rng = np.random.default_rng(0)
    for _ in range(STEPS):
        x, y = inputs(rng), rng.integers(0, CLASSES, BATCH)
        loss = loss_function(net(engine.tensor(x)), engine.tensor(y))
        update.zero_grad()
        loss.backward()
        update.step()
    return {k: np.array(v.detach().numpy()) for k, v in net.state_dict().items()}
