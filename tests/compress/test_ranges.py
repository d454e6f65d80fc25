"""A model's weights on a grid; the same function from weights of other ranges."""

import numpy as np
import pytest

from dlcourse import manual_seed, nn, tensor
from dlcourse.compress import (
    equalize,
    make_permanent,
    masked,
    quantize,
    quantize_weights,
    random_masks,
    rescaled,
)


def mlp():
    manual_seed(0)
    inside = nn.Sequential(nn.Linear(5, 4), nn.LeakyReLU(), nn.Dropout(0.5))
    return nn.Sequential(nn.Linear(7, 5), nn.ReLU(), inside, nn.Linear(4, 3)).eval()


def cnn():
    """Groups, a depthwise layer without biases, pooling; a channel at four places."""
    manual_seed(1)
    return nn.Sequential(
        *(nn.Conv2d(4, 6, 3, groups=2), nn.ReLU()),
        *(nn.Conv2d(6, 12, 3, groups=6, bias=False), nn.ReLU()),
        *(nn.MaxPool2d(2), nn.Flatten(), nn.Linear(12 * 4, 6), nn.ReLU()),
        *(nn.Linear(6, 2), nn.Softmax(1)),
    ).eval()


MODELS = [(mlp, (6, 7), (5, 4)), (cnn, (3, 4, 8, 8), (6, 12, 6))]


def drawn(shape, widths, seed=0):
    rng = np.random.default_rng(seed)
    x = tensor(rng.normal(size=shape).astype(np.float32))
    return x, [np.exp(rng.uniform(-3, 3, size=n)) for n in widths]


@pytest.mark.parametrize(("make", "shape", "widths"), MODELS)
def test_the_function_stays(make, shape, widths):
    model, (x, factors) = make(), drawn(shape, widths)
    before = [p.data.copy() for p in model.parameters()]
    for other in (rescaled(model, factors), equalize(model)):
        np.testing.assert_allclose(other(x).data, model(x).data, rtol=1e-4, atol=1e-6)
        assert not np.allclose(other[0].weight.data, model[0].weight.data, rtol=1e-2)
        for p in other.parameters():
            p.data[...] = 0
    for p, kept in zip(model.parameters(), before, strict=True):
        np.testing.assert_array_equal(p.data, kept)


@pytest.mark.parametrize(("make", "shape", "widths"), MODELS)
def test_equalising_takes_any_factor_away(make, shape, widths):
    _, factors = drawn(shape, widths, seed=2)
    ours = equalize(make(), 200)
    theirs = equalize(rescaled(make(), factors), 200)
    for a, b in zip(ours.parameters(), theirs.parameters(), strict=True):
        np.testing.assert_allclose(a.data, b.data, rtol=2e-3, atol=1e-6)


def test_the_largest_weights_into_and_out_of_a_unit_are_alike():
    layers = equalize(mlp(), 200)
    first, second, third = layers[0], layers[2][0], layers[3]
    for a, b in ((first, second), (second, third)):
        into, out = np.abs(a.weight.data).max(1), np.abs(b.weight.data).max(0)
        np.testing.assert_allclose(into, out, rtol=1e-4)


def test_as_pytorch_does_where_ranges_are_symmetric():
    """Its range is max - min: 2 max|w| where each row and column has both signs."""
    torch = pytest.importorskip("torch")
    from torch.ao.quantization._equalize import cross_layer_equalization

    rng = np.random.default_rng(0)
    half = rng.normal(size=(3, 4)), rng.normal(size=(2, 3))
    ours = nn.Sequential(nn.Linear(8, 3), nn.ReLU(), nn.Linear(3, 4))
    weights = np.hstack([half[0], -half[0]]), np.vstack([half[1], -half[1]])
    theirs = torch.nn.Linear(8, 3), torch.nn.Linear(3, 4)
    for mine, other, w in zip((ours[0], ours[2]), theirs, weights, strict=True):
        mine.weight.data[...] = w
        other.weight.data = torch.tensor(w, dtype=torch.float32)
        other.bias.data = torch.tensor(mine.bias.data.copy())
    cross_layer_equalization(*theirs)
    new = equalize(ours, 1)
    for mine, other in zip((new[0], new[2]), theirs, strict=True):
        np.testing.assert_allclose(mine.weight.data, other.weight.detach(), rtol=1e-5)
        np.testing.assert_allclose(mine.bias.data, other.bias.detach(), rtol=1e-5)


def test_a_dead_unit_keeps_its_weights():
    model = mlp()
    model[0].weight.data[1] = 0
    model[2][0].weight.data[:, 3] = 0
    new = equalize(model)
    np.testing.assert_array_equal(new[0].weight.data[3], model[0].weight.data[3])
    for p in new.parameters():
        assert np.isfinite(p.data).all()


@pytest.mark.parametrize("axis", [None, 0])
def test_weights_on_a_grid(axis):
    model, (x, _) = cnn(), drawn((3, 4, 8, 8), ())
    new = quantize_weights(model, 3, axis=axis, method="mse")
    for i in (0, 2, 6, 8):
        expected = quantize(model[i].weight.data, 3, True, axis, "mse").dequantize()
        np.testing.assert_array_equal(new[i].weight.data, expected)
    assert new[0].bias is not model[0].bias
    np.testing.assert_array_equal(new[0].bias.data, model[0].bias.data)
    assert not np.array_equal(new(x).data, model(x).data)


def test_weights_behind_masks_are_rounded_as_they_are_used():
    model = mlp()
    (mask,) = random_masks([model[0].weight], 0.5, rng=0)
    thin = masked(model, {"0.weight": mask})
    new = quantize_weights(thin)
    expected = quantize_weights(make_permanent(thin))
    np.testing.assert_array_equal(new[0].weight.data, expected[0].weight.data)
    assert (new[0].weight.data == 0).mean() >= 0.5


twice = nn.Linear(3, 3)


@pytest.mark.parametrize(
    ("kind", "said", "layers"),
    [
        (TypeError, "Tanh at '1'", (nn.Linear(3, 3), nn.Tanh(), nn.Linear(3, 3))),
        (ValueError, "4 inputs of", (nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Linear(4, 3))),
        (ValueError, "6 inputs of", (nn.Linear(3, 3), nn.Flatten(), nn.Linear(6, 3))),
        (ValueError, "used once", (twice, nn.ReLU(), twice)),
        (ValueError, "at least two", (twice,)),
    ],
)
def test_what_a_factor_does_not_pass_is_refused(kind, said, layers):
    with pytest.raises(kind, match=said):
        equalize(nn.Sequential(*layers))


@pytest.mark.parametrize(
    ("factors", "said"),
    [
        ([np.ones(5)], "2 arrays"),
        ([np.ones(5), np.ones(3)], r"factors\[1\] 4 finite"),
        ([-np.ones(5), np.ones(4)], r"factors\[0\]"),
        ([np.full(5, np.nan), np.ones(4)], r"factors\[0\]"),
        ([np.full(5, 1e39), np.ones(4)], "float32"),
    ],
)
def test_factors_that_do_not_fit(factors, said):
    with pytest.raises(ValueError, match=said):
        rescaled(mlp(), factors)
    with pytest.raises(TypeError, match="Sequential"):
        rescaled(nn.Linear(3, 3), factors)
