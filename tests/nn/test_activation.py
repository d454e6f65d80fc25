"""Activations: PyTorch's values and slopes, at the extremes too; what they promise."""

import copy
import inspect
import math
import pickle
import warnings

import numpy as np
import pytest
import torch
from against_torch import assert_as_torch, function, values
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dlcourse import nn, tensor
from dlcourse.autograd import gradcheck
from dlcourse.nn import functional
from dlcourse.nn.applied import Applied
from dlcourse.nn.normal_tail import normal_tail

SMOOTH = {
    "elu": {"alpha": 0.7},
    "gelu": {},
    "gelu tanh": {"approximate": "tanh"},
    "glu": {"dim": 0},
    "leaky_relu": {"negative_slope": 0.2},
    "logsigmoid": {},
    "selu": {},
    "silu": {},
    "softplus": {"beta": 2.0, "threshold": 3.0},
}


def both(name):
    """The function on either engine: it takes a Tensor of the engine's."""
    return function(name.split()[0], **SMOOTH[name])


@pytest.mark.parametrize("name", SMOOTH)
def test_values_and_slopes_are_pytorch_s(name):
    x = np.concatenate([values(26, low=-6, high=6), [0, -0.0, 1e-8, -1e-8, 3, 40]])
    assert_as_torch(both(name), x)
    assert_as_torch(both(name), x.reshape(4, 8)[:, ::2].T)  # other strides
    assert_as_torch(both(name), x.astype(np.float32), rtol=3e-6)
    assert_as_torch(both(name), np.zeros((0, 2)))


@pytest.mark.parametrize("name", SMOOTH)
def test_gradcheck_agrees(name):
    x = tensor(values(4, 3, low=-3, high=3), requires_grad=True)
    assert gradcheck(both(name), x)


@pytest.mark.parametrize("name", SMOOTH)
def test_nothing_overflows(name):
    x = np.array([-1e4, -100, -89, 0, 89, 100, 1e4, 1e4], np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert_as_torch(both(name), x, rtol=1e-6)


@pytest.mark.parametrize("name", SMOOTH)
def test_the_whole_range_of_float32_without_a_warning(name):
    x = np.array([-1e38, -1e30, -1e13, -1e-45, 0, 1e-45, 1e13, 1e30], np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        t = tensor(x, requires_grad=True)
        y = both(name)(t)
        y.backward(np.ones_like(y.data))
    assert y.dtype == t.grad.dtype == np.float32
    assert np.isfinite(y.data).all() and np.isfinite(t.grad.data).all()


@pytest.mark.parametrize("name", sorted(SMOOTH.keys() - {"glu"}))
def test_a_single_number(name):
    """Not where a slope is nearly 0, as GELU's at -0.75: there float32 decides."""
    for dtype in (np.float32, np.float64):
        assert_as_torch(both(name), np.array(-0.4, dtype), rtol=1e-6)


@pytest.mark.parametrize("dtype, rtol", [(np.float64, 1e-12), (np.float32, 2e-5)])
def test_the_tail_of_the_normal_distribution(dtype, rtol):
    """To its last normal number; in float32 the rounding of x^2 / 2 counts."""
    x = np.linspace(0, 37 if dtype == np.float64 else 12.9, 5001).astype(dtype)
    exact = [math.erfc(z) / 2 for z in x.astype(float) / math.sqrt(2)]
    y = normal_tail(x)
    assert y.dtype == dtype
    np.testing.assert_allclose(y, exact, rtol=rtol)
    near = x < 3
    np.testing.assert_allclose(y[near], np.array(exact)[near], rtol=rtol / 10)


def test_exact_gelu_far_below_zero():
    x = np.array([-30.0, -20.0, -10.0, -6.0])
    exact = [v * math.erfc(-v / math.sqrt(2)) / 2 for v in x]
    np.testing.assert_allclose(functional.gelu(tensor(x)).data, exact, rtol=1e-12)


@pytest.mark.parametrize("shape, slopes", [((5,), 1), ((4, 3), 3), ((2, 3, 4, 5), 3)])
def test_prelu(shape, slopes):
    def f(x, weight):
        library = torch.nn if isinstance(x, torch.Tensor) else nn
        return library.functional.prelu(x, weight)

    assert_as_torch(f, values(*shape), values(slopes, seed=3))


def test_prelu_learns_one_slope_for_each_channel():
    ours, theirs = nn.PReLU(3), torch.nn.PReLU(3)
    assert list(ours.state_dict()) == list(theirs.state_dict())
    assert ours.weight.data.tolist() == [0.25] * 3
    with pytest.raises(ValueError, match=r"prelu expects weight \(1,\) or \(2,\)"):
        ours(tensor(np.ones((4, 2), np.float32)))
    with pytest.raises(TypeError, match="weight of float64, got float32"):
        ours(tensor(np.ones((4, 3))))


@pytest.mark.parametrize("dim, pieces", [(-1, 3), (1, 2), (0, 2)])
def test_maxout_is_a_maximum_over_neighbours(dim, pieces):
    def f(x):
        if not isinstance(x, torch.Tensor):
            return nn.Maxout(pieces, dim)(x)
        return x.unflatten(dim, (-1, pieces)).amax(dim if dim < 0 else dim + 1)

    assert_as_torch(f, values(4, 8, 6))


def test_maxout_of_lines_is_their_upper_edge():
    x = np.linspace(-2, 2, 9)[:, None]
    lines = np.concatenate([x, -x, 0 * x + 1], axis=1)
    upper = functional.maxout(tensor(lines), 3).data.ravel()
    np.testing.assert_array_equal(upper, np.maximum(abs(x.ravel()), 1))


@pytest.mark.parametrize("dim", [0, 1, -1])
def test_crelu_is_a_pair_of_rectifiers(dim):
    def f(x):
        if isinstance(x, torch.Tensor):
            return torch.cat([x.relu(), (-x).relu()], dim)
        return nn.CReLU(dim)(x)

    assert_as_torch(f, values(3, 4))


numbers = hnp.arrays(np.float64, 12, elements=st.floats(-50, 50))


@given(numbers)
@settings(max_examples=60)
def test_crelu_loses_nothing(x):
    y = functional.crelu(tensor(x.reshape(3, 4))).data
    np.testing.assert_array_equal(y[:, :4] - y[:, 4:], x.reshape(3, 4))


@given(numbers, st.floats(-20, 20))
@settings(max_examples=60)
def test_softmax_is_a_distribution_and_ignores_shifts(x, shift):
    x = x.reshape(3, 4)
    p = functional.softmax(tensor(x), 1).data
    assert (p >= 0).all()
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-12)
    shifted = functional.softmax(tensor(x + shift), 1).data
    np.testing.assert_allclose(shifted, p, rtol=1e-10, atol=1e-300)


@given(numbers)
@settings(max_examples=60)
def test_relations_between_the_functions(x):
    t = tensor(x)
    np.testing.assert_allclose(
        functional.logsigmoid(t).data, -functional.softplus(-t, threshold=60).data
    )
    np.testing.assert_allclose(
        functional.leaky_relu(t, 0.1).data, np.maximum(0.1 * x, x), rtol=1e-14
    )  # as lecture D writes it
    np.testing.assert_allclose(
        functional.selu(t).data,
        1.0507009873554805 * functional.elu(t, 1.6732632423543772).data,
        rtol=1e-14,
    )


MODULES = {
    "ELU": {"alpha": 0.5},
    "GELU": {"approximate": "tanh"},
    "GLU": {"dim": 1},
    "LeakyReLU": {"negative_slope": 0.3},
    "LogSigmoid": {},
    "LogSoftmax": {"dim": 1},
    "ReLU": {},
    "SELU": {},
    "Sigmoid": {},
    "SiLU": {},
    "Softmax": {"dim": 0},
    "Softplus": {"beta": 3.0, "threshold": 5.0},
    "Tanh": {},
}


@pytest.mark.parametrize("name", MODULES)
def test_modules(name):
    ours = getattr(nn, name)(**MODULES[name])
    theirs = getattr(torch.nn, name)(**MODULES[name])
    assert_as_torch(
        lambda x: (theirs if isinstance(x, torch.Tensor) else ours)(x), values(4, 6)
    )
    assert repr(ours) == repr(theirs)


def test_a_setting_can_be_changed():
    layer = nn.LeakyReLU()
    layer.negative_slope = 0.5
    assert layer(tensor([-2.0])).item() == -1
    for twin in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        assert twin(tensor([-2.0])).item() == -1


def test_the_settings_of_a_layer_are_those_of_its_function():
    assert str(inspect.signature(nn.Softplus)) == "(beta=1.0, threshold=20.0)"
    assert repr(nn.ELU(0.5)) == "ELU(alpha=0.5)"
    with pytest.raises(TypeError, match="slope"):
        nn.LeakyReLU(slope=0.1)
    with pytest.raises(TypeError, match="'dim'"):
        nn.Softmax()

    class Shifted(nn.ELU):
        def forward(self, input):
            return super().forward(input) + 1

    assert Shifted(alpha=0.0)(tensor([-2.0])).item() == 1


def test_a_tensor_among_the_settings_is_saved():
    class Scaled(Applied, function=lambda input, by=None: input * by):
        pass

    layer = Scaled(tensor([2.0]))
    assert list(layer.state_dict()) == ["by"]
    assert layer.double()(tensor(np.ones(1))).data.tolist() == [2]


@pytest.mark.parametrize("name", SMOOTH)
def test_integers_and_arrays_are_refused(name):
    f = both(name)
    with pytest.raises(TypeError, match="expects floats, got int64"):
        f(tensor([1, -1]))
    with pytest.raises(TypeError, match="expects Tensors, got ndarray"):
        f(np.ones(2))


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda x: functional.gelu(x, "fast"), "'none' or 'tanh', got 'fast'"),
        (lambda x: functional.glu(x), r"expected an even length, got shape \(2, 3\)"),
        (lambda x: functional.maxout(x, 2), "3 units to be a multiple of pieces=2"),
        (lambda x: functional.maxout(x, 0), "pieces to be at least 1, got 0"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises(ValueError, match=message):
        call(tensor(np.ones((2, 3))))
