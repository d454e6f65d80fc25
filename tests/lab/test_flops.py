"""The counted operations against counts by hand."""

import numpy as np
import pytest

from dlcourse import lab, nn, tensor

N, IN, HIDDEN, OUT = 7, 5, 4, 3


def loss_of(model):
    x = tensor(np.random.default_rng(0).normal(size=(N, IN)).astype(np.float32))
    y = tensor(np.zeros(N, int))
    return lambda: nn.functional.cross_entropy(model(x), y)


def test_the_products_of_a_linear_layer_are_counted_exactly():
    model = nn.Linear(IN, OUT, bias=False)
    x = tensor(np.ones((N, IN), np.float32))
    flops = lab.count_flops(lambda: model(x).sum(), model)
    assert flops.forward == 2 * N * IN * OUT + N * OUT  # the product, and the sum
    # one product for the weight's gradient; none for x, which needs no gradient
    assert 0 <= flops.backward - 2 * N * IN * OUT <= 3 * N * OUT


def test_backward_of_a_deep_net_costs_about_two_forwards():
    layers = [nn.Linear(64, 64) for _ in range(8)]
    model = nn.Sequential(*layers)
    x = tensor(np.ones((32, 64), np.float32))
    flops = lab.count_flops(lambda: model(x).mean(), model)
    assert 1.8 < flops.backward / flops.forward < 2.0


def test_the_model_is_left_as_it_was():
    model = nn.Sequential(nn.Linear(IN, HIDDEN), nn.Tanh(), nn.Linear(HIDDEN, OUT))
    before = [p.data.copy() for p in model.parameters()]
    loss_of(model)().backward()
    gradients = [p.grad.numpy().copy() for p in model.parameters()]
    lab.count_flops(loss_of(model), model)
    for p, data, gradient in zip(model.parameters(), before, gradients, strict=True):
        assert type(p.data) is np.ndarray
        np.testing.assert_array_equal(p.data, data)
        np.testing.assert_array_equal(p.grad.numpy(), gradient)


def test_counting_changes_no_number():
    model = nn.Sequential(nn.Linear(IN, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, OUT))
    seen = []
    plain = loss_of(model)

    def make_loss():
        seen.append(plain())
        return seen[-1]

    lab.count_flops(make_loss, model)
    assert seen[0].item() == plain().item()


def test_a_loss_of_another_model_is_refused():
    model, other = nn.Linear(IN, OUT), nn.Linear(IN, OUT)
    with pytest.raises(ValueError, match="does not use this model"):
        lab.count_flops(loss_of(other), model)
