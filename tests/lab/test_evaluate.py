"""Measuring a model: outputs, classes, accuracy, loss."""

import sys

import numpy as np
import pytest
import torch
from engines import CLASSES, examples, network, run

from dlcourse import lab
from dlcourse.autograd import is_grad_enabled

X, Y = examples()


def test_accuracy_and_classes_are_those_of_the_outputs(engine):
    model = network(engine)
    outputs = lab.outputs(model, X)
    by_hand = model(engine.tensor(X)).detach().numpy()
    np.testing.assert_allclose(outputs, by_hand, rtol=1e-6)
    classes = lab.predict_classes(model, X)
    assert classes.dtype == np.int64
    np.testing.assert_array_equal(classes, by_hand.argmax(axis=1))
    assert lab.accuracy(model, X, classes) == 1
    wrong = classes.copy()
    wrong[:10] = (wrong[:10] + 1) % CLASSES
    assert lab.accuracy(model, X, wrong) == 0.75


def test_evaluation_in_batches_is_evaluation_at_once(engine, monkeypatch):
    model = network(engine)
    loss_fn = engine.nn.CrossEntropyLoss()
    whole = lab.evaluate(model, X, Y, loss_fn)
    output = model(engine.tensor(X))
    assert whole[0] == pytest.approx(loss_fn(output, engine.tensor(Y)).item())
    monkeypatch.setattr(sys.modules["dlcourse.lab.evaluate"], "BATCH", 7)
    assert lab.evaluate(model, X, Y, loss_fn) == pytest.approx(whole, rel=1e-6)


@pytest.mark.parametrize("training", [True, False])
def test_evaluation_restores_mode_and_tape_even_after_an_error(engine, training):
    modes = []
    model = network(engine).train(training)
    model.register_forward_hook(lambda m, args, out: modes.append(m.training))
    for labels in (Y, Y + 1):
        if labels.max() < CLASSES:
            lab.accuracy(model, X, labels)
        else:
            with pytest.raises(ValueError, match="accuracy: labels go up to 3"):
                lab.accuracy(model, X, labels)
        assert modes.pop() is False
        assert model.training is training
        assert is_grad_enabled()
        assert torch.is_grad_enabled()
    with pytest.raises(ValueError, match="outputs holds no examples"):
        lab.outputs(model, X[:0])
    with pytest.raises(TypeError, match="accuracy expects integer labels"):
        lab.accuracy(model, X, X[:, 0])


def test_fit_trains_in_training_mode(engine):
    modes = []
    model = network(engine).eval()
    model.register_forward_hook(lambda m, args, out: modes.append(m.training))
    run(engine, model=model, steps=2)
    assert modes == [True, True]
    assert model.training
