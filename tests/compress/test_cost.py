"""Costs by layer, and files."""

import numpy as np
import pytest
from against_torch import values
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcourse import nn, tensor
from dlcourse.compress import (
    Cost,
    LayerCost,
    Quantized,
    SparseLinear,
    cost,
    load,
    magnitude_masks,
    make_permanent,
    masked,
    quantization_aware,
    quantize,
    save,
    to_integers,
)
from dlcourse.compress.costs import pack, unpack


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


def test_a_convolution_works_at_each_place_and_a_linear_layer_at_each_row():
    row = nn.Sequential(nn.Conv1d(2, 3, 4, bias=False))
    (layer,) = cost(row, tensor(np.zeros((5, 2, 9), np.float32)))
    assert layer == LayerCost("0", "Conv1d", 24, layer.nonzero, 96, 2 * 24 * 6)
    wide = nn.Conv2d(4, 6, 3, stride=2, groups=2)
    assert cost(wide, tensor(np.zeros((1, 4, 7, 9), np.float32))).flops == 2 * 108 * 12
    steps = nn.Linear(3, 2)
    assert cost(steps, tensor(np.zeros((5, 7, 3), np.float32))).flops == 2 * 6 * 7


def test_costs_of_parts_of_parts_and_of_layers_behind_their_rounding():
    block = nn.Sequential(nn.Linear(3, 3), nn.ReLU()).double()
    x = tensor(np.zeros((1, 3)))
    table = cost(nn.Sequential(block), x)
    assert isinstance(table, Cost)
    assert [(layer.name, layer.bytes) for layer in table] == [("0.0", 8 * 12)]
    aware = cost(quantization_aware(block, activation_bits=None), x)
    assert (aware.weights, aware.flops) == (table.weights, table.flops)


def test_costs_of_masks_integers_and_sparse_rows():
    model = nn.Sequential(nn.Linear(8, 4), nn.ReLU(), nn.Linear(4, 2))
    x = tensor(values(3, 8).astype(np.float32))
    full = cost(model, x)
    small = cost(to_integers(model, x), x)
    assert [layer.kind for layer in small] == ["IntegerLinear"] * 2
    assert (small.weights, small.flops) == (full.weights, full.flops)
    assert small.bytes == 40 + 2 * 4 * 6  # int8 weights; a scale and a bias per row
    (mask,) = magnitude_masks(model[0].weight, 0.75)
    pruned = masked(model, {"0.weight": mask})
    assert cost(pruned, x).nonzero == 8 + 4 + 10
    assert cost(pruned, x).bytes == full.bytes
    sparse = SparseLinear(make_permanent(pruned)[0])
    (layer,) = cost(sparse, x)
    assert (layer.nonzero, layer.flops) == (12, 2 * 8)
    assert layer.bytes == sparse.nbytes + 16 == 8 * (4 + 2) + 5 * 4 + 4 * 4


@pytest.mark.parametrize(
    "layer", [nn.LSTM(2, 3), nn.Embedding(4, 2), nn.MultiheadAttention(4, 2)]
)
def test_what_is_not_counted_is_not_left_out_in_silence(layer):
    with pytest.raises(TypeError, match=f"not {type(layer).__name__} at '0'"):
        cost(nn.Sequential(layer), tensor(np.ones((4, 1, 2), np.float32)))


def test_any_zero_point_and_sixteen_bits_are_read_as_they_were_written(tmp_path):
    for ends in ([-30000, 30000], [-32768, 32767]):
        q = Quantized(np.array(ends, np.int16), np.array(0.5), np.array(40000), 16)
        save(tmp_path / "q.npz", {"a": q})
        again = load(tmp_path / "q.npz")["a"]
        assert again.values.tolist() == ends and again.zero_point == 40000


def test_values_too_far_apart_for_their_bits_are_refused():
    """Their distance, 60,000, is negative in int16."""
    with pytest.raises(ValueError, match="from -30000 to 30000 do not fit in 8 bits"):
        pack(np.array([-30000, 30000], np.int16), 8)


def test_a_model_that_fails_keeps_no_hooks():
    model = nn.Sequential(nn.Linear(3, 2), nn.Linear(3, 2))
    with pytest.raises(ValueError, match="Linear expects"):
        cost(model, tensor(np.zeros((1, 3), np.float32)))
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
    packed, low = pack(q, bits)
    assert packed.nbytes == -(-bits * q.size // 8)
    np.testing.assert_array_equal(unpack(packed, bits, q.size, low), q)


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


def test_names_with_strokes_and_numbers_of_every_kind_come_back(tmp_path):
    model = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))
    state = {**model.state_dict(), "a/b": np.arange(3), "a/q": quantize(values(4), 5)}
    save(tmp_path / "all.npz", state)
    loaded = load(tmp_path / "all.npz")
    assert list(loaded) == list(state)
    q = loaded.pop("a/q")
    np.testing.assert_array_equal(q.values, state["a/q"].values)
    np.testing.assert_array_equal(q.dequantize(), state["a/q"].dequantize())
    for name, array in loaded.items():
        assert array.dtype == state[name].dtype
        np.testing.assert_array_equal(array, getattr(state[name], "data", state[name]))


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda x: cost(len, x), "cost expects model of class Module, got b"),
        (lambda x: cost(nn.Linear(2, 1), x.data), "Linear expects Tensors, got nda"),
        (lambda x: save("never", nn.Linear(2, 1)), "save expects state of class dict"),
        (lambda x: save("never", {"w": "text"}), "expects numbers as 'w', got 'text'"),
    ],
    ids=range(4),
)
def test_bad_arguments(call, message):
    with pytest.raises(TypeError, match=message):
        call(tensor(np.zeros((1, 2), np.float32)))
