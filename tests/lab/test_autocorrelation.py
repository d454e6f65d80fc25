"""autocorrelation and input_gradients: known cases, both engines, bad input."""

import re

import numpy as np
import pytest
from engines import network

from dlcourse import lab


def test_a_constant_is_1_at_every_lag():
    np.testing.assert_allclose(lab.autocorrelation(np.full(9, -3.0), range(9)), 1)


def test_a_wave_follows_the_cosine():
    wave = np.cos(2 * np.pi * np.arange(4000) / 100)
    got = lab.autocorrelation(wave, [0, 10, 25, 50])
    np.testing.assert_allclose(got, [1, np.cos(np.pi / 5), 0, -1], atol=0.01)


def test_by_hand():
    # (1 2 + 2 3) / sqrt((1 + 4)(4 + 9)), and 1 3 / sqrt(1 9)
    got = lab.autocorrelation([1, 2, 3], [1, 2])
    np.testing.assert_allclose(got, [8 / np.sqrt(65), 1], rtol=1e-12)


def test_white_and_brown_noise():
    white = np.random.default_rng(0).normal(size=10_000)
    lags = np.arange(1, 11)
    assert np.abs(lab.autocorrelation(white, lags)).max() < 0.05
    assert lab.autocorrelation(np.cumsum(white), lags).min() > 0.95


def test_vectors_are_compared_as_a_whole():
    v = np.random.default_rng(1).normal(size=(30, 4))
    got = lab.autocorrelation(v, [3])
    a, b = v[:-3].ravel(), v[3:].ravel()
    expected = a @ b / np.linalg.norm(a) / np.linalg.norm(b)
    np.testing.assert_allclose(got, [expected], rtol=1e-12)
    np.testing.assert_allclose(lab.autocorrelation(v[:, :1], [3]).shape, (1,))


def test_the_scale_does_not_matter_however_small():
    v = np.random.default_rng(2).normal(size=50)
    lags = range(5)
    np.testing.assert_allclose(
        lab.autocorrelation(1e-200 * v, lags), lab.autocorrelation(v, lags), rtol=1e-9
    )


def test_centred_takes_off_the_mean():
    white = np.random.default_rng(3).normal(size=5000)
    assert lab.autocorrelation(white + 10, [1])[0] > 0.9
    assert abs(lab.autocorrelation(white + 10, [1], centred=True)[0]) < 0.05
    with pytest.raises(ValueError, match="once their mean is taken off"):
        lab.autocorrelation(np.ones(5), [1], centred=True)


@pytest.mark.parametrize(
    ("values", "lags", "says"),
    [
        (np.zeros(5), [1], "the values are 0"),
        (np.ones((2, 2, 2)), [1], "(n,) or (n, d)"),
        ([1.0], [0], "(n,) or (n, d)"),
        (np.ones(5), [5], "from 0 to 4"),
        (np.ones(5), [-1], "from 0 to 4"),
        (np.ones(5), [0.5], "whole numbers"),
        ([1, np.nan, 1], [1], "finite"),
    ],
)
def test_bad_input(values, lags, says):
    with pytest.raises(ValueError, match=re.escape(says)):
        lab.autocorrelation(values, lags)


def test_gradients_by_hand(engine):
    model = network(engine)
    W1, b1, W2, _ = (np.asarray(p.detach()) for p in model.parameters())
    x = np.random.default_rng(0).normal(size=(5, W1.shape[1])).astype(np.float32)
    slope = 1 - np.tanh(x @ W1.T + b1) ** 2
    expected = (slope * W2.sum(axis=0)) @ W1
    np.testing.assert_allclose(lab.input_gradients(model, x), expected, rtol=1e-4)


def test_the_model_is_left_as_it_was(engine):
    model = network(engine)
    W = next(iter(model.parameters()))
    x = np.ones((3, W.shape[1]), np.float32)
    model(engine.tensor(x)).sum().backward()
    before = [p.grad.numpy().copy() for p in model.parameters()]
    lab.input_gradients(model, x)
    for p, was in zip(model.parameters(), before, strict=True):
        np.testing.assert_array_equal(p.grad.numpy(), was)
