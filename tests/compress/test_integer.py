"""Integer layers against the floats that they stand for, and bad input."""

import numpy as np
import pytest
from against_torch import values
from hypothesis import given, settings
from hypothesis import strategies as st

import dlcourse
from dlcourse import nn, tensor
from dlcourse.compress import (
    IntegerConv2d,
    IntegerLinear,
    Observer,
    integer_matmul,
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
    half = np.full(2**17, -128, np.int8)  # 2^17 products of 2^14: one more than int32's
    with pytest.raises(OverflowError, match="may reach 2147483648"):
        integer_matmul(half[None], half[:, None])


@pytest.mark.parametrize("dtype", [np.int64, np.uint64, np.int32])
def test_the_bound_itself_does_not_wrap(dtype):
    ends = np.iinfo(dtype)
    one = np.ones((1, 1), dtype)
    for end in (ends.min, ends.max) if ends.min else (ends.max,):
        with pytest.raises(OverflowError, match="int32 ends at"):
            integer_matmul(np.full((1, 2), end, dtype), np.repeat(one, 2, axis=0))


@pytest.mark.parametrize("bits, activation_bits", [(8, 8), (8, 4), (4, 8), (1, 8)])
def test_a_layer_too_wide_for_int32_is_refused(bits, activation_bits):
    largest = (2**activation_bits - 1) * max(2 ** (bits - 1) - 1, 1)
    most = (2**31 - 1) // largest
    if most < 10**6:
        layer = nn.Linear(most, 1, bias=False)
        layer.weight.data[...] = 1
        low = tensor(np.full((1, most), -1, np.float32))  # the furthest from 0
        small = IntegerLinear(layer, seen(low.data, activation_bits), bits)
        assert small(low).item() == pytest.approx(-most, rel=1e-5)
    wide = nn.Linear(1, 1)
    wide.weight = nn.Parameter(np.ones((1, most + 1), np.float32))
    with pytest.raises(ValueError, match=f"sums {most + 1} products .* holds {most}"):
        IntegerLinear(wide, Observer(activation_bits), bits)


def test_the_state_of_an_integer_model_is_all_it_needs():
    """Of floats only scales and biases are left; what is loaded is what computes."""
    dlcourse.manual_seed(0)
    x = tensor(values(9, 20))
    one, other = (nn.Sequential(nn.Linear(20, 7)).double() for _ in range(2))
    one, other = to_integers(one, x), to_integers(other, x * 2)
    state = one.state_dict()
    assert {v.dtype.kind for k, v in state.items() if v.ndim > 1} == {"i"}
    assert (one(x).data != other(x).data).any()
    other.load_state_dict(state)
    np.testing.assert_array_equal(other(x).data, one(x).data)


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


@pytest.mark.parametrize("axes", [(), (2, 3)], ids=["single", "several axes"])
def test_a_linear_layer_takes_rows_of_any_axes(axes):
    x = values(*axes, 5)
    small = IntegerLinear(nn.Linear(5, 4).double(), seen(x), 8)
    y = small(tensor(x)).data
    assert y.shape == (*axes, 4)
    np.testing.assert_allclose(y, small.simulated(tensor(x)).data, atol=1e-12)


def test_layers_of_a_model_are_fed_what_the_float_layers_gave():
    dlcourse.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 2)).double()
    x = tensor(values(30, 4, low=-3, high=1))
    small = to_integers(model, x, bits=4, activation_bits=6)
    hidden = model[1](model[0](x)).data
    for layer, inputs in (small[0], x.data), (small[2], hidden):
        assert (layer.bits, layer.observer.bits) == (4, 6)
        assert layer.observer.low == inputs.min()
        assert layer.observer.high == inputs.max()
        assert np.abs(layer.weight.data).max() == 7
    assert "weights in 4 bits, inputs in 6" in repr(small)


def test_the_observer_keeps_the_widest_range_and_zero_in_it():
    observer = Observer(4)
    with pytest.raises(RuntimeError, match="has seen nothing"):
        observer.scale  # noqa: B018
    observer.see(np.zeros(3))
    assert (observer.scale, observer.zero_point) == (1, 0)
    for x in ([1.0, 6.0], [2.0, 3.0]):
        observer.see(np.array(x))
    assert (observer.scale, observer.zero_point) == (6 / 15, 0)
    observer.see(np.array([-3.0]))
    assert (observer.scale, observer.zero_point) == (9 / 15, 5)


LINEAR, CONV, X = nn.Linear(4, 3), nn.Conv2d(2, 3, 3), np.ones((2, 4), np.float32)


def in_integers(layer, *shape):
    kind = IntegerConv2d if layer is CONV else IntegerLinear
    return kind(layer, seen(X), 8)(tensor(np.ones(shape, np.float32)))


@pytest.mark.parametrize(
    "call, error, message",
    [
        (
            lambda: in_integers(LINEAR, 2, 5),
            ValueError,
            r"Linear expects \(\.\.\., 4\)",
        ),
        (lambda: in_integers(CONV, 1, 3, 5, 5), ValueError, r"\(N, 2, H, W\), got \(1"),
        (lambda: in_integers(CONV, 2, 5, 5), ValueError, r"\(N, 2, H, W\), got \(2, "),
        (lambda: in_integers(CONV, 1, 2, 2, 5), ValueError, "IntegerConv2d .* window"),
        (lambda: IntegerLinear(LINEAR, seen(X), 8)(X), TypeError, "got ndarray"),
        (
            lambda: IntegerLinear(CONV, seen(X), 8),
            TypeError,
            "class Linear, got Conv2d",
        ),
        (lambda: IntegerConv2d(LINEAR, seen(X), 8), TypeError, "Conv2d, got Linear"),
        (lambda: IntegerLinear(LINEAR, 8, 8), TypeError, "observer of class Observer"),
        (
            lambda: IntegerLinear(LINEAR, seen(X), 9),
            ValueError,
            "bits in .1, 8., got 9",
        ),
        (lambda: Observer(0), ValueError, "Observer expects bits to be at least 1"),
        (
            lambda: Observer(9),
            ValueError,
            "Observer expects bits in",
        ),  # int8 ends there
        (lambda: Observer().see(X * np.nan), ValueError, "finite numbers as x"),
        (lambda: Observer().see(X[:0]), ValueError, "at least one"),
        (
            lambda: to_integers(X, tensor(X)),
            TypeError,
            "model of class Module",
        ),
        (lambda: to_integers(nn.Sequential(LINEAR), X), TypeError, "got ndarray"),
        (lambda: integer_matmul(X, X.T), TypeError, "expects integers, got float32"),
        (lambda: integer_matmul(*[X.astype(int)] * 2), ValueError, r"b \(k, m\), got"),
    ],
    ids=range(17),
)
def test_bad_arguments(call, error, message):
    with pytest.raises(error, match=message):
        call()
