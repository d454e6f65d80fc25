"""Dropout of units, channels and connections: given masks, and in the mean."""

import numpy as np
import pytest
import torch
from against_torch import assert_equal, values
from hypothesis import given, settings
from hypothesis import strategies as st

import dlcourse
from dlcourse import nn, no_grad, tensor
from dlcourse.autograd import gradcheck
from dlcourse.nn import functional as F

MODULES = {  # a module with p; the shape of its input
    "Dropout": (nn.Dropout, (6, 5)),
    "Dropout2d": (nn.Dropout2d, (6, 5, 2, 3)),
    "DropConnect": (lambda p: nn.DropConnect(5, 4, p=p), (6, 5)),
}
every_module = pytest.mark.parametrize("make, shape", MODULES.values(), ids=MODULES)


def ones(*shape):
    return tensor(np.ones(shape, np.float32))


@pytest.mark.parametrize("p", [0, 0.25, 0.5, 1])
@pytest.mark.parametrize(
    "name, shape", [("dropout", (20, 30)), ("dropout2d", (6, 5, 2, 3))]
)
def test_equal_to_pytorch_given_its_mask(name, shape, p):
    x, g = values(*shape), values(*shape, seed=1)
    theirs = torch.tensor(x, requires_grad=True)
    expected = getattr(torch.nn.functional, name)(theirs, p)
    expected.backward(torch.tensor(g))
    mask = (expected != 0).numpy()
    mask = mask[:, :, :1, :1] if name == "dropout2d" else mask
    ours = tensor(x, requires_grad=True)
    y = getattr(F, name)(ours, p, mask=mask)
    y.backward(g)
    assert_equal(y, expected, 1e-15)
    assert_equal(ours.grad, theirs.grad, 1e-15)


@pytest.mark.parametrize("each", [False, True], ids=["one mask", "one per example"])
def test_drop_connect_against_linear_layers(each):
    """Example by example: a Linear whose weights the mask has changed."""
    x, w, b = values(6, 5), values(4, 5, seed=1), values(4, seed=2)
    mask = values(*((6, 4, 5) if each else (4, 5)), seed=3) > 0
    y = F.drop_connect(*map(tensor, (x, w, b)), p=0.25, mask=mask)
    for i, row in enumerate(x):
        kept = mask[i] if each else mask
        np.testing.assert_allclose(y.data[i], row @ (w * kept / 0.75).T + b)
    for arrays in ((x, w, b), (x, w)):
        gradcheck(
            lambda *a: F.drop_connect(*a, p=0.25, mask=mask),
            [tensor(a, requires_grad=True) for a in arrays],
        )


@pytest.mark.parametrize(
    "mask_shape, make",
    [((6, 5), nn.Dropout), ((6, 5, 1), nn.Dropout2d)],
    ids=["Dropout", "Dropout2d"],
)
def test_gradcheck(mask_shape, make):
    module, x = make(0.4), values(*mask_shape[:2], 3)[: len(mask_shape)]
    x = values(6, 5, 3) if len(mask_shape) == 3 else values(6, 5)
    module.mask = values(*mask_shape, seed=1) > 0
    gradcheck(module, tensor(x, requires_grad=True))


# -------------------------------------------------------------------------- the masks


def test_every_entry_is_0_or_divided_by_what_stays():
    dlcourse.manual_seed(0)
    y = nn.Dropout(0.2)(ones(100, 100)).data
    assert y.dtype == np.float32
    assert set(np.unique(y)) == {0, np.float32(1.25)}


def test_whole_channels_are_dropped():
    dlcourse.manual_seed(0)
    y = nn.Dropout2d(0.5)(ones(10, 20, 3, 4)).data
    assert (y == y[:, :, :1, :1]).all()
    assert 0.3 < (y[:, :, 0, 0] == 0).mean() < 0.7
    assert len({row.tobytes() for row in y}) == 10  # a mask for each example


@pytest.mark.parametrize("arrange", ["NCHW", "CHWN"])
@pytest.mark.parametrize("make", [nn.Dropout, nn.Dropout2d])
def test_the_layout_in_memory_is_kept(make, arrange):
    x = ones(4, 3, 5, 6)
    if arrange == "CHWN":
        x.data = np.ones((3, 5, 6, 4), np.float32).transpose(3, 0, 1, 2)
    y = make(0.5)(x)
    assert y.data.strides == x.data.strides


@every_module
def test_a_seed_gives_the_mask_and_each_forward_a_new_one(make, shape):
    module, x = make(0.5), ones(*shape)
    results = []
    for seed in (1, 1, 2):
        dlcourse.manual_seed(seed)
        results.append((module(x).data, module(x).data))
    (a, b), (c, d), (e, _) = results
    assert (a == c).all() and (b == d).all()
    assert (a != b).any() and (a != e).any()


@settings(max_examples=15, deadline=None)
@given(p=st.floats(0.05, 0.95), seed=st.integers(0, 10))
@pytest.mark.parametrize("name", ["dropout", "dropout2d"])
def test_the_mean_is_kept(name, p, seed):
    """Within five standard errors: one entry's variance is p / (1 - p)."""
    dlcourse.manual_seed(seed)
    n = 20_000
    x = ones(200, 100) if name == "dropout" else ones(200, 100, 1, 1)
    y = getattr(F, name)(x, p).data
    assert abs(y.mean() - 1) < 5 * np.sqrt(p / (1 - p) / n)
    assert abs((y == 0).mean() - p) < 5 * np.sqrt(p * (1 - p) / n)


def test_the_mean_of_drop_connect_is_the_linear_layer():
    dlcourse.manual_seed(0)
    layer, x = nn.DropConnect(5, 4).double(), tensor(values(3, 5))
    with no_grad():
        samples = np.array([layer(x).data for _ in range(2000)])
        exact = layer.eval()(x).data
    error = samples.std(0) / np.sqrt(len(samples))
    assert (np.abs(samples.mean(0) - exact) < 5 * error).all()


@every_module
def test_evaluation_drops_nothing(make, shape):
    module, x = make(0.9).eval(), ones(*shape)
    if isinstance(module, nn.Linear):
        expected = F.linear(x, module.weight, module.bias)
    else:
        expected = x
    np.testing.assert_array_equal(module(x).data, expected.data)


@every_module
def test_p_of_0_and_of_1(make, shape):
    x = ones(*shape)
    nothing, all_of_it = make(0), make(1)
    np.testing.assert_array_equal(nothing(x).data, nothing.eval()(x).data)
    x.requires_grad_()
    y = all_of_it(x)
    bias = getattr(all_of_it, "bias", None)
    assert (y.data == (0 if bias is None else bias.data)).all()
    y.sum().backward()
    assert not x.grad.data.any()


def test_drop_connect_is_a_linear_layer():
    layer = nn.DropConnect(5, 4, bias=False, p=0.3)
    assert list(layer.state_dict()) == ["weight"]
    assert (
        repr(layer) == "DropConnect(in_features=5, out_features=4, bias=False, p=0.3)"
    )
    assert repr(nn.Dropout(0.3)) == "Dropout(p=0.3)"


# -------------------------------------------------------------------------- bad input


@pytest.mark.parametrize("p", [-0.1, 1.1, float("nan")])
@every_module
def test_p_is_a_probability(make, shape, p):
    with pytest.raises(ValueError, match=r"p in \[0, 1\], got"):
        make(p)


@pytest.mark.parametrize(
    "bad, error, message",
    [
        (lambda: F.dropout(ones(3), 2), ValueError, r"p in \[0, 1\], got 2"),
        (lambda: F.dropout(np.ones(3)), TypeError, "Tensors, got ndarray"),
        (lambda: F.dropout(tensor([1, 2])), TypeError, "floats, got int64"),
        (lambda: F.dropout2d(ones(2, 3)), ValueError, r"\(N, C, H, W\), got \(2, 3\)"),
        (
            lambda: F.dropout(ones(2, 3), mask=np.ones(2)),
            ValueError,
            r"mask \(2, 3\), got \(2,\)",
        ),
        (
            lambda: F.dropout2d(ones(2, 3, 4, 4), mask=np.ones((2, 3))),
            ValueError,
            r"mask \(2, 3, 1, 1\), got \(2, 3\)",
        ),
        (
            lambda: F.drop_connect(ones(2, 3), ones(4, 3), mask=np.ones((2, 3))),
            ValueError,
            r"mask \(4, 3\), got \(2, 3\)",
        ),
        (lambda: nn.DropConnect(3, 4)(ones(2, 5)), ValueError, r"\(N, 3\), got"),
    ],
    ids=range(8),
)
def test_bad_input_is_named(bad, error, message):
    with pytest.raises(error, match=message):
        bad()
