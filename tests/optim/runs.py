"""The same gradients through an optimiser of each engine."""

import numpy as np
import torch

from dlcourse import nn, optim, tensor

SHAPES = ((3, 4), (5,), (), (1, 2, 3), (4, 5), (12, 11))
ENGINES = {
    "dlcourse": (optim, lambda x: nn.Parameter(tensor(x)), tensor),
    "torch": (
        torch.optim,
        lambda x: torch.nn.Parameter(torch.tensor(x)),
        torch.tensor,
    ),
}


class Run:
    """Parameters and their optimiser on one engine; gradients come from a seed.

    The gradients pull towards 0, with noise of very different sizes.
    """

    def __init__(self, engine, name, *, groups=1, dtype=np.float64, **settings):
        self.optim, parameter, self.tensor = ENGINES[engine]
        rng = np.random.default_rng(0)
        self.parameters = [
            parameter(rng.normal(size=shape).astype(dtype)) for shape in SHAPES
        ]
        self.optimizer = getattr(self.optim, name)(self.grouped(groups), **settings)

    def grouped(self, groups):
        if groups == 1:
            return self.parameters
        return [
            {"params": self.parameters[::2], "lr": 0.002},
            {"params": self.parameters[1::2]},
        ]

    def step(self, i, without=()):
        """The i-th step, where the parameters numbered in ``without`` get no grad."""
        rng = np.random.default_rng(100 + i)
        for j, p in enumerate(self.parameters):
            w = np.asarray(p.detach())
            noise = rng.normal(size=w.shape) * 10.0 ** rng.uniform(-3, 1)
            gradient = np.asarray(w + noise, w.dtype)
            p.grad = None if j in without else self.tensor(gradient)
        self.optimizer.step()

    def arrays(self):
        return [np.asarray(p.detach()) for p in self.parameters]


def expect_equal(ours, theirs, tolerance=1e-10):
    for p, q in zip(ours.arrays(), theirs.arrays(), strict=True):
        assert np.isfinite(q).all()
        np.testing.assert_allclose(p, q, rtol=tolerance, atol=tolerance)


def to_torch(value):
    """A state_dict of either engine as torch takes it, with arrays of its own."""
    if hasattr(value, "detach"):
        return torch.tensor(np.array(value.detach().numpy()))
    if isinstance(value, dict):
        return {key: to_torch(v) for key, v in value.items()}
    return [to_torch(v) for v in value] if isinstance(value, list) else value
