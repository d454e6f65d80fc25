"""Measuring, converting and counting leave a model as it was: all that do, in one test.

A part in evaluation among others in training, gradients from before, and layers whose
buffers move in every forward pass: batch norms and the observers of ranges.
"""

import inspect

import numpy as np
import pytest
import torch
from engines import ENGINES

import dlcourse
from dlcourse import compress, lab, nn, tensor
from dlcourse.nn.measuring import measuring

X = np.random.default_rng(0).normal(size=(8, 1, 4, 4)).astype(np.float32)
Y = np.arange(8) % 3


def convolutional(engine):
    nn = engine.nn
    model = nn.Sequential(
        nn.Conv2d(1, 2, 3, padding=1), nn.BatchNorm2d(2), nn.ReLU(),
        nn.Sequential(nn.Dropout(0.5), nn.Flatten(), nn.Linear(32, 5)),
        nn.BatchNorm1d(5), nn.Tanh(), nn.Linear(5, 3),
    )  # fmt: skip
    model[1].eval()  # a frozen part
    model[3][0].eval()
    return gradients_from_before(engine, model)


def gradients_from_before(engine, model):
    for i, p in enumerate(model.parameters()):
        if i % 3:  # and some without
            p.grad = engine.tensor(np.full(tuple(p.shape), i, np.float32))
    return model


def state(model):
    """All that a measurement must not change: values, and which objects they are."""
    found = {}
    for name, p in model.named_parameters():
        found[name] = id(p), numbers(p), id(p.grad), numbers(p.grad), p.requires_grad
    for name, b in model.named_buffers():
        found[name] = id(b), numbers(b)
    for name, module in model.named_modules():
        found[f"{name} mode"] = module.training, len(module._forward_hooks)
    return found


def numbers(values):
    if values is None:
        return None
    values = values.detach() if hasattr(values, "detach") else values
    return np.asarray(values).tolist()


def loss_of(engine):
    return engine.nn.CrossEntropyLoss()


def loss_of_batch(engine, model):
    return loss_of(engine)(model(engine.tensor(X)), engine.tensor(Y))


MEASURE = {  # in the laboratory, on both engines
    "outputs": lambda e, m: lab.outputs(m, X),
    "predict_classes": lambda e, m: lab.predict_classes(m, X),
    "accuracy": lambda e, m: lab.accuracy(m, X, Y),
    "evaluate": lambda e, m: lab.evaluate(m, X, Y, loss_of(e)),
    "signals": lambda e, m: lab.signals(m, X, Y, loss_of(e)),
    "input_gradients": lambda e, m: lab.input_gradients(m, X),
    "first_nonfinite": lambda e, m: lab.first_nonfinite(m, e.tensor(X)),
    "receptive_fields": lambda e, m: lab.receptive_fields(m[:3]),
    "count_flops": lambda e, m: lab.count_flops(lambda: loss_of_batch(e, m), m),
}
CONVERT = {
    "cost": lambda m: compress.cost(m, tensor(X)),
    "to_integers": lambda m: compress.to_integers(m, tensor(X)),
    "quantization_aware": compress.quantization_aware,
    "quantize_weights": compress.quantize_weights,
    "saliency": lambda m: compress.saliency(m, [(X, Y)]),
    "masked": lambda m: compress.masked(m, {"6.weight": np.zeros((3, 5))}),
    "make_permanent": compress.make_permanent,
    "torch_twin": lab.torch_twin,
}
ELSEWHERE = {
    "attempt": "it trains",
    "fit": "it trains",
    "train_step": "it trains",
    "state_jacobians": "below: of recurrent networks",
    "fold_batch_norm": "below: it needs a model in evaluation",
    "remove_units": "below: it needs a flat model",
    "rescaled": "below: it needs layers with nothing but ReLU between",
    "equalize": "below, with it",
}


def test_every_function_that_takes_a_model_is_tested_here():
    for room in (lab, compress):
        for name in room.__all__:
            value = getattr(room, name)
            if inspect.isfunction(value) and (
                {"model", "network"} & set(inspect.signature(value).parameters)
            ):
                assert name in MEASURE | CONVERT | ELSEWHERE, name


@pytest.mark.parametrize("name", MEASURE)
def test_measuring_leaves_a_model_as_it_was(engine, name):
    model = convolutional(engine)
    before = state(model)
    if name == "count_flops" and engine is ENGINES["torch"]:
        with pytest.raises(TypeError, match="a Module of dlcourse, got torch's"):
            MEASURE[name](engine, model)
        return
    MEASURE[name](engine, model)
    assert state(model) == before


@pytest.mark.parametrize("name", CONVERT)
def test_converting_leaves_a_model_as_it_was(name):
    model = convolutional(ENGINES["dlcourse"])
    if name == "make_permanent":
        model = compress.masked(model, {"6.weight": np.zeros((3, 5))})
    before = state(model)
    new = CONVERT[name](model)
    assert state(model) == before
    if not isinstance(new, nn.Module):
        return
    modes = {path: part.training for path, part in new.named_modules()}
    for path, part in model.named_modules():
        assert modes.get(path, part.training) == part.training
    new.eval()
    new.train()(tensor(X))  # modes are its own, though batch norms' moments are shared
    assert unmoved(state(model)) == unmoved(before)


def unmoved(state):
    return {k: v for k, v in state.items() if not k.split(".")[-1].startswith(MOMENTS)}


MOMENTS = "running", "num_batches"


def test_removing_units_leaves_a_model_as_it_was():
    conv, norm, relu, (_, flat, linear), *rest = convolutional(ENGINES["dlcourse"])
    model = nn.Sequential(conv, norm, relu, flat, linear, *rest)
    before = state(model)
    small = compress.remove_units(model, 4, [1, 3])
    assert not small[1].training and small[2].training
    small.eval()
    assert state(model) == before


def test_folding_leaves_a_model_as_it_was():
    model = convolutional(ENGINES["dlcourse"]).eval()
    model[2].train()
    before = state(model)
    compress.fold_batch_norm(model).train()(tensor(X))
    assert state(model) == before


def test_other_ranges_leave_a_model_as_it_was():
    layers = nn.Flatten(), nn.Linear(16, 5), nn.ReLU(), nn.Linear(5, 3)
    model = gradients_from_before(ENGINES["dlcourse"], nn.Sequential(*layers))
    model[2].eval()
    before = state(model)
    for new in (compress.equalize(model), compress.rescaled(model, [np.full(5, 3.0)])):
        new.eval()(tensor(X)).sum().backward()
        assert state(model) == before


def test_measuring_does_not_widen_an_observed_range():
    model = compress.quantization_aware(
        gradients_from_before(
            ENGINES["dlcourse"], nn.Sequential(nn.Flatten(), nn.Linear(16, 3))
        )
    )
    model(tensor(X / 10))
    before = state(model)
    for measure in ("signals", "input_gradients", "first_nonfinite", "accuracy"):
        MEASURE[measure](ENGINES["dlcourse"], model)
        assert state(model) == before


def test_the_jacobians_leave_a_network_as_it_was(engine):
    network = engine.nn.LSTM(3, 4, num_layers=2)
    gradients_from_before(engine, network)
    before = state(network)
    lab.state_jacobians(network, np.ones((5, 3)))
    assert state(network) == before


class Failing(nn.Module):
    def forward(self, input):
        raise RuntimeError("mine")


def test_what_fails_leaves_a_model_as_it_was_too():
    model = nn.Sequential(*convolutional(ENGINES["dlcourse"]), Failing())
    model[1].eval()
    before = state(model)
    engine = ENGINES["dlcourse"]
    calls = [lambda name=name: MEASURE[name](engine, model) for name in MEASURE]
    calls += [
        lambda name=name: CONVERT[name](model) for name in ("cost", "to_integers")
    ]
    for call in calls:
        try:
            call()
        except RuntimeError as error:
            assert str(error) == "mine"
        assert state(model) == before


def test_a_buffer_that_is_replaced_comes_back():
    class Counting(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("calls", tensor(np.array(0)))

        def forward(self, input):
            self.calls = tensor(self.calls.data + 1)
            return input

    model = nn.Sequential(Counting())
    before = state(model)
    with measuring(model):
        model(tensor(X))
        assert model[0].calls.item() == 1
    assert state(model) == before


def test_a_graph_that_waits_for_its_backward_is_not_disturbed(engine):
    model = convolutional(engine).eval()
    loss = loss_of_batch(engine, model)
    for name in ("signals", "accuracy", "input_gradients"):
        MEASURE[name](engine, model)
    model.zero_grad()
    loss.backward()
    got = [numbers(p.grad) for p in model.parameters()]
    model.zero_grad()
    loss_of_batch(engine, model).backward()
    assert got == [numbers(p.grad) for p in model.parameters()]


def test_each_measurement_draws_its_own_mask(engine):
    torch.manual_seed(0)
    dlcourse.manual_seed(0)
    model = engine.nn.Sequential(engine.nn.Flatten(), engine.nn.Dropout(0.5))
    first, second = (lab.input_gradients(model, X) for _ in range(2))
    assert (first != second).any()
