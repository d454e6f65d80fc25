"""Quantisation: PyTorch's integers, and what rounding may do."""

import numpy as np
import pytest
import torch
from against_torch import values
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dlcourse import tensor
from dlcourse.compress import (
    Observer,
    Quantized,
    fake_quantize,
    quantize,
    quantize_with,
)

arrays = hnp.arrays(
    np.float64,
    st.tuples(st.integers(1, 4), st.integers(1, 6)),
    elements=st.floats(-9, 9),
)
some_bits = st.integers(1, 8)


@given(arrays, some_bits, st.booleans(), st.sampled_from([None, 0, 1]))
@settings(max_examples=150)
def test_the_error_is_at_most_half_a_step(x, bits, symmetric, axis):
    assume(bits > 1 or not symmetric)  # one bit has no nearest: it is the sign
    q = quantize(x, bits, symmetric, axis)
    off = np.abs(q.dequantize() - x)
    assert (off <= q.scale / 2 * (1 + 1e-9)).all()
    levels = 2**bits - 1 if not symmetric else 2**bits - 2
    assert np.ptp(q.values.astype(int)) <= levels


@given(arrays, some_bits, st.booleans())
@settings(max_examples=100)
def test_zero_stays_zero_and_order_stays_order(x, bits, symmetric):
    x[0, 0] = 0
    q = quantize(x, bits, symmetric)
    if not (bits == 1 and symmetric):
        assert q.dequantize()[0, 0] == 0
    order = np.argsort(x, axis=None)
    assert (np.diff(q.values.ravel()[order].astype(int)) >= 0).all()


@given(arrays, some_bits)
@settings(max_examples=100)
def test_what_is_quantised_already_stays_as_it_is(x, bits):
    q = quantize(x, bits, symmetric=bits > 1)
    again = quantize_with(q.dequantize(), q.scale, q.zero_point, -128, 255)
    np.testing.assert_array_equal(again, q.values)


@pytest.mark.parametrize("bits", [2, 4, 8])
def test_the_least_squares_range_is_never_worse(bits):
    x = np.random.default_rng(0).standard_t(2, size=(3, 400))
    for axis in (None, 0):
        errors = [
            np.square(quantize(x, bits, True, axis, method).dequantize() - x).sum()
            for method in ("minmax", "mse")
        ]
        assert errors[1] <= errors[0]
        assert bits == 8 or errors[1] < 0.95 * errors[0]  # outliers cost most


def test_each_channel_has_a_range_of_its_own():
    x = np.array([[1.0, -0.5], [100.0, 30.0]])
    q = quantize(x, 8, symmetric=True, axis=0)
    assert q.scale.shape == (2, 1) and q.scale.ravel() == pytest.approx(
        [1 / 127, 100 / 127]
    )
    apart = [quantize(row, 8, symmetric=True).values for row in x]
    np.testing.assert_array_equal(q.values, apart)


def test_one_bit_is_the_sign_times_the_mean_size():
    x = values(4, 5)
    q = quantize(x, 1, symmetric=True, axis=0)
    expected = np.sign(x) * np.abs(x).mean(axis=1, keepdims=True)
    np.testing.assert_allclose(q.dequantize(), expected)
    error = np.square(q.dequantize() - x).sum()
    for stretch in (0.97, 1.03):  # no other multiple of the signs is nearer
        assert np.square(stretch * expected - x).sum() > error


DEPRECATED = "ignore:.*quantize_per_tensor, torch.quantize_per_channel"


@pytest.mark.filterwarnings(DEPRECATED)
@pytest.mark.parametrize("scale, zero", [(0.05, 0), (0.1, 7), (1.0, 128)])
def test_pytorch_s_integers(scale, zero):
    x = values(200, low=-5, high=5).astype(np.float32)
    theirs = torch.quantize_per_tensor(torch.tensor(x), scale, zero, torch.quint8)
    ours = quantize_with(x, np.float32(scale), zero, 0, 255)
    np.testing.assert_array_equal(ours, theirs.int_repr().numpy())


@pytest.mark.filterwarnings(DEPRECATED)
def test_pytorch_s_integers_per_channel():
    x = values(3, 40, low=-5, high=5).astype(np.float32)
    q = quantize(x, 8, symmetric=True, axis=0)
    theirs = torch.quantize_per_channel(
        torch.tensor(x), torch.tensor(q.scale.ravel()), torch.zeros(3), 0, torch.qint8
    )
    np.testing.assert_array_equal(q.values, theirs.int_repr().numpy())


def test_halves_go_to_the_even_side():
    x = np.array([0.5, 1.5, 2.5, -0.5, -1.5])
    assert quantize_with(x, 1.0, 0, -8, 7).tolist() == [0, 2, 2, 0, -2]


@pytest.mark.parametrize("dtype, rtol", [(np.float64, 1e-12), (np.float32, 1e-6)])
def test_fake_quantize_passes_the_gradient_inside_the_range(dtype, rtol):
    x = values(6, 7, low=-4, high=4).astype(dtype)
    ours, theirs = tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
    y = fake_quantize(ours, 0.25, 3, 0, 15)
    expected = torch.fake_quantize_per_tensor_affine(theirs, 0.25, 3, 0, 15)
    np.testing.assert_allclose(y.data, expected.detach().numpy(), rtol=rtol)
    g = values(6, 7, seed=2).astype(dtype)
    y.backward(g)
    expected.backward(torch.tensor(g))
    np.testing.assert_array_equal(ours.grad.data, theirs.grad.numpy())
    assert 0 < (ours.grad.data == 0).mean() < 1  # both kinds were there


def test_fake_quantize_per_channel():
    x = values(3, 7).astype(np.float32)
    scale = np.array([0.1, 0.2, 0.05], np.float32)
    theirs = torch.fake_quantize_per_channel_affine(
        torch.tensor(x),
        torch.tensor(scale),
        torch.zeros(3, dtype=torch.int32),
        0,
        -8,
        7,
    )
    ours = fake_quantize(tensor(x), scale[:, None], 0, -8, 7)
    np.testing.assert_allclose(ours.data, theirs.numpy(), rtol=1e-6)


def test_all_zeros_and_single_values():
    for x in (np.zeros((2, 3)), np.array([4.0]), np.array([-4.0])):
        q = quantize(x, 4)
        assert isinstance(q, Quantized)
        np.testing.assert_allclose(q.dequantize(), x)


@pytest.mark.parametrize("dtype, size", [("f4", 3e38), ("f4", 1e-30), ("f8", 1.7e308)])
@pytest.mark.parametrize("method", ["minmax", "mse"])
@pytest.mark.parametrize("symmetric", [False, True])
def test_the_width_of_a_range_does_not_leave_the_floats(dtype, size, method, symmetric):
    """From -3e38 to 3e38 it is twice what float32 holds; squares leave it sooner."""
    x = np.append(values(200, low=-0.3, high=0.3), [-0.9, 0.9])
    exact = quantize(x, 6, symmetric, method=method)
    q = quantize((size * x).astype(dtype), 6, symmetric, method=method)
    assert np.abs(q.values - exact.values).max() <= 1  # rounded on the edge of a step
    np.testing.assert_allclose(q.scale / size, exact.scale, rtol=1e-5)
    if not symmetric:
        observer = Observer(6)
        observer.see((size * x).astype(dtype))
        assert observer.scale / size == pytest.approx(1.8 / 63)


def test_the_mean_size_of_large_numbers_is_finite():
    x = np.full(1000, 3e38, np.float32)
    assert quantize(x, 1, symmetric=True).scale.item() == pytest.approx(3e38)


def test_what_is_far_outside_the_range_is_cut_without_a_warning():
    x = np.array([3e38, -3e38, 0.0], np.float32)
    assert quantize_with(x, np.float32(1e-20), 3, 0, 15).tolist() == [15, 0, 3]
    leaf = tensor(x, requires_grad=True)
    fake_quantize(leaf, 1e-20, 3, 0, 15).sum().backward()
    assert leaf.grad.data.tolist() == [0, 0, 1]


X = np.ones((3, 4))


@pytest.mark.parametrize(
    "call, error, message",
    [
        (lambda: quantize(X, 9), ValueError, "quantize expects bits in .1, 8., got 9"),
        (lambda: quantize(X, 0), ValueError, "bits to be at least 1, got 0"),
        (lambda: quantize(X, 8.0), TypeError, "bits to be an int, got 8.0"),
        (lambda: quantize(X, "8"), TypeError, "bits to be an int, got '8'"),
        (lambda: quantize(X, 8, "no"), TypeError, "symmetric to be True or False"),
        (lambda: quantize(X, method="max"), ValueError, "method .* got 'max'"),
        (lambda: quantize(X, 1, True, method="max"), ValueError, "method .* got 'max'"),
        (lambda: quantize(X.astype(int)), TypeError, "floats, got int64"),
        (lambda: quantize(X * np.nan), ValueError, "finite numbers as x"),
        (lambda: quantize(X[:0]), ValueError, "finite numbers as x, at least one"),
        (lambda: quantize(X, axis=2), IndexError, "axis from -2 to 1, got 2"),
        (lambda: quantize(X, axis=-3), IndexError, "axis from -2 to 1, got -3"),
        (lambda: quantize(X, axis=0.5), TypeError, "axis to be an int, got 0.5"),
        (lambda: quantize(X, axis=(0, 1)), TypeError, "axis to be an int, got .0, 1"),
        (lambda: quantize_with(X, 0.0, 0, 0, 1), ValueError, "scale above 0, got 0"),
        (lambda: quantize_with(X, np.nan, 0, 0, 1), ValueError, "scale above 0, got n"),
        (lambda: quantize_with(X, np.inf, 0, 0, 1), ValueError, "finite scale above 0"),
        (lambda: quantize_with(X, 1.0, 0, 2, 1), ValueError, "low <= high, got low=2"),
        (lambda: quantize_with(X * np.nan, 1.0, 0, 0, 1), ValueError, "x, got nan"),
        (lambda: fake_quantize(tensor(X), -1, 0, 0, 1), ValueError, "above 0, got -1"),
        (lambda: fake_quantize(tensor(X), 1, 0, 2, 1), ValueError, "low <= high"),
        (lambda: fake_quantize(X, 1, 0, 0, 1), TypeError, "got ndarray"),
        (lambda: fake_quantize(tensor([1]), 0.5, 0, 0, 1), TypeError, "floats, got in"),
    ],
    ids=range(23),
)
def test_bad_arguments(call, error, message):
    with pytest.raises(error, match=message):
        call()
