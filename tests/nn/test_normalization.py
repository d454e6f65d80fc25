"""Batch, layer and group norm: against PyTorch, by their invariances, on bad input."""

import numpy as np
import pytest
import torch
from against_torch import (
    CURRENT_TORCH,
    assert_as_torch,
    assert_equal,
    function,
    positive,
    values,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from layouts import batch_last, every_layout

from dlcourse import nn, no_grad, tensor
from dlcourse.autograd import gradcheck
from dlcourse.nn import functional

IMAGES = (4, 6, 3, 5)


def on_both(name, *fixed, **settings):
    """A function of x and perhaps weight and bias, on either engine."""
    f = function(name, *fixed, **settings)
    return lambda x, weight=None, bias=None: f(x, weight=weight, bias=bias)


batch_norm = on_both("batch_norm", None, None, training=True)
NORMS = {  # name: (function, the shape of its weight)
    "batch": (batch_norm, (6,)),
    "layer, last axis": (on_both("layer_norm", (5,)), (5,)),
    "layer, image": (on_both("layer_norm", (6, 3, 5)), (6, 3, 5)),
    "group, 1": (on_both("group_norm", 1), (6,)),
    "group, 3": (on_both("group_norm", 3), (6,)),
    "group, 6": (on_both("group_norm", 6), (6,)),
}
every_norm = pytest.mark.parametrize("norm, shape", NORMS.values(), ids=NORMS)


# ------------------------------------------------------------------------- functions


@every_norm
def test_values_and_gradients(norm, shape):
    x, weight, bias = values(*IMAGES), values(*shape, seed=1), values(*shape, seed=2)
    assert_as_torch(norm, x)
    assert_as_torch(norm, x, weight)
    assert_as_torch(norm, x, weight, bias)
    narrow = [a.astype(np.float32) for a in (x, weight, bias)]
    assert_as_torch(norm, *narrow, rtol=1e-5)


@every_norm
def test_gradcheck(norm, shape):
    arrays = values(2, 6, 3, 5), values(*shape, seed=1), values(*shape, seed=2)
    x, weight, bias = (tensor(a, requires_grad=True) for a in arrays)
    gradcheck(norm, [x, weight, bias])
    gradcheck(lambda x, b: norm(x, bias=b), [x, bias])  # PyTorch fails at this one


@pytest.mark.parametrize("shape", [(5, 6), (5, 6, 3), (5, 6, 3, 2)], ids=str)
def test_batch_norm_of_each_number_of_axes(shape):
    assert_as_torch(batch_norm, values(*shape), values(6, seed=1), values(6, seed=2))


@every_layout("layout")
@every_norm
def test_the_layout_in_memory_changes_no_number(norm, shape, layout):
    x, weight, bias = values(*IMAGES), values(*shape, seed=1), values(*shape, seed=2)
    g = values(*IMAGES, seed=3)
    results = []
    for arrange in (np.ascontiguousarray, layout):
        a = tensor(0.0)
        a.data = arrange(x)
        a.requires_grad_()
        y = norm(a, tensor(weight), tensor(bias))
        dx = y.vjps[0](arrange(g))
        results.append((y.data, dx))
    for plain, arranged in zip(*results, strict=True):
        np.testing.assert_allclose(plain, arranged, rtol=1e-12, atol=1e-13)


def test_batch_norm_keeps_the_layout_of_convolutions():
    x = tensor(0.0)
    x.data = batch_last(values(*IMAGES))
    x.requires_grad_()
    y = batch_norm(x)
    assert y.data.strides == x.data.strides
    assert y.vjps[0](batch_last(values(*IMAGES))).strides == x.data.strides
    assert y.vjps[0](values(*IMAGES)).strides == x.data.strides


@pytest.mark.parametrize("offset, rtol", [(0, 1e-5), (1e4, 2e-3)])
@every_norm
def test_single_precision_far_from_zero(norm, shape, offset, rtol):
    """An error of 1 in the last place of 1e4 is 1e-3 of a standard deviation."""
    x = (offset + values(*IMAGES)).astype(np.float32)
    exact = norm(torch.tensor(x.astype(float))).numpy()
    np.testing.assert_allclose(norm(tensor(x)).data, exact, rtol=0, atol=3 * rtol)


@every_norm
def test_nothing_remains_along_1_and_along_the_result(norm, shape):
    """g without its projections: the rows' means, and those weighted with x̂, are 0."""
    x = tensor(values(*IMAGES), requires_grad=True)
    y = norm(x)
    y.backward(values(*IMAGES, seed=1))
    size = np.abs(x.grad.data).sum()
    assert abs(x.grad.data.sum()) < 1e-13 * size
    assert abs((x.grad.data * y.data).sum()) < 1e-4 * size  # up to eps


@every_norm
@settings(max_examples=20, deadline=None)
@given(scale=st.floats(0.1, 100), shift=st.floats(-100, 100))
def test_stretching_and_shifting_the_input_changes_nothing(norm, shape, scale, shift):
    x = positive(*IMAGES)
    kwargs = {"rtol": 1e-6, "atol": 1e-6}
    exact = norm(tensor(x * 1e3)).data  # eps is nothing beside this variance
    stretched = norm(tensor((scale * x + shift) * 1e3)).data
    np.testing.assert_allclose(stretched, exact, **kwargs)


@settings(max_examples=20, deadline=None)
@given(a=st.floats(0.01, 100))
def test_with_batch_norm_the_scale_of_the_weights_does_not_matter(a):
    """f(aW) = f(W), and the gradient is 1/a as large."""
    x, w, g = tensor(values(8, 5)), values(4, 5, seed=1), values(8, 4, seed=2)
    results = []
    for scale in (1, a):
        weight = tensor(scale * w, requires_grad=True)
        y = functional.batch_norm(
            functional.linear(x, weight), None, None, training=True, eps=1e-14
        )
        y.backward(g)
        results.append((y.data, weight.grad.data * scale))
    for one, other in zip(*results, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-8, atol=1e-8)


# --------------------------------------------------------------------------- modules


def pair(name, *args, **kwargs):
    """The module of both engines, in float64, with equal random parameters."""
    theirs = getattr(torch.nn, name)(*args, **kwargs).double()
    rng = np.random.default_rng(0)
    with torch.no_grad():
        for p in theirs.parameters():
            p.copy_(torch.tensor(rng.uniform(0.5, 2, p.shape)))
    ours = getattr(nn, name)(*args, **kwargs).double()
    ours.load_state_dict(theirs.state_dict())
    return ours, theirs


@pytest.mark.parametrize("track", [True, False], ids=["running", "not running"])
@pytest.mark.parametrize("momentum", [0.1, 1.0, None], ids=str)
@pytest.mark.parametrize("affine", [True, False], ids=["affine", "not affine"])
@pytest.mark.parametrize(
    "name, shape", [("BatchNorm1d", (7, 4)), ("BatchNorm2d", (3, 4, 2, 5))]
)
def test_training_then_evaluation(name, shape, affine, momentum, track):
    ours, theirs = pair(
        name, 4, momentum=momentum, affine=affine, track_running_stats=track
    )
    assert list(ours.state_dict()) == list(theirs.state_dict())
    for seed in range(3):
        x = values(*shape, seed=seed) + seed
        assert_equal(ours(tensor(x)), theirs(torch.tensor(x)), 1e-12)
        for key, value in theirs.state_dict().items():
            assert_equal(ours.state_dict()[key], value, 1e-12)
    ours.eval()
    theirs.eval()
    before = {key: value.data.copy() for key, value in ours.state_dict().items()}
    assert_as_torch(
        lambda x: (theirs if isinstance(x, torch.Tensor) else ours)(x), values(*shape)
    )
    for p, q in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert_equal(p.grad, q.grad, 1e-12)
    for key, value in ours.state_dict().items():
        np.testing.assert_array_equal(value.data, before[key])


def test_evaluation_uses_the_moments_of_its_own_time():
    """The gradients are those of the forward pass, though the moments move after it."""
    norm = nn.BatchNorm1d(2).double().eval()
    x = tensor(values(3, 2), requires_grad=True)
    y = norm(x).sum()
    norm.running_mean[...] = norm.running_var[...] = 100
    y.backward()
    np.testing.assert_allclose(x.grad.data, 1, rtol=1e-5)
    np.testing.assert_allclose(norm.weight.grad.data, x.data.sum(0), rtol=1e-5)


@pytest.mark.parametrize(
    "name, args, kwargs, text",
    [
        (
            "BatchNorm2d",
            (3,),
            {},
            "3, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True",
        ),
        ("LayerNorm", (3,), {}, "(3,), eps=1e-05, elementwise_affine=True, bias=True"),
        ("LayerNorm", ((2, 3),), {"bias": False}, None),
        ("LayerNorm", (3,), {"elementwise_affine": False}, None),
        ("GroupNorm", (2, 4), {"eps": 1e-3}, "2, 4, eps=0.001, affine=True"),
        ("GroupNorm", (2, 4), {"affine": False}, None),
    ],
    ids=str,
)
def test_state_and_text(name, args, kwargs, text):
    ours, theirs = (getattr(e, name)(*args, **kwargs) for e in (nn, torch.nn))
    assert list(ours.state_dict()) == list(theirs.state_dict())
    for key, value in theirs.state_dict().items():
        assert_equal(ours.state_dict()[key], value, 0)
    if text:
        assert repr(ours) == f"{name}({text})"


@CURRENT_TORCH
@pytest.mark.parametrize(
    "options", [{}, {"bias": False}, {"elementwise_affine": False}]
)
def test_the_text_of_a_layer_norm_is_pytorchs(options):
    assert repr(nn.LayerNorm(3, **options)) == repr(torch.nn.LayerNorm(3, **options))


@pytest.mark.parametrize(
    "name, args, shape",
    [("LayerNorm", (5,), (4, 5)), ("GroupNorm", (2, 6), (4, 6, 3))],
)
def test_an_example_does_not_depend_on_its_batch(name, args, shape):
    norm = getattr(nn, name)(*args).double()
    x = values(*shape)
    np.testing.assert_allclose(norm(tensor(x[:1])).data, norm(tensor(x)).data[:1])


def test_a_batch_of_one_raises_in_training_only():
    norm = nn.BatchNorm1d(3)
    x = tensor(np.ones((1, 3), np.float32))
    with pytest.raises(ValueError, match=r"more than one value per channel.*\.eval"):
        norm(x)
    assert norm.eval()(x).shape == (1, 3)
    assert norm.running_mean.data.tolist() == [0, 0, 0]


def test_an_empty_batch_moves_no_moments():
    norm = nn.BatchNorm1d(3)
    assert norm(tensor(np.ones((0, 3), np.float32))).shape == (0, 3)
    assert norm.running_var.data.tolist() == [1, 1, 1]


# ------------------------------------------------------------------------- bad input


def ones(*shape, dtype=np.float32):
    return tensor(np.ones(shape, dtype))


BAD = [
    (lambda: functional.batch_norm(ones(3), None, None, training=True), r"\(N, C"),
    (lambda: functional.batch_norm(ones(2, 3), None, None), "running_mean"),
    (lambda: functional.batch_norm(ones(2, 3), ones(3), None), "for running_var$"),
    (lambda: functional.batch_norm(ones(2, 3), ones(4), ones(4)), "running_mean"),
    (lambda: functional.batch_norm(ones(2, 3), ones(3), ones(3), ones(2)), "weight"),
    (lambda: functional.batch_norm(ones(2, 3), ones(3), ones(3), eps=0), r"eps in \(0"),
    (lambda: functional.layer_norm(ones(2, 3), (4,)), r"\(4,\), got \(2, 3\)"),
    (lambda: functional.layer_norm(ones(2, 3), ()), "normalized_shape"),
    (lambda: functional.layer_norm(ones(2, 3), (3,), ones(2)), "weight"),
    (lambda: functional.layer_norm(ones(2, 3), (3,), bias=ones(2)), "bias"),
    (lambda: functional.layer_norm(ones(2, 3), (3,), eps=-1), "eps"),
    (lambda: functional.group_norm(ones(2), 1), r"\(N, C"),
    (lambda: functional.group_norm(ones(2, 4, 3), 3), "num_groups to divide"),
    (lambda: functional.group_norm(ones(2, 4), 0), "num_groups to be at least"),
    (lambda: functional.group_norm(ones(1, 3), 3), "more than one value per group"),
    (lambda: functional.group_norm(ones(2, 4), 2, eps=-1), "eps"),
    (lambda: nn.BatchNorm1d(0), "num_features to be at least 1"),
    (lambda: nn.BatchNorm1d(3)(ones(2, 3, 4, 5)), r"\(N, C\) or \(N, C, L\)"),
    (lambda: nn.BatchNorm2d(3)(ones(2, 3)), r"\(N, C, H, W\), got \(2, 3\)"),
    (lambda: nn.LayerNorm((2, -1)), "normalized_shape to be at least 1"),
    (lambda: nn.GroupNorm(3, 10), "num_groups to divide the 10 channels, got 3"),
    (lambda: nn.GroupNorm(2, 4)(ones(2, 6)), r"\(N, 4, \.\.\.\), got \(2, 6\)"),
]
WRONG_DTYPES = [
    lambda: functional.batch_norm(ones(2, 3, dtype=int), None, None, training=True),
    lambda: functional.layer_norm(ones(2, 3, dtype=int), (3,)),
    lambda: nn.BatchNorm1d(3)(ones(2, 3, dtype=float)),
    lambda: nn.LayerNorm(3)(ones(2, 3, dtype=float)),
    lambda: nn.GroupNorm(1, 3)(ones(2, 3, dtype=float)),
    lambda: functional.layer_norm(np.ones((2, 3)), (3,)),
    lambda: functional.layer_norm(ones(2, 3), (3,), np.ones(3)),
]


@pytest.mark.parametrize("bad, message", BAD, ids=range(len(BAD)))
def test_bad_input_is_named(bad, message):
    with no_grad(), pytest.raises(ValueError, match=message):
        bad()


@pytest.mark.parametrize("bad", WRONG_DTYPES, ids=range(len(WRONG_DTYPES)))
def test_wrong_dtypes_raise(bad):
    with pytest.raises(TypeError, match="expects"):
        bad()
