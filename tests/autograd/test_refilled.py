"""Arrays that are refilled between forward and backward: no gradient is wrong."""

import numpy as np
import pytest

from dlcourse import nn, no_grad, tensor, where
from dlcourse.autograd import cat, maximum, stack

F = nn.functional
RNG = np.random.default_rng(0)
VALUES, OTHERS = RNG.normal(size=(4, 3)), RNG.uniform(0.1, 0.9, (4, 3))
LABELS, PLACES = np.array([0, 1, 2, 0]), np.array([2, 2, 1])
CHOSEN, ROW, LOW = VALUES > 0, np.array([1.0, 2.0, 3.0]), np.tri(4, 4)

GIVEN = {  # name: (a loss of x and of what is refilled, what that is first)
    "nll_loss": (F.nll_loss, LABELS),
    "cross_entropy": (F.cross_entropy, LABELS),
    "of images": (
        lambda x, y: F.cross_entropy(x.reshape(4, 3, 1), y.reshape(4, 1)),
        LABELS,
    ),
    "smoothed": (lambda x, y: F.cross_entropy(x, y, label_smoothing=0.1), LABELS),
    "weighted": (lambda x, w: F.nll_loss(x, tensor(LABELS), w), ROW),
    "weighted, smoothed": (
        lambda x, w: F.cross_entropy(x, tensor(LABELS), w, label_smoothing=0.1),
        ROW,
    ),
    "probabilities": (F.cross_entropy, OTHERS),
    "mse_loss": (F.mse_loss, OTHERS),
    "mse_loss of integers": (F.mse_loss, np.arange(12).reshape(4, 3)),
    "l1_loss": (F.l1_loss, OTHERS),
    "kl_div": (F.kl_div, OTHERS),
    "with logits": (F.binary_cross_entropy_with_logits, OTHERS),
    "pos_weight": (
        lambda x, w: F.binary_cross_entropy_with_logits(
            x, tensor(OTHERS), pos_weight=w
        ),
        ROW,
    ),
    "where": (lambda x, c: where(c, x * 2, x * 3), CHOSEN),
    "a mask": (lambda x, c: (x * x)[c], CHOSEN),
    "places": (lambda x, i: (x * x)[i], PLACES),
    "places of two axes": (lambda x, i: (x * x)[i, i], PLACES),
    "a row": (lambda x, i: (x * x)[i[0]], PLACES),
    "embedding": (lambda x, i: F.embedding(i, x) ** 2, PLACES),
    "dropout": (lambda x, m: F.dropout(x, mask=m), CHOSEN),
    "drop_connect": (
        lambda x, m: F.drop_connect(tensor(OTHERS), x, mask=m),
        CHOSEN,
    ),
    "running moments": (lambda x, m: F.batch_norm(x, m, m) ** 2, ROW),
    "batch norm": (
        lambda x, w: F.batch_norm(x, None, None, w, training=True) ** 3,
        ROW,
    ),
    "layer norm": (lambda x, w: F.layer_norm(x, (3,), w) ** 3, ROW),
    "prelu": (F.prelu, ROW),
    "attention's mask": (
        lambda x, m: F.scaled_dot_product_attention(x, x, x, m),
        LOW > 0,
    ),
    "attention's bias": (
        lambda x, m: F.scaled_dot_product_attention(x, x, x, m),
        LOW,
    ),
    "product": (lambda x, y: x * y, OTHERS),
    "quotient": (lambda x, y: x / y, OTHERS),
    "array first": (lambda x, y: y * x, OTHERS),
    "power of a sum": (lambda x, y: (x + y) ** 2, OTHERS),
    "matmul": (lambda x, y: x @ y, OTHERS.T),
    "maximum": (maximum, OTHERS),
    "cat": (lambda x, y: cat([x, y]) ** 2, OTHERS),
    "stack": (lambda x, y: stack([x, y]) ** 2, OTHERS),
}
ALSO_ARRAYS = {"where", "a mask", "places", "places of two axes", "a row", "dropout"}
ALSO_ARRAYS |= {"drop_connect", "product", "quotient", "array first"}
ALSO_ARRAYS |= {"power of a sum", "matmul"}


def gradient(name, make, refill):
    function, first = GIVEN[name]
    x, given = tensor(VALUES, requires_grad=True), make(first.copy())
    y = function(x, given)
    refill(given)
    y.backward(np.ones(y.shape))
    return x.grad.data


def refill(given):
    values = np.asarray(given.data if hasattr(given, "requires_grad") else given)
    with no_grad():
        given[...] = ~values if values.dtype == bool else np.ones_like(values)


@pytest.mark.parametrize("name", GIVEN)
def test_a_refilled_tensor_is_noticed_or_of_no_consequence(name):
    right = gradient(name, tensor, lambda given: None)
    try:
        after = gradient(name, tensor, refill)
    except RuntimeError as error:
        assert "was changed in place after" in str(error)
    else:
        np.testing.assert_array_equal(after, right)


@pytest.mark.parametrize("name", sorted(ALSO_ARRAYS))
def test_a_refilled_array_is_of_no_consequence(name):
    right = gradient(name, np.asarray, lambda given: None)
    np.testing.assert_array_equal(gradient(name, np.asarray, refill), right)


def test_a_refilled_list_is_of_no_consequence():
    x, places = tensor(VALUES, requires_grad=True), [2, 2, 1]
    y = x[places].sum()
    places[:] = [0, 0, 0]
    y.backward()
    assert x.grad.data.sum(1).tolist() == [0, 3, 6, 0]
