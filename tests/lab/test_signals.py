"""signals: what passes through the layers, the same on both engines."""

import numpy as np
import pytest
from engines import ENGINES, examples, network

from dlcourse import lab


def measured(engine, **options):
    model = network(engine)
    x, y = examples()
    return lab.signals(model, x, y, engine.nn.CrossEntropyLoss(), **options), model


def test_the_engines_agree():
    ours, _ = measured(ENGINES["dlcourse"])
    theirs, _ = measured(ENGINES["torch"])
    assert ours.layers == theirs.layers == ("1",)
    for quantity in ("signal", "mean", "gradient", "update"):
        np.testing.assert_allclose(
            getattr(ours, quantity), getattr(theirs, quantity), rtol=1e-5
        )


def test_the_numbers_are_those_of_a_pass_by_hand(engine):
    x, y = examples()
    got, model = measured(engine, watch=engine.nn.Linear)
    w = [np.asarray(p.detach()) for p in model.parameters()]
    a = x @ w[0].T + w[1]
    z = np.tanh(a) @ w[2].T + w[3]
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    dz = (p - np.eye(3)[y]) / len(x)
    da = dz @ w[2] * (1 - np.tanh(a) ** 2)
    assert got.layers == ("0", "2")
    np.testing.assert_allclose(got.signal, [lab.rms(a), lab.rms(z)], rtol=1e-5)
    np.testing.assert_allclose(got.mean, [a.mean(), z.mean()], rtol=1e-4)
    np.testing.assert_allclose(got.gradient, [lab.rms(da), lab.rms(dz)], rtol=1e-4)
    grads = [da.T @ x, dz.T @ np.tanh(a)]
    ratios = [lab.rms(g) / lab.rms(v) for g, v in zip(grads, w[::2], strict=True)]
    np.testing.assert_allclose(got.update, ratios, rtol=1e-4)
    assert list(got.weights) == ["0.weight", "2.weight"]


def test_zeros_and_dead_units(engine):
    nn = engine.nn
    model = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 2))
    state = {
        "0.weight": np.array([[1, 0], [0, 1], [0, 0]], np.float32),
        "0.bias": np.array([0, 0, -1], np.float32),
        "2.weight": np.ones((2, 3), np.float32),
        "2.bias": np.zeros(2, np.float32),
    }
    model.load_state_dict({k: engine.tensor(v) for k, v in state.items()})
    x = np.array([[1, -1], [2, 1]], np.float32)
    got = lab.signals(model, x, np.array([0, 1]), nn.CrossEntropyLoss())
    assert got.zeros.tolist() == [pytest.approx(3 / 6)]
    assert got.dead.tolist() == [pytest.approx(1 / 3)]


def test_the_model_is_left_as_it_was(engine):
    model = network(engine)
    x, y = examples()
    loss_fn = engine.nn.CrossEntropyLoss()
    loss_fn(model(engine.tensor(x)), engine.tensor(y)).backward()
    before = [p.grad.detach().numpy().copy() for p in model.parameters()]
    lab.signals(model, 2 * x, y, loss_fn)
    for p, grad in zip(model.parameters(), before, strict=True):
        np.testing.assert_array_equal(p.grad.detach().numpy().copy(), grad)
    assert not any(m._forward_hooks for m in model.modules())


def test_a_layer_that_is_used_twice_is_seen_twice(engine):
    nn = engine.nn
    tanh = nn.Tanh()
    model = nn.Sequential(nn.Linear(4, 4), tanh, nn.Linear(4, 3), tanh)
    got = lab.signals(model, *examples(), nn.CrossEntropyLoss())
    assert len(got) == 2 and got.outputs[0].shape == (40, 4)


def test_nothing_to_watch(engine):
    with pytest.raises(ValueError, match="no layer of the kind watched"):
        measured(engine, watch=engine.nn.Sigmoid)


def test_the_size_of_very_small_numbers_is_not_lost():
    assert lab.rms(np.full(3, 1e-30, np.float32)) == pytest.approx(1e-30, rel=1e-6)


def test_the_factor_is_the_geometric_mean_over_the_layers():
    outputs = [np.full((2, 3), size) for size in (1.0, 10.0, 4.0)]
    gradients = [np.full((2, 3), size) for size in (0.09, 5.0, 1.0)]
    flow = lab.Signals(("0", "1", "2"), tuple(outputs), tuple(gradients), {})
    assert flow.factor("signal") == pytest.approx(2)
    assert flow.factor("gradient") == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("sizes", "quantity", "says"),
    [
        ([1, 2], "loss", "of the 'signal' or of the 'gradient', got 'loss'"),
        ([1], "signal", "two watched layers"),
        ([0, 1], "signal", "the signal begins with size 0"),
        ([1, np.inf], "gradient", "the gradient begins with size inf"),
    ],
)
def test_where_there_is_no_factor_it_says_why(sizes, quantity, says):
    arrays = tuple(np.full((2, 3), size, float) for size in sizes)
    flow = lab.Signals(tuple(map(str, sizes)), arrays, arrays, {})
    with pytest.raises(ValueError, match=says):
        flow.factor(quantity)


@pytest.mark.parametrize("size", [1e-200, 1e-30, 1.0, 1e200])
def test_the_size_of_tiny_and_of_huge_numbers(size):
    """Their squares leave the range of floats, their root mean square does not."""
    assert lab.rms([3 * size, 4 * size, 0, 0]) == pytest.approx(2.5 * size)
    assert lab.rms([0.0, 0.0]) == 0


def test_layers_that_are_not_called_or_return_tuples(engine):
    x, y = examples()
    uncalled = engine.nn.Sequential(engine.nn.Linear(4, 3))
    uncalled[0].extra = engine.nn.Tanh()
    with pytest.raises(ValueError, match=r"none of .* .'0.extra'. was called"):
        lab.signals(uncalled, x, y, engine.nn.CrossEntropyLoss())
    lstm = engine.nn.LSTM(4, 3)
    with pytest.raises(TypeError, match="LSTM at '' returns 2 values"):
        lab.signals(lstm, x, y, engine.nn.CrossEntropyLoss(), watch=engine.nn.LSTM)


def test_a_layer_before_all_parameters_has_its_gradient_too(engine):
    model = engine.nn.Sequential(engine.nn.Flatten(), *network(engine))
    x, y = examples()
    seen = lab.signals(model, x, y, engine.nn.CrossEntropyLoss())
    assert seen.layers[0] == "0"
    assert seen.gradient[0] > 0
