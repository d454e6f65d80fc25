"""The distillation loss: against PyTorch, its limits, bad input."""

import numpy as np
import pytest
import torch
from against_torch import assert_as_torch, values

from dlcourse import tensor
from dlcourse.autograd import gradcheck
from dlcourse.compress import distillation_loss

LABELS = np.array([0, 2, 1, 1])


@pytest.mark.parametrize("T, alpha", [(1.0, 1.0), (4.0, 0.7), (20.0, 0.0)])
def test_the_distillation_loss(T, alpha):
    teacher = values(4, 3, seed=5)

    def f(x):
        if not isinstance(x, torch.Tensor):
            target = None if alpha == 1 else tensor(LABELS)
            return distillation_loss(x, tensor(teacher), target, T, alpha)
        F = torch.nn.functional
        p = F.softmax(torch.tensor(teacher) / T, 1)
        soft = F.kl_div(F.log_softmax(x / T, 1), p, reduction="batchmean")
        hard = F.cross_entropy(x, torch.tensor(LABELS))
        return alpha * T**2 * soft + (1 - alpha) * hard

    assert_as_torch(f, values(4, 3))


def test_at_high_temperature_the_student_matches_logits():
    # Hinton et al., eq. 4: the gradient tends to that of half the squared distance of
    # the logits, each set's mean taken off
    s, t = values(4, 3), values(4, 3, seed=5)
    student = tensor(s, requires_grad=True)
    distillation_loss(student, tensor(t), temperature=1e4, alpha=1.0).backward()
    apart = (s - s.mean(1, keepdims=True)) - (t - t.mean(1, keepdims=True))
    np.testing.assert_allclose(student.grad.data, apart / (3 * 4), rtol=1e-3)


@pytest.mark.parametrize("T", [1e3, 1e6, 1e9])
def test_at_any_temperature_the_loss_is_that_of_the_logits_in_the_limit(T):
    """Half the logits' variance apart; in float32 the usual sum gives any number."""
    s, t = values(4, 3).astype("f4"), values(4, 3, seed=5).astype("f4")
    student = tensor(s, requires_grad=True)
    loss = distillation_loss(student, tensor(t), temperature=T, alpha=1.0)
    loss.backward()
    apart = s.astype(float) - t
    apart -= apart.mean(1, keepdims=True)
    assert loss.dtype == np.float32
    assert loss.item() == pytest.approx(np.square(apart).mean(1).mean() / 2, rel=2e-3)
    np.testing.assert_allclose(student.grad.data, apart / (3 * 4), atol=200e-6)


@pytest.mark.parametrize("T", [1e-3, 1.0, 1e6])
def test_a_divergence_is_never_negative(T):
    rng = np.random.default_rng(0)
    for scale in (1e-6, 1e-3, 1.0, 50.0):
        t = rng.normal(size=(50, 10)).astype("f4")
        s = t + scale * rng.normal(size=t.shape).astype("f4")
        for row in range(50):
            pair = tensor(s[row : row + 1]), tensor(t[row : row + 1])
            loss = distillation_loss(*pair, temperature=T, alpha=1.0).item()
            assert 0 <= loss < np.inf


def test_gradcheck():
    teacher, labels = tensor(values(4, 3, seed=5)), tensor(LABELS)
    student = tensor(values(4, 3), requires_grad=True)
    assert gradcheck(lambda s: distillation_loss(s, teacher, labels), [student])


def test_the_teacher_gets_no_gradient_and_equal_logits_none_to_give():
    logits = values(4, 3)
    student, teacher = (tensor(logits + c, requires_grad=True) for c in (0, 7))
    loss = distillation_loss(student, teacher, alpha=1.0)
    loss.backward()
    assert teacher.grad is None
    assert abs(loss.item()) < 1e-12  # one distribution: a shift of logits is nothing
    np.testing.assert_allclose(student.grad.data, 0, atol=1e-12)


@pytest.mark.parametrize(
    "options, message",
    [
        ({"temperature": 0}, r"expects temperature in \(0, inf\), got 0"),
        ({"temperature": np.nan}, r"expects temperature in \(0, inf\), got nan"),
        ({"temperature": np.inf}, r"expects temperature in \(0, inf\), got inf"),
        ({"temperature": "4"}, r"expects temperature in \(0, inf\), got '4'"),
        ({"alpha": 1.5}, r"expects alpha in \[0, 1\], got 1.5"),
        ({"alpha": -0.1}, r"expects alpha in \[0, 1\], got -0.1"),
        ({"alpha": 0.5}, "expects a target where alpha=0.5 is not 1"),
        ({"student": tensor([1.0])}, r"student \(N, K\), got \(1,\)"),
        ({"teacher": tensor([[1.0]]), "alpha": 1}, "equal shapes"),
        (
            {
                "teacher": tensor(values(0, 3)),
                "student": tensor(values(0, 3)),
                "alpha": 1,
            },
            "equal shapes with examples",
        ),
        ({"target": tensor([0, 3])}, "labels from 0 to 2"),
    ],
    ids=range(11),
)
def test_bad_arguments(options, message):
    logits = {"student": tensor(values(2, 3)), "teacher": tensor(values(2, 3))}
    with pytest.raises(ValueError, match=message):
        distillation_loss(**logits | options)


def test_arrays_are_refused():
    with pytest.raises(TypeError, match="distillation_loss expects Tensors, got nda"):
        distillation_loss(tensor(values(2, 3)), values(2, 3), alpha=1.0)


def test_integers_are_refused():
    logits = tensor(np.ones((2, 3), int))
    for pair in (logits, tensor(values(2, 3))), (tensor(values(2, 3)), logits):
        with pytest.raises(TypeError, match="distillation_loss expects floats, got in"):
            distillation_loss(*pair, alpha=1.0)
