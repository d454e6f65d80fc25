"""Nets of blocks: inputs, and the parts of answers about them."""

import math

import numpy as np

from dlcourse import nn, tensor

from ..fixtures import TwoWays


def filled(model, rng):
    """The model, with normal numbers in all of its parameters."""
    for each in model.parameters():
        each.data = rng.normal(size=each.shape)
    return model


def perceptron(rng, blocks=None, residual=None):
    """A small net as in the lesson; all layers but the last keep the width."""
    width, classes = (int(n) for n in rng.integers(1, 6, size=2))
    blocks = int(rng.integers(1, 6)) if blocks is None else blocks
    residual = bool(rng.integers(3)) if residual is None else residual
    scale = float(rng.choice([1, 0.5, blocks**-0.5]))

    def block():
        branch = nn.Sequential(nn.ReLU(), nn.Linear(width, width))
        return nn.Residual(branch, residual=residual, scale=scale)

    parts = nn.Linear(width, width), *(block() for _ in range(blocks)), nn.ReLU()
    return filled(nn.Sequential(*parts, nn.Linear(width, classes)), rng)


def leave_out(rng, blocks=None, i=None, residual=None):
    """(model, i, x)."""
    model = perceptron(rng, blocks, residual)
    width, blocks = model[0].weight.shape[0], len(model) - 3
    i = int(rng.integers(blocks)) if i is None else i
    return model, i, tensor(rng.normal(size=(int(rng.integers(1, 6)), width)))


def layers(rng, depth=None, norm=False):
    """[(W, b), ...], or [(W, gamma, beta), ...], of a branch that keeps its width."""
    depth = int(rng.integers(1, 5)) if depth is None else depth
    widths = rng.integers(1, 6, size=depth)
    pairs = zip(widths, np.roll(widths, 1), strict=True)
    return [
        (rng.normal(size=pair), *rng.normal(size=(1 + norm, pair[0]))) for pair in pairs
    ]


def tampered(rng, size=None, scale=None, skip=None, strength=None):
    """(block, x): now and then it does what it says."""
    N, n = size or (int(rng.integers(1, 7)), int(rng.integers(3, 7)))
    scale = float(rng.choice([1, 0.5, 0.1, rng.normal()])) if scale is None else scale
    skip = float(rng.choice([1, 1, 1, scale, 2, 0, -1])) if skip is None else skip
    if strength is None:
        strength = float(rng.choice([scale, scale, 1, 1 / scale, scale**2, 0]))
    bias = bool(rng.integers(2))  # without, branch(0) is 0, as at the lesson's start
    layers = nn.Linear(n, 3, bias), nn.Tanh(), nn.Linear(3, n, bias)
    branch = filled(nn.Sequential(*layers), rng)
    x = rng.normal(size=(N, n)) + 0.5
    return TwoWays(branch, scale, skip, strength), tensor(x)


def as_chances(blocks, scale, gain):
    """Shares of paths, if a branch's factor were the chance to go through it."""
    q, lengths = scale**2 * gain, range(blocks + 1)
    parts = [math.comb(blocks, k) * q**k * (1 - q) ** (blocks - k) for k in lengths]
    return np.array(parts, float)


def same(*layer):
    return layer


def both_ways(x, z, y):
    """The a and b by which y = a x + b z; all (n,)."""
    a, b = np.linalg.lstsq(np.stack([x, z], axis=1), y)[0]
    return a, b


def leaving_out(places=lambda i, n: [1 + i], instead=lambda layer, x: x):
    """places: of the layers left out, of n.   instead: what is done there."""

    def out(model, i, x):
        left_out = places(i, len(model))
        for place, layer in enumerate(model):
            x = instead(layer, x) if place in left_out else layer(x)
        return x

    return out


def scale_set(scale):
    """Set scale to 0, and afterwards to ``scale``, or not at all."""

    def out(model, i, x):
        model[1 + i].scale = 0
        y = model(x)
        model[1 + i].scale = 0 if scale is None else scale
        return y

    return out


def depth_scale_gain(rng):
    blocks = int(rng.choice([0, 1, 2, 3, 10, 50, rng.integers(4, 60)]))
    scale = [0, 1, -1, 0.1, 0.5, -0.3, max(blocks, 1) ** -0.5, rng.normal()]
    gain = [0, 1, 1 / 6, 2, rng.uniform(0.1, 2)]
    return blocks, float(rng.choice(scale)), float(rng.choice(gain))


def share(z, y):
    """The number by which z comes nearest to y; both (n,)."""
    return z @ y / (z @ z)


def skipping(rng, blocks=None):
    """(stem, blocks, head, scale): the weights of a net with skips."""
    n, inputs, outputs = (int(n) for n in rng.integers(1, 5, size=3))
    blocks = int(rng.integers(0, 5)) if blocks is None else blocks
    scale = float(rng.choice([1, 0.5, -0.25, max(blocks, 1) ** -0.5]))
    sizes = (n, inputs), *[(n, n)] * blocks, (outputs, n)
    stem, *inner, head = (rng.integers(-8, 9, size=size) / 4 for size in sizes)
    return stem, inner, head, scale


def twin(
    first=lambda V: np.vstack([V, -V]),
    middle=lambda up, one: np.block([[up, -one], [-up, one]]),
    last=lambda V: np.hstack([V, 0 * V]),
):
    """Its plain twin.   middle(one + scale W, one): the weights of a block."""

    def weights(stem, blocks, head, scale):
        one = np.eye(len(stem))
        inner = [middle(one + scale * W, one) for W in blocks]
        return [first(stem), *inner, last(head)]

    return weights
