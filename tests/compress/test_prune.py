"""Masks: against PyTorch's, and through training."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from against_torch import values
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.utils import prune as torch_prune

import dlcourse
from dlcourse import nn, optim, tensor
from dlcourse.compress import (
    Pruned,
    magnitude_masks,
    random_masks,
    structured_mask,
)


def twins(*sizes):
    dlcourse.manual_seed(0)
    pairs = list(pairwise(sizes))
    ours = [nn.Linear(n, m) for n, m in pairs]
    theirs = [torch.nn.Linear(n, m) for n, m in pairs]
    for a, b in zip(ours, theirs, strict=True):
        b.load_state_dict({k: torch.tensor(v.data) for k, v in a.state_dict().items()})
    return ours, theirs


@given(
    st.floats(0, 1),
    st.integers(1, 30),
    st.integers(1, 30),
    st.booleans(),
    st.booleans(),
)
@settings(max_examples=80)
def test_exactly_the_asked_share_goes(sparsity, n, m, over_all, by_chance):
    weights = [tensor(values(n, 3)), tensor(np.zeros((m, 2)))]  # ties, too
    if by_chance:
        masks = random_masks(weights, sparsity, np.random.default_rng(0), over_all)
    else:
        masks = magnitude_masks(weights, sparsity, over_all)
    gone = [int((~mask).sum()) for mask in masks]
    if over_all:
        assert sum(gone) == round(sparsity * (3 * n + 2 * m))
    else:
        assert gone == [round(sparsity * 3 * n), round(sparsity * 2 * m)]


@given(
    st.floats(0, 1), st.integers(1, 12), st.integers(0, 3), st.sampled_from([1, 2, 3.5])
)
@settings(max_examples=80)
def test_exactly_the_asked_share_of_slices_goes_the_smallest(sparsity, n, axis, p):
    w = np.moveaxis(values(n, 2, 1, 3), 0, axis)
    mask = structured_mask(tensor(w), sparsity, p, axis)
    slices = np.moveaxis(mask, axis, 0).reshape(n, -1)
    kept = slices.all(axis=1)
    np.testing.assert_array_equal(kept, slices.any(axis=1))  # whole or not at all
    assert (~kept).sum() == round(sparsity * n)
    norms = np.linalg.norm(np.moveaxis(w, axis, 0).reshape(n, -1), p, axis=1)
    assert norms[~kept].max(initial=0) <= norms[kept].min(initial=np.inf)


def test_slices_are_measured_by_their_euclidean_length_along_the_first_axis():
    rows = tensor(
        [[3.0, 0.0, 0.0], [2.0, 2.0, 2.0]]
    )  # of order 3 the second is shorter
    assert structured_mask(rows, 0.5).tolist() == [[False] * 3, [True] * 3]


@pytest.mark.parametrize("sparsity", [0.0, 0.3, 0.75, 1.0])
def test_pytorch_s_masks(sparsity):
    ours, theirs = twins(7, 9, 5)
    weights = [layer.weight for layer in ours]
    for mask, layer in zip(magnitude_masks(weights, sparsity), theirs, strict=True):
        torch_prune.l1_unstructured(layer, "weight", sparsity)
        np.testing.assert_array_equal(mask, layer.weight_mask.numpy())
    _, theirs = twins(7, 9, 5)
    torch_prune.global_unstructured(
        [(layer, "weight") for layer in theirs],
        torch_prune.L1Unstructured,
        amount=sparsity,
    )
    for mask, layer in zip(
        magnitude_masks(weights, sparsity, True), theirs, strict=True
    ):
        np.testing.assert_array_equal(
            mask, getattr(layer, "weight_mask", layer.weight * 0 + 1).detach().numpy()
        )


@pytest.mark.parametrize("p", [1, 2, float("inf")])
@pytest.mark.parametrize("axis", [0, 1])
def test_pytorch_s_structures(p, axis):
    (ours,), (theirs,) = twins(6, 8)
    torch_prune.ln_structured(theirs, "weight", amount=0.5, n=p, dim=axis)
    mask = structured_mask(ours.weight, 0.5, p, axis)
    np.testing.assert_array_equal(mask, theirs.weight_mask.numpy())


def train(model, optimizer, steps=15):
    rng = np.random.default_rng(1)
    library = nn if isinstance(model, nn.Module) else torch.nn
    make = tensor if isinstance(model, nn.Module) else torch.tensor
    for _ in range(steps):
        x, y = rng.normal(size=(8, 7)).astype(np.float32), rng.integers(0, 5, 8)
        optimizer.zero_grad()
        library.functional.cross_entropy(model(make(x)), make(y)).backward()
        optimizer.step()


@pytest.mark.parametrize("name", ["SGD", "Adam"])
def test_training_respects_the_masks_as_pytorch_s_does(name):
    ours, theirs = twins(7, 9, 5)
    settings = {"lr": 0.05} | (
        {"momentum": 0.9, "weight_decay": 0.01} if name == "SGD" else {}
    )
    model = nn.Sequential(ours[0], nn.Tanh(), ours[1])
    twin = torch.nn.Sequential(theirs[0], torch.nn.Tanh(), theirs[1])
    weights = [layer.weight for layer in ours]
    pruned = Pruned(weights, magnitude_masks(weights, 0.6))
    assert pruned.sparsity == pytest.approx(0.6, abs=0.01)
    optimizer = pruned.follow(getattr(optim, name)(model.parameters(), **settings))
    for layer in theirs:
        torch_prune.l1_unstructured(layer, "weight", 0.6)
    train(model, optimizer)
    train(twin, getattr(torch.optim, name)(twin.parameters(), **settings))
    for layer, reference, mask in zip(ours, theirs, pruned.masks, strict=True):
        expected = (reference.weight_orig * reference.weight_mask).detach().numpy()
        np.testing.assert_allclose(layer.weight.data, expected, atol=2e-6)
        assert not layer.weight.data[~mask].any()


def test_momentum_from_before_cannot_bring_a_weight_back():
    ours, _ = twins(7, 9, 5)
    model = nn.Sequential(ours[0], nn.Tanh(), ours[1])
    optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    train(model, optimizer)
    pruned = Pruned([ours[0].weight], magnitude_masks([ours[0].weight], 0.5))
    pruned.follow(optimizer)
    train(model, optimizer, steps=3)
    assert not ours[0].weight.data[~pruned.masks[0]].any()


def test_undo():
    (layer,), _ = twins(4, 3)
    before = layer.weight.data.copy()
    pruned = Pruned([layer.weight], magnitude_masks([layer.weight], 0.5))
    assert (layer.weight.data == 0).sum() == 6
    pruned.undo()
    np.testing.assert_array_equal(layer.weight.data, before)


def test_one_tensor_and_a_generator_of_them_are_parameters():
    ours, _ = twins(7, 9, 5)
    weights = [layer.weight for layer in ours]
    for masks in (
        magnitude_masks(weights[0], 0.5),
        magnitude_masks((w for w in weights[:1]), 0.5),
    ):
        np.testing.assert_array_equal(*masks, *magnitude_masks(weights[:1], 0.5))
    assert Pruned(weights[0], masks).sparsity == pytest.approx(32 / 63)


def test_random_masks_are_drawn_from_rng_alone():
    ours, _ = twins(7, 9)
    weights = [ours[0].weight]
    first, again, other = (random_masks(weights, 0.5, seed)[0] for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    generator = np.random.default_rng(1)
    np.testing.assert_array_equal(first, random_masks(weights, 0.5, generator)[0])
    assert (first != random_masks(weights, 0.5, generator)[0]).any()  # it went on


def test_the_tape_notices_what_pruning_changed():
    (layer,), _ = twins(4, 3)
    pruned = Pruned([layer.weight], [np.ones((3, 4))])
    for change in (pruned.apply, pruned.undo):
        y = (layer.weight * layer.weight).sum()
        change()
        with pytest.raises(RuntimeError, match="changed in place"):
            y.backward()


W = tensor(values(3, 4))


@pytest.mark.parametrize(
    "call, error, message",
    [
        (lambda: magnitude_masks(W, 1.2), ValueError, r"sparsity in \[0, 1\], got 1.2"),
        (lambda: magnitude_masks(W, -0.1), ValueError, "sparsity .* got -0.1"),
        (lambda: magnitude_masks(W, np.nan), ValueError, "sparsity .* got nan"),
        (lambda: magnitude_masks(W, "0.5"), ValueError, "sparsity .* got '0.5'"),
        (lambda: magnitude_masks([], 0.5), ValueError, "expects parameters, got none"),
        (lambda: magnitude_masks([W.data], 0.5), TypeError, "Tensors, got ndarray"),
        (lambda: magnitude_masks(W, 0.5, "all"), TypeError, "over_all to be True or"),
        (lambda: random_masks(W, 2, 0), ValueError, "sparsity .* got 2"),
        (lambda: structured_mask(W, 2), ValueError, "sparsity .* got 2"),
        (lambda: structured_mask(W, 0.5, 0), ValueError, r"p in \(0, inf\], got 0"),
        (lambda: structured_mask(W, 0.5, "2"), ValueError, "p in .* got '2'"),
        (
            lambda: structured_mask(W, 0.5, axis=2),
            IndexError,
            "axis from -2 to 1, got 2",
        ),
        (lambda: structured_mask(W.data, 0.5), TypeError, "Tensors, got ndarray"),
        (lambda: Pruned([W], [np.ones(3)]), ValueError, r"masks \[\(3, 4\)\], got"),
        (lambda: Pruned([W], []), ValueError, r"expects masks .* got \[\]"),
        (lambda: Pruned([W], [W.data]), ValueError, "masks of 0 and 1 only"),
        (lambda: Pruned([], []), ValueError, "expects parameters, got none"),
        (lambda: Pruned([W.data], [W.data]), TypeError, "Tensors, got ndarray"),
    ],
    ids=range(18),
)
def test_bad_arguments(call, error, message):
    before = W.data.copy()
    with pytest.raises(error, match=message):
        call()
    np.testing.assert_array_equal(W.data, before)
