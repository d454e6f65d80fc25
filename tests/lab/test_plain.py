"""plain: the deep networks that the lessons measure."""

import numpy as np
import pytest

from dlcourse import lab, manual_seed, nn, tensor


def test_layers_stand_in_turn_and_the_head_comes_last():
    model = lab.plain(nn.Tanh, depth=3, width=5, inputs=4, outputs=2)
    kinds = [type(layer) for layer in model]
    assert kinds == [nn.Linear, nn.Tanh] * 3 + [nn.Linear]
    assert [layer.weight.shape for layer in model[::2]] == [
        (5, 4),
        (5, 5),
        (5, 5),
        (2, 5),
    ]
    assert len({id(layer) for layer in model}) == 7


def test_without_a_start_the_layers_are_as_linear_draws_them():
    model = lab.plain(nn.ReLU, depth=1, seed=3)
    manual_seed(3)
    by_hand = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
    assert_equal(model, by_hand)


def test_a_number_is_the_scale_of_each_layer_by_its_own_inputs():
    model = lab.plain(nn.ReLU, 2, width=[100, 400], inputs=25, seed=1)
    for layer, inputs in zip(model[::2], (25, 100, 400), strict=True):
        assert layer.weight.data.std() * np.sqrt(inputs) == pytest.approx(2, rel=0.05)
        assert not layer.bias.data.any()


def test_a_function_fills_every_weight_and_biases_are_zero():
    def start(w):
        return nn.init.constant_(w, 0.5)

    for layer in lab.plain(nn.ReLU, start, depth=2)[::2]:
        assert (layer.weight.data == 0.5).all()
        assert not layer.bias.data.any()


@pytest.mark.parametrize(
    ("activation", "follows"),
    [
        (nn.CReLU, 24),
        (nn.GLU, 6),
        (lambda: nn.Maxout(3), 4),
        (lambda: nn.Sequential(nn.BatchNorm1d(12), nn.ReLU()), 12),
    ],
)
def test_the_next_layer_has_the_inputs_that_the_activation_passes_on(
    activation, follows
):
    model = lab.plain(activation, depth=2, width=12, inputs=3)
    assert [layer.in_features for layer in model[::2]] == [3, follows, follows]
    assert model(tensor(np.ones((5, 3), np.float32))).shape == (5, 10)


def test_the_activation_meets_no_numbers_before_training():
    met = []

    class Counting(nn.Module):
        def forward(self, z):
            met.append(z.data.size)
            return z

    lab.plain(Counting, depth=2)
    assert sum(met) == 0


def test_the_seed_alone_decides():
    assert_equal(lab.plain(nn.ReLU, 1, 2, seed=5), lab.plain(nn.ReLU, 1, 2, seed=5))
    other = lab.plain(nn.ReLU, 1, 2, seed=6)
    same = lab.plain(nn.ReLU, 1, 2, seed=5)
    assert (other[0].weight.data != same[0].weight.data).any()


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        ({"activation": nn.ReLU()}, TypeError, "each layer has its own"),
        ({"activation": nn.functional.relu}, TypeError, "such as nn.Tanh"),
        ({"start": "he"}, TypeError, "a number \\(the scale\\) or None, got 'he'"),
        ({"depth": 0}, ValueError, "depth to be at least 1, got 0"),
        ({"depth": None}, TypeError, "depth and one width, or a list of widths"),
        ({"width": [64, 64]}, TypeError, "depth and one width, or a list of widths"),
        ({"activation": nn.GLU, "width": 5}, ValueError, "GLU cannot follow 5 units"),
    ],
)
def test_bad_input(arguments, error, says):
    with pytest.raises(error, match=says):
        lab.plain(**{"activation": nn.Tanh, "depth": 2} | arguments)


def assert_equal(a, b):
    for name, value in a.state_dict().items():
        np.testing.assert_array_equal(value.data, b.state_dict()[name].data)
