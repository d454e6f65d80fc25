"""Masks: against PyTorch's, and through training."""

import copy
import pickle
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
    make_permanent,
    masked,
    n_of_m_mask,
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


def train(model, optimizer, steps=15, clip=None):
    """Returns the gradients' norms, before clipping."""
    norms = []
    rng = np.random.default_rng(1)
    library = nn if isinstance(model, nn.Module) else torch.nn
    make = tensor if isinstance(model, nn.Module) else torch.tensor
    for _ in range(steps):
        x, y = rng.normal(size=(8, 7)).astype(np.float32), rng.integers(0, 5, 8)
        optimizer.zero_grad()
        library.functional.cross_entropy(model(make(x)), make(y)).backward()
        if clip:
            parameters = list(model.parameters())
            norms.append(library.utils.clip_grad_norm_(parameters, clip).item())
        optimizer.step()
    return norms


def pruned_pair(sparsity=0.6):
    """A masked model, the plain one that it was made of, and PyTorch's twin."""
    ours, theirs = twins(7, 9, 5)
    model = nn.Sequential(ours[0], nn.Sequential(nn.Tanh(), ours[1]))
    twin = torch.nn.Sequential(theirs[0], torch.nn.Tanh(), theirs[1])
    weights = {k: p for k, p in model.named_parameters() if p.ndim > 1}
    masks = magnitude_masks(weights.values(), sparsity)
    for layer in theirs:
        torch_prune.l1_unstructured(layer, "weight", sparsity)
    return masked(model, dict(zip(weights, masks, strict=True))), model, twin


@pytest.mark.parametrize("clip", [None, 0.05])
@pytest.mark.parametrize("name", ["SGD", "Adam"])
def test_training_under_masks_is_pytorch_s(name, clip):
    settings = {"lr": 0.05} | (
        {"momentum": 0.9, "weight_decay": 0.01} if name == "SGD" else {}
    )
    model, plain, twin = pruned_pair()
    assert model[0].sparsity == pytest.approx(0.6, abs=0.01)
    assert "weight: 60.3% gone" in repr(model)
    optimizers = (
        getattr(optim, name)(plain.parameters(), **settings),
        getattr(torch.optim, name)(twin.parameters(), **settings),
    )
    norms = [
        train(*pair, clip=clip) for pair in zip((model, twin), optimizers, strict=True)
    ]
    np.testing.assert_allclose(*norms, rtol=1e-4)  # of pruned weights there is none
    permanent = make_permanent(model)
    for ours, before, theirs in (
        (permanent[0], plain[0], twin[0]),
        (permanent[1][1], plain[1][1], twin[2]),
    ):
        np.testing.assert_allclose(
            before.weight.data, theirs.weight_orig.detach(), atol=2e-6
        )
        torch_prune.remove(theirs, "weight")
        assert type(ours) is nn.Linear
        np.testing.assert_allclose(ours.weight.data, theirs.weight.detach(), atol=2e-6)
        np.testing.assert_array_equal(ours.weight.data == 0, theirs.weight == 0)


def test_momentum_from_before_cannot_bring_a_weight_back():
    ours, _ = twins(7, 9, 5)
    model = nn.Sequential(ours[0], nn.Tanh(), ours[1])
    optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    train(model, optimizer)
    (mask,) = magnitude_masks(ours[0].weight, 0.5)
    model = masked(model, {"0.weight": mask})
    train(model, optimizer, steps=3)
    assert not make_permanent(model)[0].weight.data[~mask].any()


def pickled(model):
    return pickle.loads(pickle.dumps(model))


@pytest.mark.parametrize("copied", [copy.deepcopy, pickled])
def test_a_copy_is_pruned_too_and_has_its_own_parts(copied):
    model, plain, _ = pruned_pair()
    twin = copied(model)
    before = {k: v.data.copy() for k, v in model.state_dict().items()}
    train(twin, optim.SGD(twin.parameters(), lr=0.1, momentum=0.9))
    for name, value in model.state_dict().items():
        np.testing.assert_array_equal(value.data, before[name])
    assert (make_permanent(twin)[0].weight.data != plain[0].weight.data).any()
    gone = model[0].weight_mask.data == 0
    assert not make_permanent(twin)[0].weight.data[gone].any()


def test_masks_are_part_of_the_state():
    model, _, _ = pruned_pair(0.6)
    other, _, _ = pruned_pair(0.2)
    other.load_state_dict(model.state_dict())
    x = tensor(values(3, 7).astype(np.float32))
    np.testing.assert_array_equal(other(x).data, model(x).data)


def test_the_plain_model_stays_as_it_is():
    model, plain, _ = pruned_pair()
    assert all(p.data.all() for p in plain.parameters())
    assert model[0].layer.weight is plain[0].weight
    model.eval()
    assert plain.training and plain[1].training and plain[0].training


def test_any_parameter_of_any_layer():
    dlcourse.manual_seed(0)
    rnn = nn.LSTM(3, 4)
    (mask,) = magnitude_masks(rnn.weight_hh_l0, 0.5)
    x = tensor(values(5, 2, 3).astype(np.float32))
    pruned = masked(rnn, {"weight_hh_l0": mask})
    got, _ = pruned(x)
    got.sum().backward()
    assert not rnn.weight_hh_l0.grad.data[~mask].any()
    rnn.weight_hh_l0.data *= mask
    np.testing.assert_array_equal(got.data, rnn(x)[0].data)


def test_one_tensor_and_a_generator_of_them_are_parameters():
    ours, _ = twins(7, 9, 5)
    weights = [layer.weight for layer in ours]
    for masks in (
        magnitude_masks(weights[0], 0.5),
        magnitude_masks((w for w in weights[:1]), 0.5),
    ):
        np.testing.assert_array_equal(*masks, *magnitude_masks(weights[:1], 0.5))
    assert Pruned(ours[0], weight=masks[0]).sparsity == pytest.approx(32 / 63)


def test_random_masks_are_drawn_from_rng_alone():
    ours, _ = twins(7, 9)
    weights = [ours[0].weight]
    first, again, other = (random_masks(weights, 0.5, seed)[0] for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    generator = np.random.default_rng(1)
    np.testing.assert_array_equal(first, random_masks(weights, 0.5, generator)[0])
    assert (first != random_masks(weights, 0.5, generator)[0]).any()  # it went on


def norms_in_float64(w, p):
    w = np.abs(w.astype(float)).reshape(len(w), -1)
    largest = w.max(axis=1, keepdims=True)
    return np.log(largest[:, 0]) + np.log(((w / largest) ** p).sum(axis=1)) / p


@pytest.mark.parametrize("size", [1e-30, 1e-24, 1.0, 1e24, 1e36])
@pytest.mark.parametrize("p", [0.01, 0.5, 1, 2, 8, 100])
def test_rows_are_compared_whatever_their_size(size, p):
    """The p-th powers leave the range of float32 on both sides."""
    w = np.random.default_rng(3).permuted(np.outer(np.arange(1, 9), [1, 0.5, 0.2]))
    w = (size * w).astype(np.float32)
    kept = structured_mask(tensor(w), 0.5, p)[:, 0]
    lowest = np.argsort(norms_in_float64(w, p))[:4]
    assert sorted(np.flatnonzero(~kept)) == sorted(lowest)


def test_rows_of_zeros_go_first():
    w = np.array([[1e-30, 0], [0, 0], [1, 1]], np.float32)
    assert structured_mask(tensor(w), 1 / 3)[:, 0].tolist() == [True, False, True]


W, L = tensor(values(3, 4)), nn.Linear(4, 3)


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
        (lambda: Pruned(L, weight=np.ones(3)), ValueError, r"mask \(3, 4\) for 'wei"),
        (lambda: magnitude_masks(W * np.nan, 0.5), ValueError, "weights, got nan"),
        (lambda: structured_mask(W * np.nan, 0.5), ValueError, "weights, got nan"),
        (
            lambda: magnitude_masks(tensor(np.array([-128, 1], np.int8)), 0.5),
            TypeError,
            "pruning expects floats, got int8",
        ),
        (lambda: Pruned(L), ValueError, "expects masks, such as weight=mask, got none"),
        (lambda: Pruned(L, weight=W.data), ValueError, "of 0 and 1 for 'weight'"),
        (lambda: Pruned(L, w=W.data), ValueError, "Linear has no parameter 'w'"),
        (lambda: Pruned(W, weight=W.data), TypeError, "class Module, got Tensor"),
        (lambda: masked(L, {"0.weight": W.data}), ValueError, r"no layer \['0'\] to"),
        (lambda: masked(L, [W.data]), TypeError, "masks of class dict, got list"),
    ],
    ids=range(23),
)
def test_bad_arguments(call, error, message):
    before = W.data.copy()
    with pytest.raises(error, match=message):
        call()
    np.testing.assert_array_equal(W.data, before)


# --------------------------------------------------------------------------- n of m


@pytest.mark.parametrize("shape", [(3, 8), (2, 4, 3), (3, 8, 3, 2)])
@pytest.mark.parametrize(("n", "m"), [(2, 4), (1, 2), (1, 4)])
def test_n_of_m_as_pytorchs_sparsifier(shape, n, m):
    """Its blocks lie along a matrix's columns: each place of a kernel is a matrix."""
    from torch.ao.pruning import WeightNormSparsifier

    w = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    kept = n_of_m_mask(tensor(w), n, m)
    for place in np.ndindex(shape[2:]):
        at = (slice(None), slice(None), *place)
        layer = torch.nn.Linear(shape[1], shape[0])
        layer.weight.data = torch.tensor(w[at])
        theirs = WeightNormSparsifier(1.0, (1, m), m - n)
        theirs.prepare(torch.nn.Sequential(layer), [{"tensor_fqn": "0.weight"}])
        theirs.step()
        mask = layer.parametrizations.weight[0].mask.numpy() > 0
        assert kept[at].tolist() == mask.tolist()


def test_n_of_m_refuses_what_it_can_t_divide():
    for shape, n, m in [((3, 6), 2, 4), ((4,), 2, 4), ((3, 8), 5, 4)]:
        with pytest.raises(ValueError, match="multiple of m"):
            n_of_m_mask(tensor(np.ones(shape)), n, m)
