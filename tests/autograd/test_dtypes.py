"""Dtypes: which there are, and PyTorch's rules where NumPy's differ."""

import numpy as np
import pytest
import torch

from dlcourse import Tensor, nn, tensor

REFUSED = [np.float16, np.longdouble, np.complex64, np.uint64]


@pytest.mark.parametrize("dtype", REFUSED)
@pytest.mark.parametrize(
    "make",
    [
        lambda dtype: tensor(np.zeros(2, dtype)),
        lambda dtype: tensor([1, 2], dtype=dtype),
        lambda dtype: Tensor(np.zeros(2, dtype)),
        lambda dtype: tensor([1.0, 2.0]) * np.zeros(2, dtype),
        lambda dtype: nn.Parameter(np.zeros(2, dtype), requires_grad=False),
    ],
    ids=["tensor", "dtype=", "Tensor", "operand", "Parameter"],
)
def test_other_dtypes_are_refused(make, dtype):
    with pytest.raises(TypeError, match=r"numbers|regular array, of float32, float64"):
        make(dtype)


INTEGERS = {
    "uint8": np.array([[1, 2], [3, 200]], np.uint8),
    "int8": np.array([[1, -2], [3, 100]], np.int8),
    "int64": np.array([[1, -2], [3, 200]]),
    "bool": np.array([[True, False], [True, True]]),
}
OPERATIONS = {
    "sum": lambda x: x.sum(),
    "sum - 10": lambda x: x.sum() - 10,
    "sum of columns": lambda x: x.sum(0),
    "clamp by floats": lambda x: x.clamp(0.5, 1.5),
    "square": lambda x: x**2,
    "root": lambda x: (x * x) ** 0.5,
    "half": lambda x: x / 2,
    "times 0.3": lambda x: x * 0.3,
    "float": lambda x: x.float(),
}


@pytest.mark.parametrize("name", INTEGERS)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_integers_are_pytorchs(operation, name):
    function = OPERATIONS[operation]
    ours, theirs = function(tensor(INTEGERS[name])), torch.tensor(INTEGERS[name])
    expected = function(theirs).numpy()
    assert ours.dtype == expected.dtype
    np.testing.assert_allclose(ours.data, expected, rtol=1e-6)


@pytest.mark.parametrize("bound", [0.1, np.float64(0.1), np.float32(0.1), 1])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_clamp_keeps_the_dtype_of_floats(dtype, bound):
    x = tensor(np.array([0, 1, 2], dtype), requires_grad=True)
    y = x.clamp(min=bound)
    y.sum().backward()
    assert y.dtype == x.grad.dtype == dtype
    assert y.data[0] == dtype(bound)
    assert x.grad.data.tolist() == [0, 1, 1]


def test_clamp_expects_numbers():
    with pytest.raises(ValueError, match="clamp expects min"):
        tensor([1.0]).clamp(min=np.zeros(1))


def test_one_entry_is_a_view():
    w = tensor(np.arange(6.0).reshape(2, 3))
    for change in (w[1, 2], w[1][2], w[tensor(1), np.int64(2)], w[..., 1, 2]):
        change += 10
    assert w.data[1].tolist() == [3, 4, 45]
    leaf = tensor(np.arange(3.0), requires_grad=True)
    y = (leaf * leaf).sum()
    entry = leaf.detach()[1]
    entry += 1
    with pytest.raises(RuntimeError, match="changed in place"):
        y.backward()


def test_an_entry_s_gradient_goes_back_to_it():
    w = tensor(np.arange(3.0), requires_grad=True)
    (w[1] * 5 + w[-1] * w[-1]).backward()
    assert w.grad.data.tolist() == [0, 5, 4]


def test_an_index_of_uint8_says_what_to_do():
    x, mask = tensor(np.arange(3.0)), np.array([1, 0, 1], np.uint8)
    for index in (mask, tensor(mask), (mask,)):
        with pytest.raises(TypeError, match="bool for a mask, int64 for places"):
            x[index]
        with pytest.raises(TypeError, match="bool for a mask, int64 for places"):
            x[index] = 0.0
    assert x[mask.astype(bool)].data.tolist() == [0, 2]
    assert x[[]].shape == (0,)


def test_floats_do_not_become_integers_in_silence():
    weights = tensor([1, 2, 3])
    for values in (0.3, np.array([0.3, 0.6, 0.9]), tensor([0.3, 0.6, 0.9])):
        with pytest.raises(TypeError, match=r"floats don't fit .* int64"):
            weights[...] = values
    weights[1] = 7
    assert weights.data.tolist() == [1, 7, 3]


def test_float_of_floats_is_the_tensor_itself():
    x = tensor([1.0])
    assert x.float() is x
    assert x.double().float() is not x
