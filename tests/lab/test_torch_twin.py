"""torch_twin: the same layers, the same numbers."""

import numpy as np
import pytest
import torch

from dlcourse import lab, nn, tensor

MODELS = {
    "plain": lambda: lab.plain(nn.Tanh, depth=2, inputs=6, width=5),
    "no bias": lambda: nn.Sequential(nn.Linear(6, 3, bias=False), nn.ELU(0.5)),
    "nested": lambda: nn.Sequential(
        nn.Sequential(nn.Linear(6, 4), nn.PReLU(4, 0.1)), nn.LayerNorm(4)
    ),
    "normalised": lambda: nn.Sequential(
        nn.Linear(6, 4), nn.BatchNorm1d(4, eps=0.1), nn.LeakyReLU(0.3)
    ),
    "pictures": lambda: nn.Sequential(
        nn.Conv2d(1, 4, 3, stride=2, padding=1, bias=False),
        nn.BatchNorm2d(4, affine=False),
        nn.MaxPool2d(2, stride=1),
        nn.Flatten(),
        nn.Linear(16, 3),
    ),
    "words": lambda: nn.Sequential(nn.Embedding(7, 3), nn.GELU()),
}
SHAPES = {"pictures": (3, 1, 6, 6), "words": (4,)}


@pytest.mark.parametrize("dtype", ["float", "double"])
@pytest.mark.parametrize("name", MODELS)
def test_the_twin_gives_the_same_numbers(name, dtype):
    model = getattr(MODELS[name](), dtype)()
    x = np.random.default_rng(0).normal(size=SHAPES.get(name, (8, 6)))
    number = np.float32 if dtype == "float" else np.float64
    x = x.astype(int) % 7 if name == "words" else x.astype(number)
    for training in (True, False):  # the running moments must move alike
        model.train(training)
        if training:
            twin = lab.torch_twin(model)
        twin.train(training)
        ours, theirs = model(tensor(x)).data, twin(torch.tensor(x)).detach().numpy()
        assert ours.dtype == theirs.dtype
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)


def test_the_twin_has_memory_of_its_own():
    model = MODELS["plain"]()
    twin = lab.torch_twin(model)
    with torch.no_grad():
        twin[0].weight.zero_()
    assert model[0].weight.data.any()


def test_each_part_keeps_its_mode():
    model = MODELS["normalised"]()
    model[1].eval()
    twin = lab.torch_twin(model)
    modes = [module.training for module in twin.modules()]
    assert modes == [module.training for module in model.modules()]


class Mine(nn.Linear):
    """A learner's own layer that bears no name of PyTorch's."""


@pytest.mark.parametrize(
    ("model", "says"),
    [
        (nn.Sequential(nn.CReLU()), "torch.nn has no CReLU"),
        (nn.Sequential(Mine(2, 2)), "torch.nn has no Mine"),
        (nn.MultiheadAttention(4, 2), "a MultiheadAttention does not say its bias"),
        (torch.nn.Linear(2, 2), "a Module of dlcourse, got Linear"),
    ],
)
def test_what_has_no_twin_is_named(model, says):
    with pytest.raises(TypeError, match=says):
        lab.torch_twin(model)
