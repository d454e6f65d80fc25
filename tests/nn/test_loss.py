"""Losses beyond the two of every training loop: PyTorch's numbers, their meaning."""

import warnings

import numpy as np
import pytest
import torch
from against_torch import CURRENT_TORCH, assert_as_torch, values
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcourse import nn, tensor
from dlcourse.autograd import gradcheck
from dlcourse.nn import functional

RNG = np.random.default_rng(0)
LABELS, CLASSES = RNG.integers(0, 4, 6), 4
P = RNG.dirichlet(np.ones(CLASSES), 6)


def library(x):
    return torch.nn.functional if isinstance(x, torch.Tensor) else functional


def like(x, array):
    return torch.tensor(array) if isinstance(x, torch.Tensor) else tensor(array)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("name", ["l1_loss", "mse_loss", "kl_div"])
@pytest.mark.filterwarnings("ignore:reduction. .mean. divides")
def test_losses_of_pairs(name, reduction):
    f = lambda a, b: getattr(library(a), name)(a, b, reduction=reduction)  # noqa: E731
    assert_as_torch(f, values(3, 4), np.abs(values(3, 4, seed=2)))


def test_kl_div_is_the_mean_divergence_of_the_rows():
    q = RNG.dirichlet(np.ones(CLASSES), 6)

    def f(log_q, p):
        return library(p).kl_div(log_q, p, reduction="batchmean")

    assert_as_torch(f, np.log(q), P)
    by_hand = (P * np.log(P / q)).sum(axis=1).mean()
    assert f(tensor(np.log(q)), tensor(P)).item() == pytest.approx(by_hand, rel=1e-12)
    same = functional.kl_div(
        tensor(np.log(q)), tensor(np.log(P)), reduction="sum", log_target=True
    )
    assert same.item() == pytest.approx(6 * by_hand, rel=1e-12)


def test_kl_div_where_the_target_is_zero():
    p = np.array([[0.0, 1.0], [0.5, 0.5]])
    f = lambda x: library(x).kl_div(x, like(x, p), reduction="sum")  # noqa: E731
    assert_as_torch(f, np.log([[0.3, 0.7], [0.5, 0.5]]))


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_binary_cross_entropy(reduction):
    x, t = values(5, 3), (values(5, 3, seed=4) > 0).astype(float)
    p = 1 / (1 + np.exp(-x))

    def of_p(p, t):
        return library(p).binary_cross_entropy(p, t, reduction=reduction)

    def of_x(x, t):
        return library(x).binary_cross_entropy_with_logits(x, t, reduction=reduction)

    assert_as_torch(of_p, p, t)
    assert_as_torch(of_x, x, t)
    np.testing.assert_allclose(
        of_p(tensor(p), tensor(t)).data, of_x(tensor(x), tensor(t)).data
    )


def test_the_weight_of_the_positive_class():
    w = np.array([3.0, 0.5])

    def f(x, t):
        f = library(x).binary_cross_entropy_with_logits
        return f(x, t, pos_weight=like(x, w))

    assert_as_torch(f, values(4, 2), (values(4, 2, seed=1) > 0).astype(float))


def test_certain_and_wrong_is_finite():
    x, t = np.array([-1e4, 1e4, 0], np.float32), np.array([1, 0, 1], np.float32)
    f = lambda x: library(x).binary_cross_entropy_with_logits(x, like(x, t))  # noqa: E731
    of_p = lambda p: library(p).binary_cross_entropy(p, like(p, t))  # noqa: E731
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert_as_torch(f, x, rtol=1e-6)
        assert_as_torch(of_p, np.array([0, 1, 0.5], np.float32), rtol=1e-6)


CASES = {
    "plain": {},
    "weights": {"weight": np.array([1.0, 0.2, 3.0, 0.5])},
    "smoothing": {"label_smoothing": 0.2},
    "both": {"weight": np.array([1.0, 0.2, 3.0, 0.5]), "label_smoothing": 0.1},
}


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("kind", ["labels", "probabilities", "places", "one"])
def test_cross_entropy(kind, case, reduction):
    shapes = {"places": (2, 4, 3), "one": (4,)}
    places = RNG.integers(0, 4, (2, 3))
    targets = {"labels": LABELS, "probabilities": P, "places": places}
    target = targets.get(kind, np.array(2))

    def f(x):
        options = {
            k: like(x, v) if k == "weight" else v for k, v in CASES[case].items()
        }
        f = library(x).cross_entropy
        return f(x, like(x, target), reduction=reduction, **options)

    assert_as_torch(f, values(*shapes.get(kind, (6, 4))))


def test_the_extremes_of_every_cross_entropy():
    x = np.array([[1e4, -1e4, 0], [-1e4, 1e4, 1e4], [88, 89, -104]], np.float32)
    w, q = np.array([1, 2, 3], np.float32), np.full((3, 3), 1 / 3, np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for target in (np.array([1, 0, 2]), q):
            assert_as_torch(
                lambda x, target=target: library(x).cross_entropy(
                    x, like(x, target), weight=like(x, w), label_smoothing=0.1
                ),
                x,
                rtol=1e-6,
            )


def test_the_target_of_probabilities_has_a_gradient():
    f = lambda x, q: library(x).cross_entropy(x, q, label_smoothing=0.3)  # noqa: E731
    assert_as_torch(f, values(6, 4), P)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_nll_loss(reduction):
    w = np.array([1.0, 0.2, 3.0, 0.5])

    def f(x):
        return library(x).nll_loss(x, like(x, LABELS), like(x, w), reduction=reduction)

    assert_as_torch(f, values(6, 4))


@pytest.mark.parametrize("name", ["cross_entropy", "nll_loss"])
@pytest.mark.parametrize("weight", [None, tensor([1.0, 0.2, 3.0, 0.5])])
def test_labels_may_be_integers_of_32_bits(name, weight):
    x = tensor(np.float32(values(6, 4)), requires_grad=True)
    found = []
    for dtype in (np.int64, np.int32):
        getattr(functional, name)(x, tensor(LABELS.astype(dtype)), weight).backward()
        found.append(x.grad.numpy().tolist())
        x.grad = None
    assert found[0] == found[1]


@given(st.lists(st.floats(-30, 30), min_size=4, max_size=4))
@settings(max_examples=50)
def test_cross_entropy_is_nll_of_log_softmax_and_never_below_the_entropy(row):
    x, p = tensor(np.array([row])), tensor(P[:1])
    loss = functional.cross_entropy(x, p).item()
    entropy = -(P[0] * np.log(P[0])).sum()
    assert loss >= entropy - 1e-12
    hard = functional.cross_entropy(x, tensor([1])).item()
    log_p = functional.log_softmax(x, 1)
    assert hard == pytest.approx(functional.nll_loss(log_p, tensor([1])).item())


LOSSES = {
    "kl_div": lambda x: functional.kl_div(x, tensor(P), reduction="batchmean"),
    "binary_cross_entropy_with_logits": lambda x: (
        functional.binary_cross_entropy_with_logits(x, tensor(P))
    ),
    "cross_entropy, smoothed": lambda x: functional.cross_entropy(
        x, tensor(LABELS), label_smoothing=0.3
    ),
    "nll_loss": lambda x: functional.nll_loss(x, tensor(LABELS)),
}


@pytest.mark.parametrize("name", LOSSES)
def test_gradcheck_agrees(name):
    assert gradcheck(LOSSES[name], tensor(values(6, 4), requires_grad=True))


def test_a_weight_is_part_of_the_state_but_no_parameter():
    weight = np.ones(4, np.float32)
    for name in ("CrossEntropyLoss", "NLLLoss"):
        ours = getattr(nn, name)(weight=tensor(weight))
        theirs = getattr(torch.nn, name)(weight=torch.tensor(weight))
        assert list(ours.state_dict()) == list(theirs.state_dict()) == ["weight"]
        assert not list(ours.parameters())
    assert nn.BCEWithLogitsLoss(pos_weight=tensor(weight)).state_dict()


@pytest.mark.parametrize(
    "call, error, message",
    [
        (lambda x: functional.l1_loss(x, tensor([1.0])), ValueError, "equal shapes"),
        (
            lambda x: functional.binary_cross_entropy(x * 3, x),
            ValueError,
            "expects probabilities as input, got values from 3.0 to 3.0",
        ),
        (
            lambda x: functional.cross_entropy(x, tensor([0, 1]), label_smoothing=2),
            ValueError,
            r"label_smoothing in \[0, 1\], got 2",
        ),
        (
            lambda x: functional.cross_entropy(x, tensor([0, 1]), weight=tensor([1.0])),
            ValueError,
            r"weight \(3,\), got \(1,\)",
        ),
        (
            lambda x: functional.cross_entropy(x, tensor([0, 1]), "sum"),
            TypeError,
            "weight expects Tensors, got str",
        ),
        (lambda x: functional.nll_loss(x, tensor([0, 3])), ValueError, "0 to 2 for 3"),
        (
            lambda x: functional.nll_loss(x, tensor([0, 1], dtype=np.int16)),
            TypeError,
            r"indices \(int64\) as target, got int16",
        ),
        (
            lambda x: functional.nll_loss(tensor(np.ones((2, 3), int)), tensor([0, 1])),
            TypeError,
            "nll_loss expects floats, got int64",
        ),
        (
            lambda x: functional.cross_entropy(x, tensor([0, 1]), tensor(np.ones(3))),
            TypeError,
            "weight of float32, got float64",
        ),
        (
            lambda x: functional.cross_entropy(x, x / 3, weight=tensor([1.0])),
            ValueError,
            r"weight \(3,\), got \(1,\)",
        ),
        (
            lambda x: functional.binary_cross_entropy(x / 3, x * 2),
            ValueError,
            "probabilities as target, got values from 2.0 to 2.0",
        ),
        (
            lambda x: functional.binary_cross_entropy_with_logits(x, tensor([[1] * 3])),
            TypeError,
            "target expects floats, got int64",
        ),
        (
            lambda x: functional.binary_cross_entropy_with_logits(
                x, x, pos_weight=tensor([1.0, 1.0])
            ),
            ValueError,
            r"pos_weight for \(2, 3\), got \(2,\)",
        ),
        (
            lambda x: functional.kl_div(x, x, reduction="average"),
            ValueError,
            "or 'batchmean', got 'average'",
        ),
    ],
)
def test_bad_arguments(call, error, message):
    with pytest.raises(error, match=message):
        call(tensor(np.ones((2, 3), np.float32)))


@pytest.mark.parametrize(
    "name", ["MSELoss", "L1Loss", "BCELoss", "BCEWithLogitsLoss", "KLDivLoss"]
)
def test_the_reduction_is_given_by_name(name):
    """By position PyTorch's functions have another argument there."""
    with pytest.raises(TypeError, match="positional"):
        getattr(nn, name)("sum")
    assert getattr(nn, name)(reduction="sum").reduction == "sum"


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ["kl_div", "l1_loss", "mse_loss"])
@CURRENT_TORCH
def test_mixed_dtypes(name, dtype):
    a, b = values(2, 3).astype(dtype), np.abs(values(2, 3, seed=1)).astype(np.float32)
    f = lambda a, b: getattr(library(a), name)(a, b, reduction="sum")  # noqa: E731
    assert_as_torch(f, a, b, rtol=1e-5)
