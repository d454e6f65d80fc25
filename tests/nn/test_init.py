"""Initialisation: PyTorch's numbers, and the variances that were promised."""

import itertools
import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import dlcourse
from dlcourse import nn, tensor
from dlcourse.nn import functional, init


def empty(*shape, dtype=np.float64):
    return tensor(np.full(shape, 7, dtype))


NAMES = ["linear", "conv2d", "sigmoid", "tanh", "relu", "leaky_relu", "selu"]


@pytest.mark.parametrize("name", NAMES)
def test_calculate_gain(name):
    assert init.calculate_gain(name) == torch.nn.init.calculate_gain(name)
    if name == "leaky_relu":
        for a in (0, 0.2, 1):
            theirs = torch.nn.init.calculate_gain(name, a)
            assert init.calculate_gain(name, a) == pytest.approx(theirs, rel=1e-15)


STD = {
    "xavier_normal_": (lambda i, o: math.sqrt(2 / (i + o)), {}),
    "xavier_uniform_": (lambda i, o: 3 * math.sqrt(2 / (i + o)), {"gain": 3}),
    "kaiming_normal_": (lambda i, o: math.sqrt(2 / i), {"nonlinearity": "relu"}),
    "kaiming_uniform_": (
        lambda i, o: math.sqrt(2 / 1.04 / o),
        {"a": 0.2, "mode": "fan_out"},
    ),
    "normal_": (lambda i, o: 0.3, {"std": 0.3}),
    "uniform_": (lambda i, o: 4 / math.sqrt(12), {"a": -1, "b": 3}),
}


@pytest.mark.parametrize("shape", [(150, 400), (40, 20, 5, 15)], ids=str)
@pytest.mark.parametrize("name", STD)
def test_the_variance_is_the_promised_one(name, shape):
    std, options = STD[name]
    field = math.prod(shape[2:])
    dlcourse.manual_seed(0)
    w = getattr(init, name)(empty(*shape), **options).data
    expected = std(shape[1] * field, shape[0] * field)
    n = w.size  # five standard errors: of the mean, and of the standard deviation
    mean = 1 if name == "uniform_" else 0
    assert abs(w.mean() - mean) < 5 * expected / math.sqrt(n)
    assert abs(w.std() / expected - 1) < 5 / math.sqrt(2 * n)
    if "uniform" in name:
        bound = math.sqrt(3) * expected
        assert 0.99 * bound < abs(w - mean).max() <= bound * (1 + 1e-12)
    else:
        assert abs(w).max() > 3 * expected
    torch.manual_seed(0)
    theirs = getattr(torch.nn.init, name)(torch.empty(shape), **options).numpy()
    assert abs(theirs.std() / expected - 1) < 5 / math.sqrt(2 * n)


@given(st.integers(1, 9), st.integers(1, 9), st.floats(0.1, 3), st.integers(0, 99))
@settings(max_examples=60)
def test_orthogonal(rows, columns, gain, seed):
    dlcourse.manual_seed(seed)
    w = init.orthogonal_(empty(rows, columns), gain).data
    gram = w @ w.T if rows <= columns else w.T @ w
    np.testing.assert_allclose(gram, gain**2 * np.eye(min(rows, columns)), atol=1e-12)


@given(st.lists(st.integers(1, 9), min_size=2, max_size=6), st.integers(0, 99))
@settings(max_examples=60)
def test_orthogonal_layers_keep_lengths_forward_and_back(widths, seed):
    """Forward where no layer is narrower than its input, back where none is wider."""
    dlcourse.manual_seed(seed)
    rng = np.random.default_rng(seed)
    for ordered in (sorted(widths), sorted(widths, reverse=True)):
        layers = [nn.Linear(n, m, bias=False) for n, m in itertools.pairwise(ordered)]
        for layer in layers:
            init.orthogonal_(layer.weight)
        x = tensor(rng.normal(size=(3, ordered[0])), requires_grad=True)
        y = nn.Sequential(*layers).double()(x)
        g = rng.normal(size=y.shape)
        y.backward(g)
        pairs = [(y.data, x.data)] if ordered[0] <= ordered[-1] else []
        pairs += [(x.grad.data, g)] if ordered[0] >= ordered[-1] else []
        for after, before in pairs:
            lengths = np.linalg.norm(before, axis=1)
            np.testing.assert_allclose(np.linalg.norm(after, axis=1), lengths, 1e-5)


def test_orthogonal_prefers_no_direction():
    dlcourse.manual_seed(0)
    draws = np.array([init.orthogonal_(empty(3, 3)).data for _ in range(4000)])
    # each entry has mean 0 and variance 1/3; five standard errors
    assert (abs(draws.mean(axis=0)) < 5 / math.sqrt(3 * 4000)).all()
    np.testing.assert_allclose((draws**2).mean(axis=0), 1 / 3, atol=0.03)


def test_orthogonal_convolutions_count_all_but_the_first_axis_as_one():
    w = init.orthogonal_(empty(4, 3, 2, 2)).data.reshape(4, 12)
    np.testing.assert_allclose(w @ w.T, np.eye(4), atol=1e-12)


def test_a_deep_looks_linear_network_is_a_linear_map_that_keeps_lengths():
    dlcourse.manual_seed(1)
    layers = [nn.Linear(8, 8, bias=False), nn.CReLU()]
    for _ in range(20):
        layers += [nn.Linear(16, 8, bias=False), nn.CReLU()]
    model = nn.Sequential(*layers[:-1]).double()
    init.orthogonal_(model[0].weight)
    for layer in list(model)[2::2]:
        init.looks_linear_(layer.weight)
    a, b = np.random.default_rng(0).normal(size=(2, 5, 8))
    f = lambda x: model(tensor(x)).data  # noqa: E731
    np.testing.assert_allclose(f(2 * a - 3 * b), 2 * f(a) - 3 * f(b), atol=1e-12)
    lengths = np.linalg.norm(f(a), axis=1)
    np.testing.assert_allclose(lengths, np.linalg.norm(a, axis=1), rtol=1e-12)


def test_lsuv_makes_every_layer_s_output_vary_by_one():
    dlcourse.manual_seed(2)
    model = nn.Sequential(
        nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 36, 20), nn.Tanh(),
        nn.Linear(20, 5),
    )  # fmt: skip
    x = tensor(np.random.default_rng(0).normal(size=(50, 1, 8, 8)).astype(np.float32))
    assert init.lsuv_(model, x) is model
    h = x
    for layer in model:
        h = layer(h)
        if hasattr(layer, "weight"):
            assert abs(h.data.std() - 1) < 0.02
            assert not layer.bias.data.any()


def test_looks_linear_convolutions():
    """conv(crelu(x)) with [W, -W] is conv(x) with W."""
    x = tensor(np.random.default_rng(0).normal(size=(2, 3, 6, 5)))
    layer = nn.Conv2d(6, 4, 3, bias=False).double()
    init.looks_linear_(layer.weight)
    straight = functional.conv2d(x, tensor(layer.weight.data[:, :3]))
    np.testing.assert_allclose(layer(nn.CReLU()(x)).data, straight.data, atol=1e-13)


class Backwards(nn.Module):
    """Uses its layers in the other order than it names them, and one of them never."""

    def __init__(self):
        super().__init__()
        self.last, self.first = nn.Linear(6, 3), nn.Linear(4, 6)
        self.unused = nn.Linear(2, 2)

    def forward(self, x):
        return self.last(self.first(x).relu())


def test_lsuv_changes_nothing_but_linear_layers_and_convolutions():
    dlcourse.manual_seed(3)
    model = nn.Sequential(
        nn.Conv1d(2, 4, 3), nn.LayerNorm((4, 6)), nn.BatchNorm1d(4), nn.Dropout(0.1),
        nn.Flatten(), nn.Linear(24, 5), nn.BatchNorm1d(5),
    )  # fmt: skip
    model[2].eval()
    x = tensor(np.random.default_rng(0).normal(size=(30, 2, 8)).astype(np.float32))
    model(x).sum().backward()
    others = [model[i] for i in (1, 2, 6)]
    before = [[t.data.copy() for t in m.state_dict().values()] for m in others]
    modes = [m.training for m in model.modules()]
    gradients = [p.grad.data.copy() for p in model.parameters()]
    init.lsuv_(model, x)
    for m, values in zip(others, before, strict=True):
        for tensor_, value in zip(m.state_dict().values(), values, strict=True):
            np.testing.assert_array_equal(tensor_.data, value)
    assert [m.training for m in model.modules()] == modes
    for p, gradient in zip(model.parameters(), gradients, strict=True):
        np.testing.assert_array_equal(p.grad.data, gradient)
    assert abs(model[0](x).data.std() - 1) < 0.02


def test_lsuv_follows_the_order_of_use():
    dlcourse.manual_seed(0)
    model = Backwards()
    untouched = model.unused.weight.data.copy()
    x = tensor(np.random.default_rng(0).normal(size=(64, 4)).astype(np.float32) * 9)
    init.lsuv_(model, x)
    h = model.first(x)
    assert (
        abs(h.data.std() - 1) < 0.02 and abs(model.last(h.relu()).data.std() - 1) < 0.02
    )
    np.testing.assert_array_equal(model.unused.weight.data, untouched)
    assert not model.first._forward_hooks  # nothing is left behind


def test_lsuv_names_a_layer_that_cannot_vary():
    model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
    with pytest.raises(
        ValueError, match="output of layer '0' has standard deviation 0"
    ):
        init.lsuv_(model, tensor(np.zeros((5, 3), np.float32)))
    with pytest.raises(ValueError, match="no Linear nor convolution"):
        init.lsuv_(nn.Sequential(nn.ReLU()), tensor([1.0]))


def test_constants_and_the_identity():
    assert (init.constant_(empty(2, 3), 0.5).data == 0.5).all()
    assert not init.zeros_(empty(3)).data.any()
    assert init.ones_(empty(3)).data.all()
    assert (init.eye_(empty(2, 3)).data == np.eye(2, 3)).all()


def test_a_parameter_is_filled_in_place_and_stays_float32():
    layer = nn.Linear(3, 4)
    weight, array = layer.weight, layer.weight.data
    assert init.normal_(layer.weight) is weight and weight.data is array
    assert array.dtype == np.float32 and weight.requires_grad


def test_the_same_seed_gives_the_same_weights():
    def draw():
        dlcourse.manual_seed(5)
        return init.normal_(empty(3, 3)).data

    assert (draw() == draw()).all()


@pytest.mark.parametrize(
    "call, error, message",
    [
        (lambda: init.xavier_normal_(empty(3)), ValueError, "2 or more axes.*(3,)"),
        (lambda: init.kaiming_normal_(empty(0, 3)), ValueError, "no fans.*(0, 3)"),
        (lambda: init.kaiming_normal_(empty(2, 3), mode="fan"), ValueError, "'fan'"),
        (lambda: init.calculate_gain("swish"), ValueError, "got 'swish'"),
        (lambda: init.calculate_gain("leaky_relu", True), ValueError, "got True"),
        (lambda: init.normal_(empty(2), std=-1), ValueError, r"std in \[0, inf\]"),
        (lambda: init.uniform_(empty(2), 1, 0), ValueError, "a <= b, got a=1, b=0"),
        (lambda: init.eye_(empty(2, 2, 2)), ValueError, "eye_ expects 2 axes"),
        (lambda: init.orthogonal_(empty(2)), ValueError, "orthogonal_ expects 2 or"),
        (lambda: init.looks_linear_(empty(2, 3)), ValueError, r"weight \(out, 2 n, "),
        (lambda: init.zeros_(np.ones(2)), TypeError, "Tensor to fill, got ndarray"),
        (lambda: init.normal_(tensor([1, 2])), TypeError, "floats to fill, got int64"),
        (lambda: init.xavier_normal_(np.ones((2, 2))), TypeError, "got ndarray"),
    ],
)
def test_bad_arguments(call, error, message):
    with pytest.raises(error, match=message):
        call()
