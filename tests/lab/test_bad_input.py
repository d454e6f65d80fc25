"""Arguments of fit that can't work raise at once, and say what was expected."""

import numpy as np
import pytest
import torch
from engines import ENGINES, assert_same, examples, network, parameters, run

import dlcourse
from dlcourse import lab
from dlcourse.lab.examples import engine_of

X, Y = examples()


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"train": (X[:0], Y[:0])}, ValueError, r"train holds no .* shape \(0, 4\)"),
        ({"train": (X, Y[:-1])}, ValueError, "40 examples and 39 labels"),
        ({"train": (X, 3)}, ValueError, "40 examples and a single number labels"),
        ({"train": X}, TypeError, r"train expects a pair \(x, y\), got ndarray"),
        ({"train": 5}, TypeError, r"train expects a pair \(x, y\), got int"),
        (
            {"train": (X.astype(int), Y)},
            TypeError,
            r"train: x is int64, .* float32: use \.astype\(np\.float32\)$",
        ),
        (
            {"train": (X.astype(np.uint8), Y)},
            TypeError,
            r"x is uint8, .* use \.astype\(np\.float32\) / 255$",
        ),
        ({"train": (X.astype(float), Y)}, TypeError, "x is float64"),
        ({"train": (X, Y.astype(float))}, TypeError, "train: y is float64"),
        ({"train": (X, Y.astype(str))}, TypeError, "train: y is <U"),
        ({"train": (X, Y + 1)}, ValueError, "go up to 3, .* 3 outputs.* from 0 to 2"),
        ({"train": (X, Y - 1)}, ValueError, "train: labels start at 0, got -1"),
        ({"train": (X, np.eye(3, dtype=int)[Y])}, TypeError, "targets of a regression"),
        ({"validation": (X[:0], Y[:0])}, ValueError, "validation holds no examples"),
        ({"validation": (X, Y + 1)}, ValueError, "validation: labels go up to 3"),
        ({"steps": None}, ValueError, "epochs or steps, .*epochs=None, steps=None"),
        ({"epochs": 1}, ValueError, "one of them: got epochs=1, steps=5"),
        ({"steps": 0}, ValueError, "steps of at least 1, got 0"),
        ({"steps": None, "epochs": -1}, ValueError, "epochs of at least 1, got -1"),
        ({"steps": 2.5}, TypeError, r"steps to be an integer, got 2\.5"),
        ({"batch_size": 0}, ValueError, "batch_size of at least 1, got 0"),
        ({"batch_size": None}, TypeError, "batch_size to be an integer, got None"),
        ({"batch_size": True}, TypeError, "batch_size to be an integer, got True"),
    ],
)
def test_bad_input_is_refused_with_a_reason(engine, options, error, message):
    model = network(engine)
    before = parameters(model)
    with pytest.raises(error, match=message):
        run(engine, model=model, **options)
    assert_same(parameters(model), before, rtol=0)


def test_a_model_that_is_none_is_refused(engine):
    loss_fn = engine.nn.CrossEntropyLoss()
    for model, message in [
        (lambda x: x, "a Module of dlcourse or torch, got function"),
        (engine.nn.Linear, r"got the class: Linear\(\.\.\.\)"),
    ]:
        with pytest.raises(TypeError, match=message):
            lab.fit(model, (X, Y), loss_fn, None, steps=1, progress=False)


def test_an_optimizer_of_another_model_is_refused(engine):
    model, other = network(engine), network(engine)
    optimizer = engine.optim.SGD(other.parameters(), lr=0.1)
    loss_fn = engine.nn.CrossEntropyLoss()
    with pytest.raises(ValueError, match="updates none of the model's parameters"):
        lab.fit(model, (X, Y), loss_fn, optimizer, steps=1, progress=False)


def test_an_optimizer_of_one_s_own_needs_two_methods():
    engine = ENGINES["dlcourse"]
    model = network(engine)

    class Mine:
        def zero_grad(self):
            model.zero_grad()

        def step(self):
            for p in model.parameters():
                p.data -= 0.2 * p.grad.data

    loss_fn = engine.nn.CrossEntropyLoss()
    history = lab.fit(
        model, (X, Y), loss_fn, Mine(), steps=5, batch_size=16, progress=False
    )
    assert history.loss == run(engine)[1].loss


def test_the_engine_is_the_model_s_own():
    assert engine_of(network(ENGINES["dlcourse"])) is dlcourse.autograd
    assert engine_of(network(ENGINES["torch"])) is torch
