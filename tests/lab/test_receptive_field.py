"""The receptive-field arithmetic against the gradient, which shows what was seen."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from dlcourse import lab, nn, tensor


def seen(model, shape, place):
    """(first, last) pixel along each axis that the output entry at ``place`` sees."""
    for parameter in model.parameters():
        parameter.data = np.abs(parameter.data) + 0.1  # nothing cancels
    x = tensor(np.ones((1, 1, *shape)), requires_grad=True)
    y = model.double()(x)
    gradient = np.zeros(y.shape)
    gradient[(0, 0, *place)] = 1
    y.backward(gradient)
    pixels = np.argwhere(x.grad.data[0, 0])
    return [(a, b) for a, b in zip(pixels.min(0), pixels.max(0), strict=True)]


layers = st.lists(
    st.builds(
        lambda kind, k, s, d, p: (
            nn.AvgPool2d(k, s, min(p, k // 2))
            if kind == "pool"
            else nn.Conv2d(1, 1, (k, k + 1), s, p, (d, 1))
        ),
        st.sampled_from(["conv", "pool"]),
        st.integers(1, 3),
        st.integers(1, 2),
        st.integers(1, 2),
        st.integers(0, 1),
    ),
    min_size=1,
    max_size=3,
)


@given(layers)
def test_the_gradient_is_not_0_exactly_within_the_field(layers):
    model = nn.Sequential(*layers)
    field = lab.receptive_fields(model)[-1]
    shape = [70, 73]
    place = [3, 4]  # its field meets no edge
    for axis, (first, last) in enumerate(seen(model, shape, place)):
        start = field.start[axis] + place[axis] * field.jump[axis]
        assert (first, last) == (start, start + field.size[axis] - 1)


def test_two_3x3_layers_see_5x5_and_pooling_doubles_the_jump():
    model = nn.Sequential(
        nn.Conv2d(1, 2, 3, padding="same"),
        nn.ReLU(),
        nn.Sequential(nn.Conv2d(2, 2, 3, padding=1), nn.MaxPool2d(2)),
        nn.Conv2d(2, 2, 3, padding="valid"),
    )
    fields = lab.receptive_fields(model)
    assert [f.layer for f in fields] == ["0", "1", "2.0", "2.1", "3"]
    assert [f.size for f in fields] == [(n, n) for n in (3, 3, 5, 6, 10)]
    assert [f.jump for f in fields] == [(n, n) for n in (1, 1, 1, 2, 2)]
    assert [f.start for f in fields] == [(n, n) for n in (-1, -1, -2, -2, -2)]


def test_torch_models_and_one_dimension_too():
    for engine in (nn, torch.nn):
        relu, conv = engine.ReLU(), engine.Conv1d(1, 1, 3, dilation=4, padding=2)
        model = engine.Sequential(relu, conv, relu, engine.MaxPool1d(2))
        fields = lab.receptive_fields(model)
        assert [f.size for f in fields] == [(1,), (9,), (9,), (10,)]
        assert fields[-1] == lab.ReceptiveField("3", (10,), (2,), (-2,))


def test_a_layer_that_sees_everything_is_named():
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten())
    with pytest.raises(TypeError, match="Flatten at 1"):
        lab.receptive_fields(model)
