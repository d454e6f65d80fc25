"""Costs, files, and the distillation loss."""

import numpy as np
import pytest
import torch
from against_torch import assert_as_torch, values
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcourse import nn, tensor
from dlcourse.compress import cost, distillation_loss, load, quantize, save
from dlcourse.compress.cost import pack, unpack


def test_costs_by_layer():
    model = nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 36, 10)
    )
    model[3].weight.data[:5] = 0
    table = cost(model, tensor(np.zeros((2, 1, 6, 6), np.float32)))
    assert [layer.name for layer in table] == ["0", "3"]
    assert [layer.flops for layer in table] == [2 * 36 * 36, 2 * 1440]
    assert [layer.weights for layer in table] == [40, 1450]
    assert table.nonzero == 40 + 720 + 10 and table.bytes == 4 * 1490
    assert repr(table).splitlines()[-1].split() == [
        "total", "1,490", "770", "5,960", "5,472",
    ]  # fmt: skip
    assert not any(m._forward_hooks for m in model.modules())


@given(st.integers(1, 8), st.booleans(), st.lists(st.integers(0, 255), max_size=40))
@settings(max_examples=150)
def test_packed_integers_come_back(bits, signed, numbers):
    low, high = (
        (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    )
    q = np.array([low + n % (high - low + 1) for n in numbers], np.int16)
    if signed and bits == 1:
        q = 2 * (q + 1) - 1  # -1 and 1
    packed = pack(q, bits)
    assert packed.nbytes == -(-bits * q.size // 8)
    signed = signed and bool((q < 0).any())
    np.testing.assert_array_equal(unpack(packed, bits, q.size, signed), q)


@pytest.mark.parametrize(
    "bits, symmetric", [(8, True), (4, False), (3, True), (1, True)]
)
def test_files(tmp_path, bits, symmetric):
    w = values(50, 40).astype(np.float32)
    q = quantize(w, bits, symmetric, axis=0)
    sizes = save(tmp_path / "q.npz", {"w": q, "b": tensor(w[0])})
    assert sizes == (tmp_path / "q.npz").stat().st_size
    state = load(tmp_path / "q.npz")
    np.testing.assert_array_equal(state["w"].dequantize(), q.dequantize())
    assert state["w"].bits == bits
    np.testing.assert_array_equal(state["b"], w[0])
    assert sizes < save(tmp_path / "w.npz", {"w": w, "b": w[0]})


def test_eight_bits_take_a_quarter_of_the_file(tmp_path):
    w = values(300, 400).astype(np.float32)
    floats = save(tmp_path / "w.npz", {"w": w})
    small = save(tmp_path / "q.npz", {"w": quantize(w, 8, True, axis=0)})
    assert 3.9 < floats / small < 4


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="values from 0 to 4 do not fit in 2 bits"):
        pack(np.array([0, 4]), 2)
    with pytest.raises(ValueError, match="values from -3 to 1 do not fit in 2 bits"):
        pack(np.array([-3, 1]), 2)


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


@pytest.mark.parametrize(
    "options, message",
    [
        ({"temperature": 0}, "temperature must be above 0, got 0"),
        ({"alpha": 1.5}, "alpha is from 0 to 1, got 1.5"),
        ({"alpha": 0.5}, "alpha = 0.5 needs a target"),
    ],
)
def test_bad_arguments_of_distillation(options, message):
    x = tensor(values(2, 3))
    with pytest.raises(ValueError, match=message):
        distillation_loss(x, x, **options)
