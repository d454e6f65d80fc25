"""Numbers of any size: no intermediate leaves the range where the result does not."""

import numpy as np
import pytest

from dlcourse import nn, tensor

F = nn.functional
FAR = [
    (np.float32, 1e30),
    (np.float32, 1e20),
    (np.float32, 1e-20),
    (np.float32, 1e-30),
    (np.float64, 1e200),
    (np.float64, 1e-155),
]
far = pytest.mark.parametrize("dtype, size", FAR)


def leaf(values, dtype):
    return tensor(np.asarray(values, dtype), requires_grad=True)


@far
def test_division(dtype, size):
    """d(a/b)/db = -a/b^2."""
    a, b = leaf(3 * size, dtype), leaf(2 * size, dtype)
    (a / b).backward()
    np.testing.assert_allclose(a.grad.item() * size, 1 / 2, rtol=1e-6)
    np.testing.assert_allclose(b.grad.item() * size, -3 / 4, rtol=1e-6)


NORMS = {  # of (6, 4)
    "batch": lambda x, eps: F.batch_norm(x, None, None, training=True, eps=eps),
    "layer": lambda x, eps: F.layer_norm(x, (4,), eps=eps),
    "group": lambda x, eps: F.group_norm(x, 2, eps=eps),
}


@far
@pytest.mark.parametrize("norm", NORMS)
def test_normalisation_takes_out_the_size(norm, dtype, size):
    """Of x and of size x it is the same, and so is size times the gradient."""
    rng = np.random.default_rng(0)
    values, g = rng.normal(size=(6, 4)), rng.normal(size=(6, 4))
    results = []
    for factor, exact in ((1, np.float64), (size, dtype)):
        x = leaf(factor * values, exact)
        y = NORMS[norm](x, 5e-324)  # above 0, and nothing beside x^2
        y.backward(g)
        results.append((y.data, x.grad.data * factor))
    atol = 1e-4 if dtype == np.float32 else 1e-9
    for expected, got in zip(*results, strict=True):
        np.testing.assert_allclose(got, expected, rtol=0, atol=atol)


@pytest.mark.parametrize("size", [1e15, 1e-15])
def test_normalisation_of_large_and_small_with_gradients_alike(size):
    """dL/dx has no part along x, though the products of g and x leave float32."""
    rng = np.random.default_rng(0)
    values, g = rng.normal(size=(6, 4)), rng.normal(size=(6, 4)) * size**1.7
    x = leaf(values * size, np.float32)
    NORMS["layer"](x, 0.0).backward(g)
    slope = x.grad.data.astype(float) / size**0.7
    np.testing.assert_allclose((slope * values).sum(1), 0, atol=1e-5)
    assert np.abs(slope).max() > 0.1


@pytest.mark.parametrize("eps", [1e-5, 1e-30, 1e-50])
def test_a_constant_channel_is_0_with_any_eps(eps):
    x = leaf(np.full((5, 2), 3.0), np.float32)
    y = F.batch_norm(x, None, None, training=True, eps=eps)
    assert not y.data.any()
    moments = tensor(np.full(2, 3, np.float32)), tensor(np.zeros(2, np.float32))
    assert not F.batch_norm(x, *moments, eps=eps).data.any()


def test_lsuv_of_large_inputs():
    model = nn.Sequential(nn.Linear(4, 3))
    x = np.random.default_rng(0).normal(size=(64, 4)).astype(np.float32) * 1e25
    nn.init.lsuv_(model, tensor(x))
    assert abs(model(tensor(x)).data.std() - 1) < 0.02
