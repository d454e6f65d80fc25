"""The eight workloads, each one text for dlcourse and for PyTorch.

A workload is a model made with ``nn``, a batch, a loss and an optimiser. A step is the
whole of training: forward, loss, zero_grad, backward, update.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Workload:
    """``update_only``: the gradients are given once, and a step is the update alone."""

    what: str
    model: Callable  # nn -> Module
    batch: Callable  # NumPy's Generator -> (x, y)
    loss: str
    optimizer: tuple  # name, settings
    update_only: bool = False


def mlp(nn, activation, *sizes):
    """Linear layers of these sizes with an activation between them."""
    layers = []
    for n, m in itertools.pairwise(sizes):
        layers += [nn.Linear(n, m), getattr(nn, activation)()]
    return nn.Sequential(*layers[:-1])


def cnn(nn):
    """Two convolutions 3x3, each with ReLU and 2x2 pooling, and a linear layer."""
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(32 * 7 * 7, 10),
    )


def residual(nn, blocks=3, channels=16):
    """Residual blocks: conv 3x3, BN, ReLU, conv 3x3, BN, added to their input."""

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.branch = nn.Sequential(
                nn.Conv2d(channels, channels, 3, padding=1, bias=False),
                nn.BatchNorm2d(channels),
                nn.ReLU(),
                nn.Conv2d(channels, channels, 3, padding=1, bias=False),
                nn.BatchNorm2d(channels),
            )

        def forward(self, x):
            return x + self.branch(x)

    head = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 10)]
    return nn.Sequential(*(Block() for _ in range(blocks)), *head)


def recurrent(nn, cell, inputs, hidden=64):
    """A recurrent layer; a linear one reads its last state."""

    class LastStep(nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn = getattr(nn, cell)(inputs, hidden)
            self.head = nn.Linear(hidden, 10)

        def forward(self, x):
            states, _ = self.rnn(x)
            return self.head(states[-1])

    return LastStep()


def images(n, *shape):
    """A batch of n inputs of this shape with labels of ten classes."""

    def batch(rng):
        return rng.normal(size=(n, *shape)).astype(np.float32), rng.integers(0, 10, n)

    return batch


def sequences(steps, n, inputs):
    """A batch (steps, n, inputs), as recurrent layers expect it, with n labels."""

    def batch(rng):
        x = rng.normal(size=(steps, n, inputs)).astype(np.float32)
        return x, rng.integers(0, 10, n)

    return batch


def curve(rng):
    """64 points of a function of two variables."""
    x = rng.uniform(-1, 1, (64, 2)).astype(np.float32)
    return x, np.sin(3 * x[:, :1]) * x[:, 1:]


def gradients(rng):
    """A million gradients, in the shape of the weights."""
    return rng.normal(size=(1000, 1000)).astype(np.float32), None


SGD, MOMENTUM = ("SGD", {"lr": 0.01}), ("SGD", {"lr": 0.01, "momentum": 0.9})
ADAM = ("Adam", {"lr": 0.001})

WORKLOADS = {
    "W1": Workload(
        "MLP 784-256-128-10, ReLU, batch 128, SGD with momentum",
        lambda nn: mlp(nn, "ReLU", 784, 256, 128, 10),
        images(128, 784),
        "CrossEntropyLoss",
        MOMENTUM,
    ),
    "W2": Workload(
        "MLP 2-32-32-1, tanh, batch 64, Adam",
        lambda nn: mlp(nn, "Tanh", 2, 32, 32, 1),
        curve,
        "MSELoss",
        ADAM,
    ),
    "W3": Workload(
        "MLP 64-(64 × 50)-10, ReLU, batch 64, SGD",
        lambda nn: mlp(nn, "ReLU", *[64] * 51, 10),
        images(64, 64),
        "CrossEntropyLoss",
        SGD,
    ),
    "W4": Workload(
        "CNN 1×28×28: conv 3×3×16, ReLU, pool, conv 3×3×32, ReLU, pool, linear; "
        "batch 64",
        cnn,
        images(64, 1, 28, 28),
        "CrossEntropyLoss",
        MOMENTUM,
    ),
    "W5": Workload(
        "3 residual blocks (conv 3×3, BN, ReLU, conv 3×3, BN, skip), 16×14×14, "
        "batch 64, pooled, linear",
        residual,
        images(64, 16, 14, 14),
        "CrossEntropyLoss",
        MOMENTUM,
    ),
    "W6": Workload(
        "tanh RNN, T=100, hidden 64, batch 32, input 8, loss on the last step",
        lambda nn: recurrent(nn, "RNN", 8),
        sequences(100, 32, 8),
        "CrossEntropyLoss",
        SGD,
    ),
    "W7": Workload(
        "LSTM, T=50, hidden 64, batch 32, input 28",
        lambda nn: recurrent(nn, "LSTM", 28),
        sequences(50, 32, 28),
        "CrossEntropyLoss",
        SGD,
    ),
    "W8": Workload(
        "Adam on 1 million parameters",
        lambda nn: nn.Linear(1000, 1000, bias=False),
        gradients,
        "",
        ADAM,
        update_only=True,
    ),
}
