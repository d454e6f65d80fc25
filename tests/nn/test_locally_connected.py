"""Locally connected layers: against PyTorch's windows, loops, and convolution."""

import numpy as np
import pytest
import torch
from against_torch import assert_equal, values
from layouts import every_layout

from dlcourse import nn, tensor
from dlcourse.autograd import gradcheck

SHAPES = [
    (2, 3, (2, 3), (4, 5)),
    (1, 2, 1, (3, 1)),
    (3, 1, (4, 2), (4, 2)),
    (1, 1, 2, 3),
]


def layer_of(shape, bias=True):
    layer = nn.LocallyConnected2d(*shape, bias=bias)
    for seed, p in enumerate(layer.parameters()):
        p.data = values(*p.shape, seed=seed + 1)
    return layer


def in_torch(layer, x, weight, bias):
    """unfold gives each window as a column; each column has its own matrix."""
    columns = torch.nn.functional.unfold(x, layer.kernel_size)
    size, out = columns.shape[-1], layer.out_channels
    w = weight.reshape(out, size, -1)
    y = torch.einsum("opk,nkp->nop", w, columns) + bias.reshape(out, size)
    return y.reshape(len(x), out, *layer.output_size)


@pytest.mark.parametrize("n", [3, 1, 0])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@every_layout("layout")
def test_values_and_gradients_are_those_of_unfold(layout, shape, n):
    layer = layer_of(shape)
    x = tensor(
        layout(values(n, layer.in_channels, *layer.input_size)), requires_grad=True
    )
    arrays = (x.data, *(p.data for p in layer.parameters()))
    theirs = [torch.tensor(np.ascontiguousarray(a), requires_grad=True) for a in arrays]
    y, expected = layer(x), in_torch(layer, *theirs)
    assert_equal(y, expected, 1e-12)
    g = values(*y.shape, seed=7)
    y.backward(tensor(g))
    expected.backward(torch.tensor(g))
    ours = (x, layer.weight, layer.bias)
    for a, reference in zip(ours, theirs, strict=True):
        assert_equal(a.grad, reference.grad, 1e-12)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_with_one_kernel_everywhere_it_is_a_convolution(shape):
    layer, conv = layer_of(shape), nn.Conv2d(*shape[:3])
    out, positions = layer.out_channels, layer.output_size
    layer.weight.data = np.repeat(conv.weight.data, np.prod(positions), axis=0)
    layer.bias.data = np.repeat(conv.bias.data, np.prod(positions))
    x = tensor(values(2, layer.in_channels, *layer.input_size).astype(np.float32))
    y = conv(x)
    np.testing.assert_allclose(layer(x).data, y.data, rtol=1e-5, atol=1e-5)
    layer(x).sum().backward()
    y.sum().backward()
    dw = layer.weight.grad.data.reshape(out, -1, *conv.weight.shape[1:])
    np.testing.assert_allclose(dw.sum(axis=1), conv.weight.grad.data, rtol=1e-4)


def test_gradcheck():
    layer = layer_of(SHAPES[0])
    x = tensor(values(2, 2, 4, 5), requires_grad=True)
    assert gradcheck(layer, [x])


def test_weights_of_one_position_see_one_window():
    layer = layer_of((1, 2, 2, (3, 4)), bias=False)
    assert layer.bias is None
    kernels = layer.weight.data.reshape(2, 2, 3, 1, 2, 2)
    x = values(1, 1, 3, 4)
    window = x[0, 0, 1:3, 2:4]
    expected = (kernels[1, 1, 2, 0] * window).sum()
    assert layer(tensor(x)).data[0, 1, 1, 2] == pytest.approx(expected)


def test_starts_as_a_convolution_does():
    bound = 1 / np.sqrt(3 * 2 * 4)
    layer = nn.LocallyConnected2d(3, 5, (2, 4), 9)
    for p in (layer.weight.data, layer.bias.data):
        assert p.dtype == np.float32
        assert 0.9 * bound < abs(p).max() <= bound
    assert layer.weight.shape == (5 * 8 * 6, 3, 2, 4)
    assert layer.bias.shape == (240,)
    nn.init.kaiming_normal_(layer.weight)
    assert layer.weight.data.std() == pytest.approx(np.sqrt(2 / 24), rel=0.05)


def test_what_does_not_fit_is_named():
    layer = nn.LocallyConnected2d(2, 3, 2, (4, 5))
    with pytest.raises(ValueError, match=r"expects \(N, 2, 4, 5\), got \(1, 2, 5, 4\)"):
        layer(tensor(np.zeros((1, 2, 5, 4), np.float32)))
    with pytest.raises(ValueError, match=r"expects \(N, 2, 4, 5\), got \(2, 4, 5\)"):
        layer(tensor(np.zeros((2, 4, 5), np.float32)))
    with pytest.raises(TypeError, match="expects float32, like its weight, got int64"):
        layer(tensor(np.zeros((1, 2, 4, 5), np.int64)))
    with pytest.raises(ValueError, match="at least as large as the window"):
        nn.LocallyConnected2d(2, 3, 6, (4, 9))
