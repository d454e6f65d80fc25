"""Clipping, penalties and the proximal step, beside PyTorch's and their formulas."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcourse import nn, optim, tensor
from dlcourse.autograd import gradcheck

SHAPES = ((3, 4), (5,), (), (2, 1))


def parameters(scale=1.0, dtype=np.float64, seed=0):
    """The same parameters with gradients on both engines; the third one has none."""
    rng = np.random.default_rng(seed)
    ours, theirs = [], []
    for i, shape in enumerate(SHAPES):
        w, g = (np.asarray(rng.normal(size=shape), dtype) for _ in range(2))
        ours.append(nn.Parameter(tensor(w)))
        theirs.append(torch.nn.Parameter(torch.tensor(w)))
        if i != 2:
            ours[-1].grad = tensor(np.asarray(scale * g, dtype))
            theirs[-1].grad = torch.tensor(np.asarray(scale * g, dtype))
    return ours, theirs


def expect_equal_gradients(ours, theirs, rtol):
    assert ours[2].grad is None
    for p, q in zip(ours, theirs, strict=True):
        if q.grad is not None:
            assert p.grad.dtype == q.grad.numpy().dtype
            np.testing.assert_allclose(p.grad.data, q.grad.numpy(), rtol=rtol)


@pytest.mark.parametrize("norm_type", [2.0, 1, 3.5, float("inf")])
@pytest.mark.parametrize("max_norm", [0, 0.1, 3.0, 1e3])
@pytest.mark.parametrize("dtype, rtol", [(np.float64, 1e-12), (np.float32, 1e-6)])
def test_clipping_by_norm_is_pytorchs(norm_type, max_norm, dtype, rtol):
    ours, theirs = parameters(dtype=dtype)
    norm = nn.utils.clip_grad_norm_(ours, max_norm, norm_type)
    expected = torch.nn.utils.clip_grad_norm_(theirs, max_norm, norm_type)
    assert norm.dtype == dtype
    np.testing.assert_allclose(norm.data, expected.numpy(), rtol=rtol)
    expect_equal_gradients(ours, theirs, rtol)


@given(st.floats(1e-3, 1e3), st.floats(1e-3, 1e3))
@settings(max_examples=30, deadline=None)
def test_clipping_keeps_the_direction(scale, max_norm):
    ours, _ = parameters(scale)
    before = np.concatenate([p.grad.data.ravel() for p in ours if p.grad is not None])
    nn.utils.clip_grad_norm_((p for p in ours), max_norm)
    after = np.concatenate([p.grad.data.ravel() for p in ours if p.grad is not None])
    length = np.linalg.norm(after)
    assert length <= max_norm
    assert length >= min(max_norm, np.linalg.norm(before)) * (1 - 1e-2)
    cosine = after @ before / length / np.linalg.norm(before)
    assert cosine == pytest.approx(1)


@pytest.mark.parametrize("norm_type", [1, 2, 3.5, 8, float("inf")])
@pytest.mark.parametrize(
    "dtype, size",
    [
        (np.float32, 1e30),
        (np.float32, 1e-30),
        (np.float64, 1e200),
        (np.float64, 1e-200),
    ],
)
def test_no_power_of_a_gradient_leaves_the_range(dtype, size, norm_type):
    ours, _ = parameters()
    usual = [p.grad.data for p in ours if p.grad is not None]
    expected = np.linalg.norm(
        [np.linalg.norm(g.ravel(), norm_type) for g in usual], norm_type
    )
    ours, _ = parameters(size, dtype)
    norm = nn.utils.clip_grad_norm_(ours, 1e10 * size, norm_type)
    np.testing.assert_allclose(norm.item() / size, expected, rtol=1e-6)
    nn.utils.clip_grad_norm_(ours, size, norm_type)
    if size > 1:  # otherwise PyTorch's 1e-6 makes them 0
        for p, g in zip((p for p in ours if p.grad is not None), usual, strict=True):
            np.testing.assert_allclose(p.grad.data / size, g / expected, rtol=1e-6)


def test_a_norm_beyond_the_range_still_clips():
    w = tensor([0.0, 0.0], requires_grad=True)
    w.grad = tensor([3e38, 3e38])
    norm = nn.utils.clip_grad_norm_([w], 1.0)
    assert norm.item() == np.inf
    np.testing.assert_allclose(w.grad.data, 0.5**0.5, rtol=1e-6)


@pytest.mark.parametrize("value", [np.inf, np.nan])
def test_gradients_that_are_not_finite(value):
    ours, theirs = parameters()
    for p in (ours[1], theirs[1]):
        p.grad[0] = value
    with pytest.raises(RuntimeError, match="cannot be clipped"):
        nn.utils.clip_grad_norm_(ours, 1.0, error_if_nonfinite=True)
    nn.utils.clip_grad_norm_(ours, 1.0)
    torch.nn.utils.clip_grad_norm_(theirs, 1.0)
    expect_equal_gradients(ours, theirs, 1e-12)


@pytest.mark.parametrize("clip_value", [0, 0.3, 10])
def test_clipping_by_value_is_pytorchs(clip_value):
    ours, theirs = parameters()
    assert nn.utils.clip_grad_value_(ours, clip_value) is None
    torch.nn.utils.clip_grad_value_(theirs, clip_value)
    expect_equal_gradients(ours, theirs, 0)


def test_one_parameter_and_none():
    (p, *_), (q, *_) = parameters()
    assert nn.utils.clip_grad_norm_(p, 0.1).item() == pytest.approx(
        torch.nn.utils.clip_grad_norm_(q, 0.1).item()
    )
    nn.utils.clip_grad_value_(p, 0.01)
    assert np.abs(p.grad.data).max() <= 0.01
    p.grad = None
    assert nn.utils.clip_grad_norm_([p], 0.1).item() == 0


@pytest.mark.parametrize(
    "call, error, message",
    [
        (lambda u: u.clip_grad_norm_([], 1), ValueError, "already used up"),
        (lambda u: u.clip_grad_norm_([1.0], 1), TypeError, "Tensors, got float"),
        (lambda u: u.clip_grad_norm_([W], -1), ValueError, r"max_norm in \[0, "),
        (lambda u: u.clip_grad_value_([W], -1), ValueError, r"clip_value in \[0, "),
        (
            lambda u: u.clip_grad_value_([W], float("nan")),
            ValueError,
            r"clip_value in \[0, inf\], got nan",
        ),
    ],
)
def test_bad_input_to_clipping(call, error, message):
    with pytest.raises(error, match=message):
        call(nn.utils)


W = nn.Parameter(tensor([1.0, -2.0]))


# ---------------------------------------------------------------------- penalties


@pytest.mark.parametrize("p", [1, 2, 3, 1.5, 0.5])
def test_the_penalty_and_its_gradient(p):
    rng = np.random.default_rng(0)
    arrays = [rng.uniform(0.3, 2, s) * rng.choice([-1, 1], s) for s in ((3, 4), (5,))]
    ws = [tensor(a, requires_grad=True) for a in arrays]
    value = optim.penalty(iter(ws), p)
    expected = sum((np.abs(a) ** p).sum() for a in arrays)
    assert value.item() == pytest.approx(expected, rel=1e-12)
    gradcheck(lambda *ws: optim.penalty(ws, p), ws)
    theirs = [torch.tensor(a, requires_grad=True) for a in arrays]
    optim.penalty(theirs, p).backward()  # the same text on PyTorch
    value.backward()
    for w, reference in zip(ws, theirs, strict=True):
        np.testing.assert_allclose(w.grad.data, reference.grad, rtol=1e-12)


def test_half_the_penalty_is_weight_decay():
    rng = np.random.default_rng(0)
    a, b = (nn.Parameter(tensor(rng.normal(size=4))) for _ in range(2))
    b.data[...] = a.data
    plain = optim.SGD([a], lr=0.1, momentum=0.9)
    decaying = optim.SGD([b], lr=0.1, momentum=0.9, weight_decay=0.3)
    for _ in range(10):
        for w, optimizer in ((a, plain), (b, decaying)):
            loss = ((w - 1) * (w - 1)).sum()
            if w is a:
                loss = loss + 0.3 / 2 * optim.penalty([w])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    np.testing.assert_allclose(a.data, b.data, rtol=1e-12)


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=8), st.floats(0, 3))
@settings(max_examples=50, deadline=None)
def test_the_soft_threshold(values, threshold):
    w = tensor(np.array(values), requires_grad=True)
    before, version = w.data.copy(), w._version[0]
    optim.soft_threshold_([w], threshold)
    expected = np.sign(before) * np.maximum(np.abs(before) - threshold, 0)
    np.testing.assert_allclose(w.data, expected, atol=1e-12)
    assert (w.data[np.abs(before) <= threshold] == 0).all()
    assert w._version[0] > version


def test_the_proximal_step_finds_the_lasso_with_exact_zeros():
    """For an orthogonal design the lasso is the soft threshold of least squares."""
    rng = np.random.default_rng(0)
    q, _ = np.linalg.qr(rng.normal(size=(20, 6)))
    y = rng.normal(size=20)
    least_squares, strength, lr = q.T @ y, 0.5, 0.3
    w = tensor(np.zeros(6), requires_grad=True)
    optimizer = optim.SGD([w], lr=lr)
    for _ in range(200):
        error = tensor(q) @ w - tensor(y)
        optimizer.zero_grad()
        (0.5 * (error * error).sum()).backward()
        optimizer.step()
        optim.soft_threshold_([w], lr * strength)
    expected = np.sign(least_squares) * np.maximum(np.abs(least_squares) - strength, 0)
    np.testing.assert_allclose(w.data, expected, atol=1e-12)
    assert (w.data == 0).sum() == (np.abs(least_squares) <= strength).sum() > 0


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: optim.penalty([W], 0), r"p in \(0, inf\), got 0"),
        (lambda: optim.penalty([]), "already used up"),
        (lambda: optim.soft_threshold_([W], -1), r"threshold in \[0, inf\], got -1"),
    ],
)
def test_bad_input_to_penalties(call, message):
    with pytest.raises(ValueError, match=message):
        call()
