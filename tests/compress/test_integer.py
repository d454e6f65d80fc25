"""Integer layers against the floats that they stand for; folding; awareness."""

import numpy as np
import pytest
from against_torch import values
from hypothesis import given, settings
from hypothesis import strategies as st

import dlcourse
from dlcourse import nn, optim, tensor
from dlcourse.compress import (
    IntegerConv2d,
    IntegerLinear,
    Observer,
    QuantizationAware,
    fold_batch_norm,
    integer_matmul,
    quantization_aware,
    to_integers,
)


@given(st.integers(1, 30), st.integers(0, 50))
@settings(max_examples=60)
def test_integer_products_are_exact(k, seed):
    rng = np.random.default_rng(seed)
    a, b = rng.integers(-128, 128, (5, k)), rng.integers(-127, 128, (k, 4))
    exact = a @ b
    for fast in (True, False):
        got = integer_matmul(a.astype(np.int8), b.astype(np.int8), fast)
        assert got.dtype == np.int32
        np.testing.assert_array_equal(got, exact)


def test_the_exact_floats_are_wide_enough():
    # 2,000 products of 128 * 127 pass 2^24: float32 would drop the last ones
    a, b = np.full((1, 2001), -128, np.int8), np.full((2001, 1), 127, np.int8)
    a[0, -1], b[-1, 0] = 1, 1
    assert integer_matmul(a, b).item() == -128 * 127 * 2000 + 1
    with pytest.raises(OverflowError, match="int32 ends at"):
        integer_matmul(np.full((1, 140_000), -128, np.int8), np.full((140_000, 1), 127))


def seen(x, bits=8):
    observer = Observer(bits)
    observer.see(x)
    return observer


@pytest.mark.parametrize("bits, activation_bits", [(8, 8), (4, 8), (2, 3), (1, 8)])
@pytest.mark.parametrize("bias", [True, False])
def test_the_linear_layer_equals_its_simulation(bits, activation_bits, bias):
    dlcourse.manual_seed(0)
    x = values(9, 20)
    layer = nn.Linear(20, 7, bias=bias).double()
    small = IntegerLinear(layer, seen(x, activation_bits), bits)
    assert small.weight.dtype == np.int8
    y = small(tensor(x)).data
    np.testing.assert_allclose(y, small.simulated(tensor(x)).data, atol=1e-12)
    if bits == activation_bits == 8:
        exact = layer(tensor(x)).data
        assert np.abs(y - exact).max() < 0.02 * np.abs(exact).max()


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"padding": 1},
        {"stride": 2, "padding": 1},
        {"dilation": 2, "padding": "same"},
        {"groups": 2},
        {"bias": False},
    ],
    ids=str,
)
def test_the_convolution_equals_its_simulation(settings):
    dlcourse.manual_seed(0)
    x = values(3, 4, 8, 7, low=-0.5, high=2)
    layer = nn.Conv2d(4, 6, 3, **settings).double()
    small = IntegerConv2d(layer, seen(x), 8)
    y = small(tensor(x)).data
    np.testing.assert_allclose(y, small.simulated(tensor(x)).data, atol=1e-12)
    exact = layer(tensor(x)).data
    assert y.shape == exact.shape
    assert np.abs(y - exact).max() < 0.02 * np.abs(exact).max()


def test_circular_padding_is_refused():
    layer = nn.Conv2d(1, 1, 3, padding=1, padding_mode="circular")
    with pytest.raises(ValueError, match="pads with zeros"):
        IntegerConv2d(layer, Observer(), 8)


def cnn():
    dlcourse.manual_seed(1)
    model = nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(64, 10), nn.BatchNorm1d(10),
    ).double()  # fmt: skip
    x = tensor(values(16, 1, 8, 8, low=0))
    for _ in range(3):
        model(x)  # so that the running moments are not the first ones
    for p in model.parameters():
        p.data += values(*p.shape, low=-0.1, high=0.1)
    return model.eval(), x


def test_a_whole_model_in_integers():
    model, x = cnn()
    folded = fold_batch_norm(model)
    small = to_integers(folded, x)
    kinds = [type(m).__name__ for m in small]
    assert kinds == ["IntegerConv2d", "ReLU", "MaxPool2d", "Flatten", "IntegerLinear"]
    exact = model(x).data
    assert np.abs(small(x).data - exact).max() < 0.03 * np.abs(exact).max()


def test_folding_changes_nothing_but_rounding():
    model, x = cnn()
    folded = fold_batch_norm(model)
    assert len(folded) == len(model) - 2
    np.testing.assert_allclose(folded(x).data, model(x).data, rtol=1e-12, atol=1e-12)


def test_folding_without_bias_or_affine():
    dlcourse.manual_seed(1)
    model = nn.Sequential(nn.Linear(5, 4, bias=False), nn.BatchNorm1d(4, affine=False))
    model = model.double()
    x = tensor(values(8, 5))
    model(x)
    model.eval()
    np.testing.assert_allclose(
        fold_batch_norm(model)(x).data, model(x).data, rtol=1e-12
    )
    with pytest.raises(ValueError, match="evaluation mode"):
        fold_batch_norm(model.train())


def test_awareness_rounds_what_the_integers_round():
    model, x = cnn()
    folded = fold_batch_norm(model)
    aware = quantization_aware(folded).train()
    aware(x)  # the observers see their ranges
    got = aware.eval()(x).data
    np.testing.assert_allclose(
        got, to_integers(folded, x)(x).data, rtol=1e-9, atol=0.01
    )
    layer = aware[0]
    assert isinstance(layer, QuantizationAware) and "bits=8" in repr(layer)


@pytest.mark.parametrize("bits", [1, 2, 4])
def test_training_with_the_rounding_in_place_lowers_the_loss(bits):
    dlcourse.manual_seed(2)
    model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3))
    aware = quantization_aware(model, bits, activation_bits=None)
    x = tensor(values(60, 6).astype(np.float32))
    y = tensor(np.abs(x.data[:, :3]).argmax(axis=1))
    optimizer = optim.SGD(aware.parameters(), lr=0.05)
    losses = []
    for _ in range(300):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(aware(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert np.mean(losses[-20:]) < 0.9 * losses[0]
    weight = aware[0].layer.weight
    assert weight is model[0].weight  # the same parameters, not copies
    assert len(np.unique(np.abs(weight.data))) > 2**bits  # still floats


def test_awareness_of_other_layers_is_refused():
    with pytest.raises(TypeError, match="a Linear or a Conv2d, got ReLU"):
        QuantizationAware(nn.ReLU())
