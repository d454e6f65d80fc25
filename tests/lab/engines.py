"""One small network and one small problem, the same on both engines."""

import itertools
import warnings
from types import SimpleNamespace

import numpy as np
import pytest
import torch

import dlcourse
from dlcourse import lab

ENGINES = {
    "dlcourse": SimpleNamespace(
        nn=dlcourse.nn, optim=dlcourse.optim, tensor=dlcourse.tensor
    ),
    "torch": SimpleNamespace(nn=torch.nn, optim=torch.optim, tensor=torch.tensor),
}
FEATURES, CLASSES = 4, 3


def weights(rng, *sizes):
    """A state_dict of arrays for linear layers 0, 2, 4, ... with these sizes."""
    state = {}
    for i, (n, m) in enumerate(itertools.pairwise(sizes)):
        state[f"{2 * i}.weight"] = rng.normal(size=(m, n)).astype(np.float32)
        state[f"{2 * i}.bias"] = rng.normal(size=m).astype(np.float32)
    return state


def network(engine, outputs=CLASSES):
    """Linear, Tanh, Linear with the same parameters on both engines."""
    nn = engine.nn
    model = nn.Sequential(nn.Linear(FEATURES, 5), nn.Tanh(), nn.Linear(5, outputs))
    state = weights(np.random.default_rng(1), FEATURES, 5, outputs)
    model.load_state_dict({k: engine.tensor(v) for k, v in state.items()})
    return model


def examples(n=40, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, FEATURES)).astype(np.float32)
    return lab.Split(x, (x @ rng.normal(size=(FEATURES, CLASSES))).argmax(axis=1))


def run(engine, *, train=None, model=None, lr=0.2, loss_fn=None, **options):
    """fit() on a small classification problem; (model, history)."""
    model = model or network(engine)
    options = {"steps": 5, "batch_size": 16, "progress": False} | options
    history = lab.fit(
        model,
        examples() if train is None else train,
        loss_fn or engine.nn.CrossEntropyLoss(),
        engine.optim.SGD(model.parameters(), lr=lr),
        **options,
    )
    return model, history


def parameters(model):
    return {k: v.detach().numpy().copy() for k, v in model.named_parameters()}


def assert_same(a, b, **tolerance):
    assert a.keys() == b.keys()
    for name in a:
        np.testing.assert_allclose(a[name], b[name], err_msg=name, **tolerance)


def diverge(engine, **options):
    """The FloatingPointError of a run, and the model as it was left."""
    model = options.pop("model", None) or network(engine)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # no NumPy warning beside the error
        with pytest.raises(FloatingPointError) as error:
            run(engine, model=model, **options)
    return error.value, model
