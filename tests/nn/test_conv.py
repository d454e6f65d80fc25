"""Convolution: against loops, PyTorch, differences, and what holds by definition."""

import itertools
import re

import numpy as np
import pytest
import torch
from against_torch import assert_as_torch, assert_equal, function, values
from hypothesis import given
from hypothesis import strategies as st
from layouts import every_layout

import dlcourse
from dlcourse import lab, nn, no_grad, tensor
from dlcourse.autograd import gradcheck
from dlcourse.nn import functional, im2col

pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same' with even")


GRID = list(
    itertools.product(
        (1, 2, (3, 2)),  # kernel
        (1, 2, (1, 3)),  # stride
        (0, 1, (2, 0), 3),  # padding
        (1, 2, (1, 2)),  # dilation
        (1, 2),  # groups
    )
)


# ------------------------------------------------------------------------ the formula


def plain_conv2d(x, w, b, stride, padding, dilation, groups):
    """The definition, in loops: one product of numbers at a time."""
    x = np.pad(x, ((0, 0), (0, 0), (padding,) * 2, (padding,) * 2))
    out, per_group, kh, kw = w.shape
    h, v = (
        (n - dilation * (k - 1) - 1) // stride + 1
        for n, k in zip(x.shape[2:], (kh, kw), strict=True)
    )
    y = np.zeros((len(x), out, h, v))
    for n, o, r, s in np.ndindex(y.shape):
        y[n, o, r, s] = b[o]
        first = o // (out // groups) * per_group
        for c, i, j in np.ndindex(per_group, kh, kw):
            pixel = x[
                n, first + c, r * stride + i * dilation, s * stride + j * dilation
            ]
            y[n, o, r, s] += w[o, c, i, j] * pixel
    return y


@pytest.mark.parametrize("block", [1, 40, im2col.STRIPS])
@pytest.mark.parametrize("setting", [(1, 0, 1, 1), (1, 2, 2, 2), (2, 1, 1, 2)], ids=str)
def test_conv2d_is_the_loops(setting, block, monkeypatch):
    monkeypatch.setattr(im2col, "STRIPS", block)  # one row at a time; some; all
    x, w, b = values(2, 4, 6, 5), values(6, 4 // setting[3], 3, 2, seed=1), values(6)
    y = functional.conv2d(tensor(x), tensor(w), tensor(b), *setting)
    np.testing.assert_allclose(y.data, plain_conv2d(x, w, b, *setting), atol=1e-13)


# ---------------------------------------------------------------------- as in PyTorch


@pytest.mark.parametrize("channels", [(4, 2), (2, 6)], ids=["4 to 2", "2 to 6"])
@every_layout("layout")
def test_conv2d_over_all_settings(layout, channels, monkeypatch):
    monkeypatch.setattr(im2col, "STRIPS", 30)
    c, out = channels
    for kernel, stride, padding, dilation, groups in GRID:
        kh, kw = kernel if isinstance(kernel, tuple) else (kernel, kernel)
        x = layout(values(2, c, 6, 7))
        w, b = values(out, c // groups, kh, kw, seed=1), values(out, seed=2)
        f = function(
            "conv2d", stride=stride, padding=padding, dilation=dilation, groups=groups
        )
        assert_as_torch(f, x, layout(w), b)


@pytest.mark.parametrize("stride", [1, 2])
def test_conv2d_of_a_batch_whose_products_are_cut(stride):
    f = function("conv2d", padding=1, stride=stride)
    x, w, b = values(50, 16, 5, 19), values(16, 16, 3, 3, seed=1), values(16, seed=2)
    assert_as_torch(f, x, w, b)


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("padding", [0, 2, "valid", "same"])
@pytest.mark.parametrize("dilation", [1, (2,)])
@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize("batch", [(3,), ()], ids=["batch", "single"])
def test_conv1d(stride, padding, dilation, groups, batch):
    if padding == "same":
        stride = 1
    f = function(
        "conv1d", stride=stride, padding=padding, dilation=dilation, groups=groups
    )
    x, w = values(*batch, 4, 9), values(2, 4 // groups, 4, seed=1)
    assert_as_torch(f, x, w, values(2, seed=2))
    assert_as_torch(f, x, w)


@pytest.mark.parametrize(
    "settings",
    [
        {"padding": "same"},
        {"padding": "same", "dilation": (3, 1)},
        {"padding": "valid", "stride": 2},
        {"padding": 7},
        {"groups": 4},
    ],
    ids=str,
)
@pytest.mark.parametrize("batch", [(3,), (), (0,)], ids=["batch", "single", "empty"])
def test_conv2d_of_batches_single_images_and_none(settings, batch):
    c = 4 // settings.get("groups", 1)
    f = function("conv2d", **settings)
    x, w, b = values(*batch, 4, 6, 5), values(8, c, 3, 4, seed=1), values(8, seed=2)
    assert_as_torch(f, x, w, b)


@pytest.mark.parametrize("settings", [{}, {"stride": 2, "padding": 1}], ids=str)
@pytest.mark.parametrize("out", [3, 20])
def test_float32(settings, out):
    x, w, b = values(5, 8, 9, 9), values(out, 8, 3, 3, seed=1), values(out)
    narrow = [a.astype(np.float32) for a in (x, w, b)]
    assert_as_torch(function("conv2d", **settings), *narrow, rtol=1e-5)


@pytest.mark.parametrize("padding_mode", ["zeros", "circular"])
@pytest.mark.parametrize("padding", [0, 2, "same", "valid"])
@pytest.mark.parametrize("dims", [1, 2])
def test_modules(dims, padding, padding_mode):
    name = f"Conv{dims}d"
    settings = {"padding": padding, "padding_mode": padding_mode, "dilation": 2}
    theirs = getattr(torch.nn, name)(3, 4, 2, **settings).double()
    ours = getattr(nn, name)(3, 4, 2, **settings).double()
    ours.load_state_dict(theirs.state_dict())
    assert repr(ours) == repr(theirs)

    def f(x):
        return (theirs if isinstance(x, torch.Tensor) else ours)(x)

    assert_as_torch(f, values(2, 3, *(5, 6)[:dims]))
    for a, b in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert_equal(a.grad, b.grad, 1e-12)


def test_a_module_starts_uniform_within_its_bound():
    dlcourse.manual_seed(0)
    layer = nn.Conv2d(8, 600, (3, 5), groups=2)
    assert (layer.weight.shape, layer.bias.shape) == ((600, 4, 3, 5), (600,))
    bound = 1 / np.sqrt(4 * 15)
    for p in layer.parameters():
        assert p.dtype == np.float32
        assert np.abs(p.data).max() <= bound * (1 + 1e-6)
        assert p.data.std() == pytest.approx(bound / np.sqrt(3), rel=0.1)
    reference = torch.nn.Conv2d(8, 600, (3, 5), groups=2)
    assert reference.weight.detach().abs().max() <= bound * (1 + 1e-6)
    assert nn.Conv1d(3, 2, 5, bias=False).bias is None


# -------------------------------------------------------------------------- gradients


@pytest.mark.parametrize("channels", [(4, 2), (2, 4)], ids=["4 to 2", "2 to 4"])
@pytest.mark.parametrize("stride", [1, 2])
def test_gradcheck(channels, stride):
    c, out = channels
    operands = values(2, c, 5, 4), values(out, c // 2, 3, 2, seed=1), values(out)
    leaves = [tensor(a, requires_grad=True) for a in operands]
    assert gradcheck(function("conv2d", stride=stride, padding=1, groups=2), leaves)


@pytest.mark.parametrize("channels", [(4, 2), (2, 4)], ids=["4 to 2", "2 to 4"])
@pytest.mark.parametrize("frozen", ["input", "weight"])
def test_what_needs_no_gradient_gets_none(frozen, channels):
    c, out = channels
    x = tensor(values(2, c, 5, 5), requires_grad=frozen != "input")
    w = tensor(values(out, c, 3, 3), requires_grad=frozen != "weight")
    functional.conv2d(x, w, padding=1).backward(values(2, out, 5, 5))
    given, missing = (w, x) if frozen == "input" else (x, w)
    assert missing.grad is None
    both = tensor(x.data, requires_grad=True), tensor(w.data, requires_grad=True)
    functional.conv2d(*both, padding=1).backward(values(2, out, 5, 5))
    expected = both[1] if frozen == "input" else both[0]
    np.testing.assert_allclose(given.grad.data, expected.grad.data, atol=1e-13)


@pytest.mark.parametrize("kernel", [1, 3])
@every_layout("layout")
def test_operands_are_left_as_they_were(layout, kernel):
    x, w = layout(values(2, 2, 5, 5)), values(8, 2, kernel, kernel)
    g = values(2, 8, 6 - kernel, 6 - kernel)
    arrays = [tensor(a, requires_grad=True) for a in (x, w)]
    functional.conv2d(*arrays).backward(g)
    np.testing.assert_array_equal(arrays[0].data, values(2, 2, 5, 5))
    np.testing.assert_array_equal(arrays[1].data, values(8, 2, kernel, kernel))


def test_the_batch_comes_last_in_memory():
    layer = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Conv2d(4, 2, 3))
    with no_grad():
        y = layer(tensor(values(5, 1, 8, 8).astype(np.float32)))
    assert y.data.transpose(1, 2, 3, 0).flags.c_contiguous


def test_flops_are_counted():
    model = nn.Conv2d(2, 3, (4, 5), bias=False)
    x = tensor(np.ones((7, 2, 6, 6), np.float32))
    flops = lab.count_flops(lambda: model(x).sum(), model)
    product = 2 * (7 * 3 * 3 * 2) * (2 * 4 * 5)
    outputs = 7 * 3 * 3 * 2  # their sum
    assert flops.forward == product + outputs
    assert flops.backward >= product


# ------------------------------------------------------------------------- properties

sizes = st.integers(1, 7)
settings = st.tuples(st.integers(1, 3), st.integers(0, 3), st.integers(1, 3))


@given(sizes, sizes, st.integers(1, 4), settings, settings)
def test_every_legal_setting_has_pytorchs_shape(h, w, k, rows, columns):
    x, weight = np.ones((1, 2, h, w)), np.ones((2, 2, k, 1))
    stride, padding, dilation = zip(rows, columns, strict=True)
    try:
        expected = torch.nn.functional.conv2d(
            torch.tensor(x), torch.tensor(weight), None, stride, padding, dilation
        )
    except RuntimeError:
        with pytest.raises(ValueError, match="at least as large as the window"):
            functional.conv2d(
                tensor(x), tensor(weight), None, stride, padding, dilation
            )
    else:
        leaves = tensor(x, requires_grad=True), tensor(weight, requires_grad=True)
        y = functional.conv2d(*leaves, None, stride, padding, dilation)
        assert y.shape == tuple(expected.shape)
        np.testing.assert_array_equal(y.data, expected.numpy())
        y.sum().backward()
        # each product was counted once: w dL/dw and x dL/dx both add up to y
        for leaf in leaves:
            assert leaf.grad.data.sum() == pytest.approx(y.data.sum())


@given(st.integers(0, 2**32 - 1), settings, st.floats(-3, 3))
def test_linear_in_the_input_and_in_the_kernel(seed, setting, factor):
    x, y = values(2, 4, 7, 7, seed=seed), values(2, 4, 7, 7, seed=seed + 1)
    w, v = values(2, 2, 3, 3, seed=seed), values(2, 2, 3, 3, seed=seed + 1)

    def f(x, w):
        return functional.conv2d(tensor(x), tensor(w), None, *setting, groups=2).data

    atol = 1e-12
    np.testing.assert_allclose(
        f(x + factor * y, w), f(x, w) + factor * f(y, w), atol=atol
    )
    np.testing.assert_allclose(
        f(x, w + factor * v), f(x, w) + factor * f(x, v), atol=atol
    )


@given(st.integers(0, 2**32 - 1), st.integers(-9, 9), st.integers(-9, 9))
def test_with_circular_padding_a_shifted_input_gives_the_shifted_output(seed, r, s):
    dlcourse.manual_seed(seed)
    layer = nn.Conv2d(2, 3, 3, padding="same", padding_mode="circular", dilation=2)
    x = values(2, 2, 6, 5, seed=seed).astype(np.float32)

    def shifted(x):
        return np.roll(x, (r, s), (2, 3))

    with no_grad():
        y, of_shifted = layer(tensor(x)).data, layer(tensor(shifted(x))).data
    np.testing.assert_allclose(of_shifted, shifted(y), atol=1e-5)


# -------------------------------------------------------------------------- bad input


def zeros(*shape, dtype=np.float32):
    return tensor(np.zeros(shape, dtype))


IMAGE, KERNEL = (1, 2, 4, 4), (2, 2, 3, 3)
BAD = {
    "expects input (N, C, H, W) or (C, H, W), got (4, 4)": ((4, 4), KERNEL, {}),
    "of 2 channels, got (1, 3, 4, 4)": ((1, 3, 4, 4), KERNEL, {}),
    "of 4 channels, got (1, 2, 4, 4)": (IMAGE, KERNEL, {"groups": 2}),
    "expects weight (out, C / groups, kernel": (IMAGE, (2, 2, 3), {}),
    "groups to divide the 3 output": (IMAGE, (3, 1, 3, 3), {"groups": 2}),
    "groups to divide the 2 output channels, got 0": (IMAGE, KERNEL, {"groups": 0}),
    "stride to be an integer, or 2, of at least 1, got 0": (
        IMAGE,
        KERNEL,
        {"stride": 0},
    ),
    "of at least 1, got (1, 2, 3)": (IMAGE, KERNEL, {"stride": (1, 2, 3)}),
    "padding to be an integer, or 2, of at least 0, got -1": (
        IMAGE,
        KERNEL,
        {"padding": -1},
    ),
    "of at least 1, got 1.5": (IMAGE, KERNEL, {"dilation": 1.5}),
    "'same', got 'same' with stride (2, 2)": (
        IMAGE,
        KERNEL,
        {"padding": "same", "stride": 2},
    ),
    "'valid', or with stride 1 'same', got 'full'": (
        IMAGE,
        KERNEL,
        {"padding": "full"},
    ),
    "which spans [5, 5]; got [4, 4], padding": (IMAGE, KERNEL, {"dilation": 2}),
}


@pytest.mark.parametrize("message", BAD)
def test_bad_settings(message):
    x, w, settings = BAD[message]
    with pytest.raises(ValueError, match=re.escape(message)):
        functional.conv2d(zeros(*x), zeros(*w), **settings)


def test_bad_operands():
    x, w = zeros(1, 1, 4, 4), zeros(2, 1, 3, 3)
    with pytest.raises(TypeError, match="conv2d expects Tensors, got ndarray"):
        functional.conv2d(x.data, w)
    with pytest.raises(TypeError, match="float32, got float64"):
        functional.conv2d(x.double(), w)
    with pytest.raises(TypeError, match="got int64"):
        functional.conv2d(*(tensor(a.data.astype(int)) for a in (x, w)))
    with pytest.raises(ValueError, match=r"bias \(2,\) of float32, got \(1,\)"):
        functional.conv2d(x, w, zeros(1))
    with pytest.raises(ValueError, match=r"conv1d expects input \(N, C, L\)"):
        functional.conv1d(x, zeros(2, 1, 3))


@pytest.mark.parametrize(
    ("args", "settings", "message"),
    [
        ((0, 1, 3), {}, "in_channels to be at least 1, got 0"),
        ((4, 3, 3), {"groups": 2}, "out_channels to be a multiple of groups, got 3"),
        ((4, 4, 3), {"groups": 0}, "groups to be at least 1, got 0"),
        ((1, 1, 0), {}, "kernel_size to be an integer, or 2, of at least 1, got 0"),
        (
            (1, 1, 3),
            {"padding_mode": "reflect"},
            "'circular', got 'reflect'",
        ),
        ((1, 1, 3), {"padding": "same", "stride": 2}, "'same' with stride"),
    ],
)
def test_bad_modules(args, settings, message):
    with pytest.raises(ValueError, match=message):
        nn.Conv2d(*args, **settings)


def test_circular_padding_goes_round_at_most_once():
    layer = nn.Conv2d(1, 1, 3, padding=3, padding_mode="circular")
    assert layer(zeros(1, 1, 3, 3)).shape == (1, 1, 7, 7)
    with pytest.raises(ValueError, match="at most the size, 2, got"):
        layer(zeros(1, 1, 2, 2))
