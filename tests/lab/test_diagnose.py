"""nan and inf in the loss: the message names step, layer and cause."""

import math

import numpy as np
import pytest
from engines import (
    CLASSES,
    ENGINES,
    FEATURES,
    assert_same,
    diverge,
    examples,
    network,
    parameters,
)

from dlcourse import lab


@pytest.mark.parametrize("value", [math.nan, math.inf])
@pytest.mark.parametrize(("layer", "bad_step"), [("0", 1), ("2", 4)])
def test_nan_in_a_parameter_names_step_layer_and_parameter(
    engine, layer, bad_step, value
):
    model = network(engine)

    def plant(model):
        plant.calls += 1
        if plant.calls == bad_step - 1:
            spoil(model)

    def spoil(model):
        weight = dict(model.named_parameters())[f"{layer}.weight"]
        (weight.data if engine is ENGINES["dlcourse"] else weight.detach())[1, :2] = (
            value
        )

    plant.calls = 0
    if bad_step == 1:
        spoil(model)
    error, _ = diverge(engine, model=model, metrics={"plant": plant}, steps=9)
    message = str(error)
    entries = {"0": 20, "2": 15}[layer]
    assert message.startswith(f"step {bad_step}: the loss is ")
    assert f"began in layer '{layer}' (Linear)" in message
    assert f"2 of {entries} entries of its parameter 'weight' are nan or inf" in message
    assert "is the learning rate too large?" in message
    assert error.history.steps == bad_step - 1


def test_nan_in_the_data_is_the_first_layer_s_input(engine):
    x, y = examples(16)
    x[3, 2] = math.nan
    error, _ = diverge(engine, train=(x, y))
    assert str(error) == (
        "step 1: the loss is nan. It began in layer '0' (Linear): 1 of 64 entries of "
        "its input are nan or inf: they are in the examples. Not finite are 1 of 16 "
        "examples: x[3]"
    )


def test_inf_in_the_data_is_told_though_only_the_parameters_show_it(engine):
    # tanh(inf) = 1: the first loss is finite, only its gradient is not.
    x, y = examples(16)
    x[3, 2] = x[5, 1] = math.inf
    error, _ = diverge(engine, train=(x, y), batch_size=16)
    message = str(error)
    assert message.startswith("step 2: the loss is nan. It began in layer '0' (Linear)")
    assert "of its parameter 'weight'" in message
    assert message.endswith("Not finite are 2 of 16 examples: x[3], ...")


def test_overflow_is_the_layer_s_own_output(engine):
    nn = engine.nn
    model = nn.Sequential(nn.Linear(FEATURES, 2), nn.Linear(2, CLASSES))
    shapes = {k: tuple(v.shape) for k, v in model.state_dict().items()}
    huge = {k: np.full(shape, 1e30, np.float32) for k, shape in shapes.items()}
    model.load_state_dict({k: engine.tensor(v) for k, v in huge.items()})
    x = np.ones((16, FEATURES), np.float32)
    error, _ = diverge(engine, model=model, train=(x, np.zeros(16, int)))
    message = str(error)
    assert "began in layer '1' (Linear): 48 of 48 entries of its output" in message
    assert "though its input and its parameters are finite" in message


def test_nan_between_layers_is_the_next_one_s_input(engine):
    class Net(engine.nn.Module):
        def __init__(self):
            super().__init__()
            self.first = engine.nn.Linear(FEATURES, 4)
            self.second = engine.nn.Linear(4, CLASSES)

        def forward(self, x):
            h = self.first(x)
            return self.second(h / (h - h))

    error, _ = diverge(engine, model=Net())
    message = str(error)
    assert "began in layer 'second' (Linear)" in message
    assert "a forward() made them on the way to this layer" in message


def test_a_part_that_took_no_part_is_not_blamed(engine):
    class Net(engine.nn.Module):
        def __init__(self):
            super().__init__()
            self.used = engine.nn.Linear(FEATURES, CLASSES)
            self.idle = engine.nn.Linear(1, 1)

        def forward(self, x):
            return self.used(x) / 0.0

    model = Net()
    state = model.state_dict()
    state["idle.bias"] = engine.tensor(np.full(1, math.nan, np.float32))
    model.load_state_dict(state)
    error, _ = diverge(engine, model=model)
    assert "began in the Net: 48 of 48 entries of its output" in str(error)


def test_a_model_without_parts_is_named_by_its_class(engine):
    class Net(engine.nn.Module):
        def __init__(self):
            super().__init__()
            start = engine.tensor(np.zeros((FEATURES, CLASSES), np.float32))
            self.scale = engine.nn.Parameter(start)

        def forward(self, x):
            return (x @ self.scale) / 0.0

    error, _ = diverge(engine, model=Net())
    assert "began in the Net: 48 of 48 entries of its output" in str(error)


def test_nan_in_the_targets_or_the_loss(engine):
    x, _ = examples(16)
    y = x[:, :1].copy()
    y[5] = math.nan
    model = network(engine, outputs=1)
    error, _ = diverge(engine, model=model, train=(x, y), loss_fn=engine.nn.MSELoss())
    assert str(error) == (
        "step 1: the loss is nan. Every layer's output is finite, but 1 of 16 targets "
        "are not"
    )

    def broken(output, target):
        return engine.nn.CrossEntropyLoss()(output, target) * math.inf

    error, _ = diverge(engine, loss_fn=broken)
    assert "is finite: it began in the loss function" in str(error)


def test_too_large_a_learning_rate_is_found_out_with_its_history(engine):
    x, _ = examples(16)
    model = network(engine, outputs=1)
    error, model = diverge(
        engine,
        model=model,
        train=(x, x[:, :1]),
        loss_fn=engine.nn.MSELoss(),
        lr=1e6,
        steps=200,
        batch_size=16,
    )
    assert 1 <= error.history.steps < 200
    assert np.isfinite(error.history.loss).all()
    assert error.history.seconds > 0
    assert f"step {error.history.steps + 1}: the loss is" in str(error)
    assert all(np.isfinite(values).all() for values in parameters(model).values())


def test_the_parameters_are_left_as_they_were_before_the_bad_step(engine):
    x, y = examples(16)
    x[0, 0] = math.nan
    before = parameters(network(engine))
    _, model = diverge(engine, train=(x, y))
    assert_same(parameters(model), before, rtol=0)


def test_first_nonfinite_of_a_sound_model_is_none_and_leaves_no_hook(engine):
    model = network(engine)
    assert lab.first_nonfinite(model, engine.tensor(examples().x)) is None
    for module in model.modules():
        assert not module._forward_hooks
