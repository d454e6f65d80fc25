"""Linear, activations, softmax and the losses: against PyTorch, at the extremes too."""

import contextlib

import numpy as np
import pytest
import torch
from against_torch import (
    CURRENT_TORCH,
    assert_as_torch,
    assert_equal,
    function,
    values,
)

import dlcourse
from dlcourse import nn, no_grad, tensor
from dlcourse.autograd import exp, gradcheck
from dlcourse.nn import functional

linear, softmax, log_softmax = map(function, ("linear", "softmax", "log_softmax"))
mse_loss, cross_entropy = map(function, ("mse_loss", "cross_entropy"))


# ---------------------------------------------------------------------------- Linear


@pytest.mark.parametrize("shape", [(5, 3), (3,), (2, 4, 3), (0, 3), (1, 3)], ids=str)
def test_linear(shape):
    x, weight, bias = values(*shape), values(4, 3, seed=1), values(4, seed=2)
    assert_as_torch(linear, x, weight, bias)
    assert_as_torch(linear, x, weight)
    narrow = [a.astype(np.float32) for a in (x, weight, bias)]
    assert_as_torch(linear, *narrow, rtol=1e-5)


def test_linear_starts_uniform_within_its_bound():
    dlcourse.manual_seed(0)
    layer = nn.Linear(400, 300)
    assert (layer.weight.shape, layer.bias.shape) == ((300, 400), (300,))
    for p in layer.parameters():
        assert p.dtype == np.float32
        assert np.abs(p.data).max() <= 1 / 20 * (1 + 1e-7)
        assert p.data.std() == pytest.approx(1 / 20 / np.sqrt(3), rel=0.1)
    reference = torch.nn.Linear(400, 300)
    assert reference.weight.detach().abs().max() <= 1 / 20 * (1 + 1e-7)
    assert reference.bias.std().item() == pytest.approx(1 / 20 / np.sqrt(3), rel=0.1)


def test_the_same_seed_gives_the_same_weights():
    def weights(seed):
        dlcourse.manual_seed(seed)
        return nn.Linear(3, 2).weight.data

    np.testing.assert_array_equal(weights(1), weights(1))
    assert (weights(1) != weights(2)).any()


def test_linear_without_bias():
    layer = nn.Linear(3, 2, bias=False)
    assert layer.bias is None
    assert [name for name, _ in layer.named_parameters()] == ["weight"]
    assert repr(layer) == "Linear(in_features=3, out_features=2, bias=False)"


@pytest.mark.parametrize(
    "x, error, message",
    [
        (np.ones((3, 5)), ValueError, r"expects \(N, 3\), got \(3, 5\).*second axis\?"),
        (np.ones((2, 5)), ValueError, r"expects \(N, 3\), got \(2, 5\)$"),
        (np.ones(()), ValueError, r"expects \(N, 3\), got \(\)$"),
        (np.ones((2, 3)), TypeError, "expects float32, like its weight, got float64$"),
        (
            np.ones((2, 3), int),
            TypeError,
            r".*got int64: turn it into floats with \.float\(\)",
        ),
    ],
)
def test_linear_says_what_does_not_fit(x, error, message):
    with pytest.raises(error, match=f"Linear {message}"):
        nn.Linear(3, 4)(tensor(x))


@pytest.mark.parametrize(
    "weight, bias, message",
    [
        (np.ones(3), np.ones(1), r"weight \(out, in\), got \(3,\)"),
        (np.ones((4, 3)), np.ones(3), r"bias \(4,\) of float64, got \(3,\)"),
        (np.ones((4, 3)), np.ones(1), r"bias \(4,\) of float64, got \(1,\)"),
        (np.ones((4, 3)), np.ones(4, np.float32), r".*float64, got \(4,\) of float32"),
    ],
)
def test_linears_parameters_fit_together(weight, bias, message):
    with pytest.raises(ValueError, match=f"Linear expects {message}"):
        functional.linear(tensor(np.ones((2, 3))), tensor(weight), tensor(bias))


@pytest.mark.parametrize("sizes", [(0, 1), (1, 0), (-1, 2)], ids=str)
def test_linear_needs_sizes(sizes):
    name = "out_features" if sizes[0] == 1 else "in_features"
    with pytest.raises(ValueError, match=f"Linear expects {name} to be at least 1"):
        nn.Linear(*sizes)


@pytest.mark.parametrize("recording", [True, False])
def test_arrays_are_refused(recording):
    x, labels = np.ones((2, 3), np.float32), np.zeros(2, int)
    t = tensor(x)
    with contextlib.nullcontext() if recording else no_grad():
        for f in (
            lambda: nn.Linear(3, 4)(x),
            lambda: functional.mse_loss(t, x),
            lambda: functional.mse_loss(x, t),
            lambda: functional.cross_entropy(t, labels),
            lambda: functional.cross_entropy(x, tensor(labels)),
            lambda: functional.softmax(x, dim=1),
            lambda: functional.log_softmax(x, dim=1),
            lambda: functional.relu(x),
            lambda: functional.tanh(x),
            lambda: exp(x),
        ):
            with pytest.raises(
                TypeError, match=r"expects Tensors, got ndarray.*tensor"
            ):
                f()


# ----------------------------------------------------------------------- activations


@pytest.mark.parametrize("name", ["ReLU", "Sigmoid", "Tanh"])
def test_activation_layers(name):
    layers = {torch.Tensor: getattr(torch.nn, name)(), None: getattr(nn, name)()}
    f = function(name.lower())
    for x in (values(3, 4), values(4), values()):
        assert_as_torch(lambda t: layers.get(type(t), layers[None])(t), x)
        assert_as_torch(f, x)
    assert list(layers[None].parameters()) == []
    assert repr(layers[None]) == repr(layers[torch.Tensor])


@pytest.mark.parametrize("dim", [0, 1, -1])
@pytest.mark.parametrize("f", [softmax, log_softmax])
def test_softmax(f, dim):
    for x in (values(3, 4), values(1, 1), values(3, 4) + 1000, values(0, 3)):
        if x.shape[dim]:
            assert_as_torch(lambda t: f(t, dim=dim), x)
    assert_as_torch(lambda t: f(t, dim=dim), values(2, 3, 4))


EXTREME = np.array(
    [
        [1e4, -1e4, 0],
        [-1e4, -1e4, -1e4],
        [1e4, 1e4, -1e4],
        [0, 1e-30, -1e-30],
        [88, 89, 90],
        [-104, 0, 104],
    ],
    np.float32,
)


@pytest.mark.parametrize("f", [softmax, log_softmax])
def test_softmax_at_the_extremes(f):
    assert_as_torch(lambda t: f(t, dim=1), EXTREME, rtol=1e-6)
    y = f(tensor(EXTREME), dim=1)
    assert np.isfinite(y.data).all()
    p = y.data if f is softmax else np.exp(y.data)
    np.testing.assert_allclose(p.sum(1), 1, rtol=1e-6)


def test_the_probability_of_what_is_impossible():
    x = np.array([[0.0, -np.inf, 1.0]])
    p = functional.softmax(tensor(x), dim=1)
    np.testing.assert_allclose(p.data, torch.softmax(torch.tensor(x), 1), rtol=1e-15)


@pytest.mark.parametrize("f", [functional.softmax, functional.log_softmax])
def test_softmax_refuses_integers_and_wrong_axes(f):
    with pytest.raises(TypeError, match="expects floats, got int64"):
        f(tensor([[1, 2]]), dim=1)
    with pytest.raises(IndexError, match="dim from -2 to 1, got 2"):
        f(tensor([[1.0, 2.0]]), dim=2)


# ---------------------------------------------------------------------------- losses

REDUCTIONS = ["mean", "sum", "none"]


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("shape", [(5, 2), (5,), (), (2, 3, 4)], ids=str)
def test_mse_loss(shape, reduction):
    x, y = values(*shape), values(*shape, seed=1)
    f = lambda a, b: mse_loss(a, b, reduction=reduction)  # noqa: E731
    assert_as_torch(f, x, y)
    assert_as_torch(f, x.astype(np.float32), y.astype(np.float32), rtol=1e-6)
    layer = nn.MSELoss(reduction=reduction)
    assert_equal(
        layer(tensor(x), tensor(y)), f(torch.tensor(x), torch.tensor(y)), 1e-14
    )


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("shape", [(5, 3), (1, 2), (4, 1)], ids=str)
def test_cross_entropy(shape, reduction):
    labels = np.random.default_rng(2).integers(0, shape[1], shape[0])

    def f(x):
        make = torch.tensor if isinstance(x, torch.Tensor) else tensor
        return cross_entropy(x, make(labels), reduction=reduction)

    x = values(*shape)
    assert_as_torch(f, x)
    assert_as_torch(f, x.astype(np.float32), rtol=1e-5)
    layer = nn.CrossEntropyLoss(reduction=reduction)
    assert_equal(layer(tensor(x), tensor(labels)), f(torch.tensor(x)), 1e-14)


@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_cross_entropy_at_the_extremes(reduction):
    labels = np.array([1, 0, 2, 0, 2, 0])

    def f(x):
        make = torch.tensor if isinstance(x, torch.Tensor) else tensor
        return cross_entropy(x, make(labels), reduction=reduction)

    assert_as_torch(f, EXTREME, rtol=1e-6)
    assert np.isfinite(f(tensor(EXTREME)).data).all()


def test_the_slope_of_the_mean_loss_is_p_minus_y_over_n():
    x = tensor(values(4, 3), requires_grad=True)
    labels = np.array([2, 0, 1, 1])
    functional.cross_entropy(x, tensor(labels)).backward()
    p = functional.softmax(x.detach(), dim=1).data
    np.testing.assert_allclose(x.grad.data, (p - np.eye(3)[labels]) / 4, rtol=1e-12)


@CURRENT_TORCH
def test_losses_have_pytorchs_dtypes():
    x, wide = np.ones((2, 2), np.float32), np.zeros((2, 2))
    for target in (wide, wide.astype(int)):
        ours, theirs = (
            tensor(x, requires_grad=True),
            torch.tensor(x, requires_grad=True),
        )
        loss = functional.mse_loss(ours, tensor(target))
        expected = torch.nn.functional.mse_loss(theirs, torch.tensor(target))
        assert_equal(loss, expected, 1e-7)
        loss.backward()
        expected.backward()
        assert_equal(ours.grad, theirs.grad, 1e-7)


@pytest.mark.parametrize(
    "input, target, error, message",
    [
        (np.ones((3, 1)), np.ones(3), ValueError, r"\(3, 1\) and target \(3,\)"),
        (np.ones(0), np.ones(0), ValueError, "mse_loss of an empty batch"),
        (np.ones(2, int), np.ones(2, int), TypeError, r"floats, got int64.*float\(\)"),
    ],
)
def test_what_mse_loss_refuses(input, target, error, message):
    with pytest.raises(error, match=message):
        nn.MSELoss()(tensor(input), tensor(target))


@pytest.mark.parametrize(
    "input, target, error, message",
    [
        (np.ones((2, 3)), [0, 3], ValueError, r"labels from 0 to 2 for 3.*got 0 to 3"),
        (np.ones((2, 3)), [-1, 0], ValueError, "got -1 to 0"),
        (np.ones((2, 3)), [0, 1, 2], ValueError, r"got \(2, 3\) and \(3,\)"),
        (np.ones((2, 3)), [[0], [1]], ValueError, r"got \(2, 3\) and \(2, 1\)"),
        (np.ones(3), [1], ValueError, r"target \(N,\), got \(3,\) and \(1,\)"),
        (np.array(3.0), 1, ValueError, r"target \(N,\), got \(\) and \(\)"),
        (np.ones((2, 3)), [0.0, 1.0], TypeError, "integer class indices.*got float32"),
        (np.ones((2, 3)), [True, False], TypeError, "integer class indices.*got bool"),
        (np.ones((0, 3)), np.zeros(0, int), ValueError, "empty batch"),
        (np.ones((2, 3), int), [0, 1], TypeError, "expects floats, got int64"),
    ],
)
def test_what_cross_entropy_refuses(input, target, error, message):
    with pytest.raises(error, match=message):
        nn.CrossEntropyLoss()(tensor(input), tensor(target))


def test_an_unknown_reduction():
    x, labels = tensor(np.ones((2, 3))), tensor([0, 1])
    for f in (
        lambda r: nn.MSELoss(reduction=r)(x, x),
        lambda r: nn.CrossEntropyLoss(reduction=r)(x, labels),
    ):
        with pytest.raises(ValueError, match="'mean', 'sum' or 'none', got 'average'"):
            f("average")


# -------------------------------------------------------------------------- gradcheck

LABELS = tensor([0, 2, 1])
CHECKED = {
    "linear": (lambda x: functional.linear(x, x, x.sum(dim=1)), (3, 3)),
    "softmax": (lambda x: functional.softmax(x, dim=1), (3, 4)),
    "log_softmax": (lambda x: functional.log_softmax(x, dim=0), (3, 4)),
    "mse_loss": (lambda x: functional.mse_loss(x, x * x), (3, 4)),
    "mse_loss, none": (
        lambda x: functional.mse_loss(x, x * x, reduction="none"),
        (3, 4),
    ),
    "cross_entropy": (lambda x: functional.cross_entropy(x, LABELS), (3, 4)),
    "cross_entropy, none": (
        lambda x: functional.cross_entropy(x, LABELS, reduction="none"),
        (3, 4),
    ),
}


@pytest.mark.parametrize("f, shape", CHECKED.values(), ids=CHECKED)
def test_gradcheck_agrees(f, shape):
    assert gradcheck(f, tensor(values(*shape), requires_grad=True)).error < 1e-7
