"""Pooling, upsampling: against PyTorch, differences, what holds by definition."""

import itertools
import re

import numpy as np
import pytest
import torch
from against_torch import assert_as_torch, function, values
from hypothesis import given
from hypothesis import strategies as st
from layouts import every_layout

from dlcourse import nn, tensor
from dlcourse.autograd import gradcheck
from dlcourse.nn import functional

POOLS = "max_pool1d", "max_pool2d", "avg_pool1d", "avg_pool2d"


STRIDES = (None, 1, 2, (3, 1))


def images(*shape, levels=None, seed=0):
    """Numbers; with ``levels`` few different ones, so that many are equal."""
    if levels is None:
        return values(*shape, seed=seed)
    return np.random.default_rng(seed).integers(levels, size=shape).astype(float)


# ---------------------------------------------------------------------- as in PyTorch


@pytest.mark.parametrize("levels", [None, 2], ids=["all differ", "ties"])
@every_layout("layout")
def test_max_pool2d_over_all_settings(layout, levels):
    x = layout(images(2, 3, 6, 7, levels=levels))
    for kernel, stride, dilation in itertools.product(
        (1, 2, 3, (3, 2)), STRIDES, (1, 2, (1, 2))
    ):
        for padding in (0, 1, (1, 0)) if kernel != 1 else (0,):
            f = function("max_pool2d", kernel, stride, padding, dilation)
            assert_as_torch(f, x)


@every_layout("layout")
def test_avg_pool2d_over_all_settings(layout):
    x = layout(values(2, 3, 6, 7))
    for kernel, stride, counted in itertools.product(
        (1, 2, (3, 2), (4, 5)), STRIDES, (True, False)
    ):
        for padding in (0, 1, (1, 0)) if kernel != 1 else (0,):
            f = function(
                "avg_pool2d", kernel, stride, padding, count_include_pad=counted
            )
            assert_as_torch(f, x)


@pytest.mark.parametrize("stride", [None, 1, (3,)])
@pytest.mark.parametrize("padding", [0, 1])
@pytest.mark.parametrize("batch", [(3,), (0,), ()], ids=["batch", "empty", "single"])
def test_pooling_along_one_axis(batch, padding, stride):
    for levels in (None, 2):
        x = images(*batch, 2, 9, levels=levels)
        for dilation in (1, 3):
            assert_as_torch(function("max_pool1d", 2, stride, padding, dilation), x)
    for counted in (True, False):
        f = function("avg_pool1d", 2, stride, padding, count_include_pad=counted)
        assert_as_torch(f, x)


@pytest.mark.parametrize("name", POOLS)
def test_settings_left_out_are_pytorchs(name):
    x = values(2, 3, *(9, 8)[: int(name[-2])])
    for settings in ({}, {"padding": 1}, {"stride": 1, "padding": 1}):
        assert_as_torch(function(name, kernel_size=3, **settings), x)


@pytest.mark.parametrize("name", POOLS[1::2])
def test_windows_that_leave_a_border_out(name):
    """One window of 5 on 7 and padding: what it does not meet gets 0, not garbage."""
    for _ in range(3):
        assert_as_torch(function(name, 5, 5, 1), values(2, 3, 7, 7))
        assert_as_torch(function(name, 3, 3), values(2, 3, 8, 7))


@pytest.mark.parametrize("batch", [(0,), ()], ids=["empty", "single"])
@pytest.mark.parametrize("name", ["max_pool2d", "avg_pool2d", "adaptive_avg_pool2d"])
def test_single_images_and_none(name, batch):
    assert_as_torch(function(name, 2), values(*batch, 3, 6, 5))
    assert_as_torch(function(name, (3, 2)), values(*batch, 3, 6, 6))


@every_layout("layout")
def test_adaptive_avg_pool2d_over_all_sizes(layout):
    x = layout(values(2, 3, 6, 7))
    for size in (1, 4, 9, (6, 7), (3, 5), (None, 2), (7, None)):
        assert_as_torch(function("adaptive_avg_pool2d", size), x)


@every_layout("layout")
def test_interpolate_over_all_sizes(layout):
    x = layout(values(2, 3, 4, 5))
    for size in (1, 3, (4, 5), (8, 15), (7, 2)):
        assert_as_torch(function("interpolate", size), x)
    for factor in (2, 3.0, (1, 2), (2, 0.5), 1.7, 0.4):
        assert_as_torch(function("interpolate", scale_factor=factor), x)


@pytest.mark.parametrize("batch", [3, 0], ids=["batch", "empty"])
def test_interpolate_along_one_axis(batch):
    for settings in ({"size": 7}, {"size": (3,)}, {"scale_factor": 2}):
        assert_as_torch(function("interpolate", **settings), values(batch, 2, 5))


@pytest.mark.parametrize("name", ["max_pool2d", "avg_pool2d", "adaptive_avg_pool2d"])
def test_float32(name):
    assert_as_torch(function(name, 3), values(2, 3, 9, 9).astype("f4"), rtol=1e-6)


@pytest.mark.parametrize("dims", [1, 2])
@pytest.mark.parametrize("where", [[0], [0, 1, 4], range(9)], ids=str)
def test_nan_is_the_largest(where, dims):
    x = values(1, 1, *(3,) * dims if dims == 2 else (9,))
    x.ravel()[list(where)] = np.nan
    f = function(f"max_pool{dims}d", 2, 1, 1)
    ours, theirs = tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
    y, expected = f(ours), f(theirs)
    np.testing.assert_array_equal(y.data, expected.detach().numpy())
    g = values(*y.shape)
    y.backward(g)
    expected.backward(torch.tensor(g))
    np.testing.assert_allclose(ours.grad.data, theirs.grad.numpy(), rtol=1e-14)


@pytest.mark.parametrize("value", [-np.inf, np.inf, 0.0])
def test_of_equal_ones_the_first_gets_the_gradient(value):
    x = np.full((1, 2, 5, 4), value)
    for f in (function("max_pool2d", 2), function("max_pool2d", 3, 1, 1)):
        assert_as_torch(f, x)
    leaf = tensor(x, requires_grad=True)
    functional.max_pool2d(leaf, 2).sum().backward()
    assert np.argwhere(leaf.grad.data[0, 0]).tolist() == [
        [0, 0], [0, 2], [2, 0], [2, 2],
    ]  # fmt: skip


@pytest.mark.parametrize(
    "name, args, settings, text",
    [
        ("MaxPool1d", (3,), {}, "kernel_size=3, stride=3, padding=0, dilation=1"),
        ("MaxPool2d", ((3, 2), 1, (1, 0), 2), {}, None),
        ("AvgPool1d", (3, 2, 1), {"count_include_pad": False}, None),
        (
            "AvgPool2d",
            ((2, 3),),
            {"padding": 1},
            "kernel_size=(2, 3), stride=(2, 3), padding=1, count_include_pad=True",
        ),
        ("AdaptiveAvgPool2d", ((None, 2),), {}, "output_size=(None, 2)"),
        ("Upsample", (9,), {}, "size=9, mode='nearest'"),
        ("Upsample", (None, 2.0), {}, "scale_factor=2.0, mode='nearest'"),
    ],
    ids=str,
)
def test_modules(name, args, settings, text):
    ours, theirs = (getattr(e, name)(*args, **settings) for e in (nn, torch.nn))
    shape = (2, 3, 9) if name.endswith("1d") else (2, 3, 9, 8)
    assert_as_torch(
        lambda x: (theirs if isinstance(x, torch.Tensor) else ours)(x), values(*shape)
    )
    if text:
        assert repr(ours) == f"{name}({text})"


# -------------------------------------------------------------------------- gradients


@pytest.mark.parametrize(
    "f",
    [
        function("max_pool2d", 2),
        function("max_pool2d", 3, 2, 1),
        function("max_pool2d", 2, 1, 1, 2),
        function("avg_pool2d", 2),
        function("avg_pool2d", (3, 2), 1, 1, count_include_pad=False),
        function("adaptive_avg_pool2d", (4, 2)),
        function("interpolate", (7, 3)),
        function("interpolate", scale_factor=(0.6, 2)),
    ],
    ids=range(8),
)
def test_gradcheck(f):
    assert gradcheck(f, [tensor(values(2, 2, 6, 4), requires_grad=True)])


@every_layout("layout")
@every_layout("arrange")
@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("max_pool2d", (2,)),
        ("max_pool2d", (3, 2, 1)),
        ("avg_pool2d", (2,)),
        ("avg_pool2d", (3, 2, 1)),
        ("adaptive_avg_pool2d", (4,)),
    ],
    ids=str,
)
def test_the_layout_of_the_gradient_changes_no_number(name, settings, layout, arrange):
    x = tensor(0.0)
    x.data = layout(images(4, 3, 6, 6, levels=3))
    y = getattr(functional, name)(x.requires_grad_(), *settings)
    assert np.argsort(y.data.strides).tolist() == np.argsort(x.data.strides).tolist()
    plain = tensor(np.ascontiguousarray(x.data), requires_grad=True)
    expected = getattr(functional, name)(plain, *settings)
    g = values(*y.shape)
    np.testing.assert_array_equal(y.vjps[0](arrange(g)), expected.vjps[0](g))
    np.testing.assert_array_equal(x.data, plain.data)  # left as it was
    np.testing.assert_array_equal(g, values(*y.shape))


@pytest.mark.parametrize(
    "f",
    [
        function("max_pool2d", 1),
        function("avg_pool2d", 1),
        function("interpolate", (3, 4)),
    ],
    ids=["max_pool2d", "avg_pool2d", "interpolate"],
)
def test_the_result_shares_no_memory_with_the_input(f):
    x = tensor(values(1, 2, 3, 4), requires_grad=True)
    y = f(x)
    np.testing.assert_array_equal(y.data, x.data)
    assert not np.may_share_memory(y.data, x.data)


# ------------------------------------------------------------------------- properties

sizes = st.integers(1, 9)
settings = st.tuples(sizes, sizes, st.integers(0, 4), st.integers(1, 3))


@given(st.sampled_from(POOLS), sizes, sizes, settings, settings)
def test_every_legal_setting_has_pytorchs_shape(name, h, w, rows, columns):
    both = name.endswith("2d")
    x = np.ones((2, 3, h, w) if both else (2, 3, h))
    steps = list(zip(rows, columns, strict=True)) if both else [(n,) for n in rows]
    if name.startswith("avg"):
        steps.pop()  # no dilation
    f = function(name, *steps)
    try:
        expected = f(torch.tensor(x))
    except RuntimeError:
        with pytest.raises(ValueError, match=r"padding|at least as large"):
            f(tensor(x))
    else:
        assert f(tensor(x)).shape == tuple(expected.shape)


@given(sizes, sizes, sizes, sizes)
def test_every_size_can_be_asked_for(h, w, r, s):
    x = values(2, 1, h, w)
    for name in ("adaptive_avg_pool2d", "interpolate"):
        assert_as_torch(function(name, (r, s)), x)


linear = [
    function("avg_pool2d", 3, 2, 1),
    function("avg_pool2d", 2, 1, 1, count_include_pad=False),
    function("adaptive_avg_pool2d", 4),
    function("interpolate", 5),
]


@given(st.sampled_from(linear), st.integers(0, 2**32 - 1), st.floats(-9, 9))
def test_means_and_copies_are_linear(f, seed, factor):
    x, y = values(2, 2, 7, 6, seed=seed), values(2, 2, 7, 6, seed=seed + 1)
    both = f(tensor(x + factor * y)).data
    apart = f(tensor(x)).data + factor * f(tensor(y)).data
    np.testing.assert_allclose(both, apart, atol=1e-12)


@given(st.integers(0, 2**32 - 1), sizes, sizes, sizes, sizes)
def test_cells_of_one_size_keep_the_mean(seed, r, s, h, w):
    x = values(2, 3, r * h, s * w, seed=seed)
    y = functional.adaptive_avg_pool2d(tensor(x), (r, s)).data
    np.testing.assert_allclose(y.mean((2, 3)), x.mean((2, 3)), atol=1e-13)
    tiles = functional.avg_pool2d(tensor(x), (h, w)).data
    np.testing.assert_allclose(y, tiles, atol=1e-13)


@given(st.integers(0, 2**32 - 1), st.integers(1, 3), st.integers(1, 3))
def test_maxima_follow_what_rises(seed, kernel, stride):
    """max f(x) = f(max x) where f rises; and max(x + c) = max x + c among it."""
    x = values(2, 2, 6, 6, seed=seed)
    pool = function("max_pool2d", kernel, stride, kernel // 2)
    np.testing.assert_array_equal(
        pool(tensor(np.arctan(x))).data, np.arctan(pool(tensor(x)).data)
    )
    assert (functional.avg_pool2d(tensor(x), kernel, stride).data <= x.max()).all()


@given(st.integers(1, 4), st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_the_mean_undoes_upsampling(a, b, seed):
    x = tensor(values(2, 2, 3, 4, seed=seed))
    large = functional.interpolate(x, scale_factor=(a, b))
    np.testing.assert_allclose(
        functional.avg_pool2d(large, (a, b)).data, x.data, rtol=1e-13
    )
    np.testing.assert_array_equal(functional.max_pool2d(large, (a, b)).data, x.data)


@given(st.sampled_from(POOLS[1::2]), st.integers(1, 4), st.integers(1, 4))
def test_the_gradient_of_a_sum_counts_the_windows(name, kernel, stride):
    x = tensor(values(1, 1, 6, 6), requires_grad=True)
    y = getattr(functional, name)(x, kernel, stride)
    y.sum().backward()
    assert x.grad.data.sum() == pytest.approx(y.data.size)


# -------------------------------------------------------------------------- bad input


def zeros(*shape, dtype=np.float32):
    return tensor(np.zeros(shape, dtype))


IMAGE = (1, 2, 4, 4)
BAD = {
    "max_pool2d expects (N, C, H, W) or (C, H, W), got (4, 4)": ((4, 4), (2,), {}),
    "expects (N, C, H, W) or (C, H, W), got (1, 0, 4, 4)": ((1, 0, 4, 4), (2,), {}),
    "kernel_size to be an integer, or 2, of at least 1, got 0": (IMAGE, (0,), {}),
    "kernel_size to be an integer, or 2, of at least 1, got '2'": (IMAGE, ("2",), {}),
    "of at least 1, got (2, 2, 2)": (IMAGE, ((2, 2, 2),), {}),
    "stride to be an integer, or 2, of at least 1, got -1": (IMAGE, (2, -1), {}),
    "stride to be an integer, or 2, of at least 1, got 0": (IMAGE, (2, 0), {}),
    "stride to be an integer, or 2, of at least 1, got 1.5": (IMAGE, (2, 1.5), {}),
    "padding to be an integer, or 2, of at least 0, got -1": (IMAGE, (2, 2, -1), {}),
    "padding of at most half the kernel_size (3, 2), got (1, 2)": (
        IMAGE,
        ((3, 2), 1, (1, 2)),
        {},
    ),
    "which spans [5, 5]; got [4, 4], padding": (IMAGE, (5,), {}),
}
BAD_DILATION = {
    "dilation to be an integer, or 2, of at least 1, got 0": {"dilation": 0},
    "which spans [6, 6]; got [4, 4]": {"dilation": 5},
}


@pytest.mark.parametrize("message", BAD)
def test_bad_settings(message):
    shape, args, settings = BAD[message]
    for name in POOLS[1::2]:
        expected = message.replace("max_pool2d", name)
        with pytest.raises(ValueError, match=re.escape(expected)):
            getattr(functional, name)(zeros(*shape), *args, **settings)


@pytest.mark.parametrize("message", BAD_DILATION)
def test_bad_dilation(message):
    with pytest.raises(ValueError, match=re.escape(message)):
        functional.max_pool2d(zeros(*IMAGE), 2, **BAD_DILATION[message])


@pytest.mark.parametrize("name", POOLS)
def test_bad_operands(name):
    f = getattr(functional, name)
    x = zeros(*IMAGE[: 3 if name.endswith("1d") else 4])
    with pytest.raises(TypeError, match=f"{name} expects Tensors, got ndarray"):
        f(x.data, 2)
    with pytest.raises(TypeError, match=f"{name} expects floats, got int64"):
        f(tensor(x.data.astype(int)), 2)


def test_whether_padding_counts_is_said_by_name():
    for f in (functional.avg_pool1d, functional.avg_pool2d):
        with pytest.raises(TypeError, match="positional"):
            f(zeros(1, 2, 4), 2, 2, 0, False)
    for module in (nn.AvgPool1d, nn.AvgPool2d):
        with pytest.raises(TypeError, match="positional"):
            module(2, 2, 0, False)


BAD_GRIDS = {
    "got (4, 4)": ((4, 4), 1),
    "output_size to be an integer, or 2, of at least 1, got [0, 0]": (IMAGE, 0),
    "output_size for 2 axes, got (1, 2, 3)": (IMAGE, (1, 2, 3)),
    "output_size to be an integer, or 2, of at least 1, got [2.5, 4]": (
        IMAGE,
        (2.5, None),
    ),
}


@pytest.mark.parametrize("message", BAD_GRIDS)
def test_bad_grids(message):
    shape, size = BAD_GRIDS[message]
    with pytest.raises(ValueError, match=re.escape(message)):
        functional.adaptive_avg_pool2d(zeros(*shape), size)


BAD_SIZES = {
    "expects size or scale_factor, got size=None, scale_factor=None": (IMAGE, {}),
    "got size=2, scale_factor=2": (IMAGE, {"size": 2, "scale_factor": 2}),
    "expects mode='nearest', got 'bilinear'": (IMAGE, {"size": 2, "mode": "bilinear"}),
    "expects (N, C, ...), got (4, 4)": ((4, 4), {"size": 2}),
    "expects (N, C, ...), got (1, 0, 4)": ((1, 0, 4), {"size": 2}),
    "expects size for 2 axes, got [1, 2, 3]": (IMAGE, {"size": (1, 2, 3)}),
    "expects scale_factor for 2 axes, got [2]": (IMAGE, {"scale_factor": [2]}),
    "size to be an integer, or 2, of at least 1, got [0, 0]": (IMAGE, {"size": 0}),
    "of at least 1, got [2.5, 2]": (IMAGE, {"size": (2.5, 2)}),
    "scale_factor in (0, inf), got -1": (IMAGE, {"scale_factor": -1}),
    "scale_factor in (0, inf), got nan": (IMAGE, {"scale_factor": (2, np.nan)}),
    "scale_factor in (0, inf), got inf": (IMAGE, {"scale_factor": np.inf}),
    "scale_factor in (0, inf), got '2'": (IMAGE, {"scale_factor": "2"}),
    "at least one entry, got 0 of 4": (IMAGE, {"scale_factor": 0.2}),
}


@pytest.mark.parametrize("message", BAD_SIZES)
def test_bad_sizes(message):
    shape, settings = BAD_SIZES[message]
    with pytest.raises(ValueError, match=re.escape(message)):
        functional.interpolate(zeros(*shape), **settings)


def test_interpolate_expects_a_tensor():
    with pytest.raises(TypeError, match="interpolate expects Tensors, got ndarray"):
        functional.interpolate(np.ones(IMAGE), 2)
