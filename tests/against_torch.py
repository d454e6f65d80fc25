"""The same function on both engines: equal values, equal gradients."""

import numpy as np
import pytest
import torch
from packaging.version import Version

from dlcourse import tensor
from dlcourse.nn import functional

# What PyTorch did otherwise before the version of constraints.txt.
CURRENT_TORCH = pytest.mark.skipif(
    Version(torch.__version__) < Version("2.13"), reason="an older PyTorch differs"
)


def values(*shape, seed=0, low=-2, high=2):
    return np.random.default_rng(seed).uniform(low, high, shape)


def positive(*shape, seed=0):
    return values(*shape, seed=seed, low=0.3)


def function(name, *args, **settings):
    """functional.<name> of the engine that its first operand belongs to."""

    def f(x, *operands, **more):
        engine = torch.nn.functional if isinstance(x, torch.Tensor) else functional
        return getattr(engine, name)(x, *operands, *args, **settings, **more)

    return f


def assert_equal(ours, theirs, rtol):
    """One shape, one dtype, equal to ``rtol`` of the largest entry."""
    ours, theirs = np.asarray(ours.detach()), theirs.detach().numpy()
    assert ours.shape == theirs.shape
    assert ours.dtype == theirs.dtype
    largest = np.abs(theirs[np.isfinite(theirs)]).max(initial=0)
    np.testing.assert_allclose(ours, theirs, rtol=rtol, atol=rtol * largest)


def assert_as_torch(f, *arrays, rtol=1e-12, seed=1):
    """f's value, and its gradients for a random seed, are PyTorch's."""
    ours = [tensor(a, requires_grad=True) for a in arrays]
    theirs = [torch.tensor(a, requires_grad=True) for a in arrays]
    y, expected = f(*ours), f(*theirs)
    assert_equal(y, expected, rtol)
    g = np.asarray(values(*y.shape, seed=seed), y.dtype)
    y.backward(tensor(g))
    expected.backward(torch.tensor(g))
    for x, reference in zip(ours, theirs, strict=True):
        assert_equal(x.grad, reference.grad, rtol)
