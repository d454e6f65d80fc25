"""What pruning saves: sparse layers and smaller models, against the masked ones."""

import numpy as np
import pytest
from against_torch import values
from hypothesis import given
from hypothesis import strategies as st

import dlcourse
from dlcourse import nn, tensor
from dlcourse.compress import (
    Pruned,
    SparseLinear,
    magnitude_masks,
    remove_units,
    structured_mask,
)


@pytest.mark.parametrize("sparsity", [0.0, 0.5, 0.97, 1.0])
def test_the_sparse_layer_equals_the_dense_one(sparsity):
    dlcourse.manual_seed(0)
    layer = nn.Linear(12, 9)
    layer = Pruned(layer, weight=magnitude_masks(layer.weight, sparsity)[0]).plain()
    x = tensor(values(5, 12).astype(np.float32))
    sparse = SparseLinear(layer)
    np.testing.assert_allclose(sparse(x).data, layer(x).data, rtol=1e-5, atol=1e-6)
    assert sparse.weight.data.size == round((1 - sparsity) * 108)
    assert f"{sparse.weight.data.size} of 108 weights" in repr(sparse)


def mlp():
    return nn.Sequential(nn.Linear(7, 9), nn.ReLU(), nn.Linear(9, 5)), (4, 7), 0


def cnn():
    model = nn.Sequential(
        nn.Conv2d(2, 6, 3, padding=1), nn.BatchNorm2d(6), nn.ReLU(),
        nn.Conv2d(6, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(36, 5),
    )  # fmt: skip
    return model, (4, 2, 8, 8), 0


def flat():
    model, shape, _ = cnn()
    return model, shape, 3


@pytest.mark.parametrize("make", [mlp, cnn, flat])
def test_the_smaller_model_gives_the_masked_model_s_outputs(make):
    dlcourse.manual_seed(3)
    model, shape, index = make()
    model = model.double()
    x = tensor(values(*shape))
    model(x)
    model.eval()
    layer = model[index]
    keep = structured_mask(layer.weight, 0.5).reshape(len(layer.weight), -1)[:, 0]
    small = remove_units(model, index, keep)
    layer.weight.data[~keep], layer.bias.data[~keep] = 0, 0
    if isinstance(model[index + 1], nn.BatchNorm2d):  # it too has to give 0 there
        norm = model[index + 1]
        norm.running_mean.data[~keep], norm.bias.data[~keep] = 0, 0
    np.testing.assert_allclose(small(x).data, model(x).data, rtol=1e-12, atol=1e-12)
    count = lambda m: sum(p.data.size for p in m.parameters())  # noqa: E731
    assert count(small) < 0.8 * count(model)
    assert small[index].weight.shape[0] == keep.sum()


@given(st.integers(1, 6), st.integers(1, 6), st.floats(0, 1), st.integers(0, 99))
def test_sparse_products_of_any_rows(inputs, outputs, sparsity, seed):
    """Rows without a weight, and more axes before the last."""
    layer = nn.Linear(inputs, outputs, bias=bool(seed % 2)).double()
    rng = np.random.default_rng(seed)
    layer.weight.data[rng.random((outputs, inputs)) < sparsity] = 0
    x = tensor(values(2, 3, inputs, seed=seed))
    sparse = SparseLinear(layer)
    np.testing.assert_allclose(sparse(x).data, layer(x).data, atol=1e-12)
    np.testing.assert_array_equal(sparse(x[0, 0]).data, sparse(x).data[0, 0])
    count = np.count_nonzero(layer.weight.data)
    assert sparse.nbytes == (8 + 2) * count + 4 * (outputs + 1)


def test_a_norm_behind_flatten_loses_all_places_of_its_channels():
    dlcourse.manual_seed(0)
    model = nn.Sequential(
        nn.Conv2d(1, 4, 3), nn.Flatten(), nn.BatchNorm1d(16), nn.Linear(16, 3)
    ).double()
    x = tensor(values(5, 1, 4, 4))
    model(x)
    model.eval()
    small = remove_units(model, 0, [0, 3])
    kept = [0, 1, 2, 3, 12, 13, 14, 15]
    np.testing.assert_array_equal(
        small[2].running_mean.data, model[2].running_mean.data[kept]
    )
    model[3].weight.data[:, 4:12] = 0
    np.testing.assert_allclose(small(x).data, model(x).data, rtol=1e-12)


def test_booleans_or_numbers_in_any_order_say_what_stays():
    model, shape, _ = cnn()
    x = tensor(values(*shape).astype(np.float32))
    kept = [True, False, True, False, False, True]
    ways = [
        remove_units(model.eval(), 0, keep) for keep in (kept, [5, 2, 0], [0, 2, 5, 5])
    ]
    for small in ways[1:]:
        np.testing.assert_array_equal(small(x).data, ways[0](x).data)
    assert len(model[0].weight) == 6 and model[3].in_channels == 6  # as it was
    assert not ways[0].training


@pytest.mark.parametrize(
    "call, error, message",
    [
        (
            lambda m: remove_units(m, 1, [0]),
            TypeError,
            "layer 1 of class Linear or C",
        ),
        (lambda m: remove_units(m, 3, [0]), ValueError, r"index in \[0, 3\), got 3"),
        (lambda m: remove_units(m, -1, [0]), ValueError, "index in .* got -1"),
        (lambda m: remove_units(m, "0", [0]), ValueError, "index in .* got '0'"),
        (lambda m: remove_units(m[0], 0, [0]), TypeError, "model .* got Linear"),
        (lambda m: remove_units(m, 0, []), ValueError, "all 9 units"),
        (lambda m: remove_units(m, 0, [9]), ValueError, "keep .* 9 units, got .9"),
        (
            lambda m: remove_units(m, 0, [True]),
            ValueError,
            "keep .* 9 units, got .True",
        ),
        (lambda m: remove_units(m, 0, [0.5]), ValueError, "keep .* 9 units, got .0.5"),
        (lambda m: remove_units(m, 2, [0]), ValueError, "no layer follows"),
        (lambda m: SparseLinear(m[1]), TypeError, "layer of class Linear, got R"),
        (lambda m: SparseLinear(m[0])(np.ones(7)), TypeError, "Tensors, got ndarray"),
        (
            lambda m: SparseLinear(m[0])(tensor(np.ones((2, 8)))),
            ValueError,
            r"SparseLinear expects \(\.\.\., 7\), got \(2, 8\)",
        ),
    ],
    ids=range(13),
)
def test_bad_arguments(call, error, message):
    with pytest.raises(error, match=message):
        call(mlp()[0])


@pytest.mark.parametrize(
    "between, message",
    [
        (nn.PReLU(6), "layer 1, PReLU, can't be made smaller"),
        (nn.LayerNorm(6), "layer 1, LayerNorm, can't be made smaller"),
        (nn.BatchNorm1d(7), "layer 1 takes 7 inputs, layer 0 has 6 units"),
    ],
    ids=["PReLU", "LayerNorm", "BatchNorm1d"],
)
def test_what_can_t_be_made_smaller(between, message):
    model = nn.Sequential(nn.Linear(2, 6), between, nn.Linear(6, 2))
    with pytest.raises(ValueError, match=message):
        remove_units(model, 0, [0])
    groups = nn.Sequential(nn.Conv2d(2, 6, 1, groups=2), nn.Conv2d(6, 2, 1))
    with pytest.raises(ValueError, match="in groups can't be made smaller"):
        remove_units(groups, 0, [0])
