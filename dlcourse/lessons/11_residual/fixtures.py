"""What the exercises of lesson 11 are tried on, and what it gives to debug."""

import math
import sys

import numpy as np

from dlcourse import nn, tensor
from dlcourse.teach.exercise import reference


class TheirResidual(nn.Residual):
    """A block, as a colleague wrote it."""

    def forward(self, input):
        y = self.branch(input)
        if self.scale > 1:
            y = y * self.scale
        return self.shortcut(input) + y


class TwoWays(nn.Module):
    """skip * x + strength * branch(x), whatever it says that its scale is."""

    def __init__(self, branch, scale, skip, strength):
        super().__init__()
        self.branch, self.scale = branch, scale
        self._as_told = skip, strength

    def forward(self, input):
        skip, strength = self._as_told
        return input * skip + self.branch(input) * strength


def relu(x):
    return np.maximum(x, 0)


def number(rng):
    """A scale: of either sign, and 0 now and then."""
    return float(rng.choice([0, 1, 0.1, *rng.normal(size=4)]))


def shape(rng):
    """(N, n): one in four has a single example, or a single unit."""
    return tuple(int(n) for n in rng.choice([1, 2, 3, 4, 5, 6, 7], size=2))


def branch_of(rng, n):
    """A function from arrays (N, n) to such arrays, by hidden units of another number.

    One in six is the identity.
    """
    if rng.integers(6) == 0:
        return lambda x: 1.0 * x
    m = int(rng.integers(1, 9))
    W, b, V, c = (rng.normal(size=s) for s in ((m, n), m, (n, m), n))
    return lambda x: np.tanh(x @ W.T + b) @ V.T + c


def batch(rng, size):
    """Numbers (N, n), in quarters, so that some are 0; or integers."""
    if rng.integers(3) == 0:
        return rng.integers(-5, 6, size=size)
    return rng.integers(-9, 10, size=size) / 4


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


def images(rng):
    """(x, channels, stride): odd and even heights, and channels that may lack none."""
    N, C, H, W = (int(n) for n in rng.integers(1, [4, 5, 9, 9]))
    x = rng.normal(size=(N, C, H, W)) + 1
    lacking = int(rng.choice([0, 1, C, 2 * C, 4]))
    return x, C + lacking, int(rng.choice([1, 2, 2, 3]))


def block(rng, size=None, scale=None):
    """(x, branch, scale)."""
    size = size or shape(rng)
    scale = number(rng) if scale is None else scale
    return batch(rng, size), noticing(branch_of(rng, size[1])), scale


def noticing(branch):
    """``branch``; where nn.Residual calls it, the answer is the course's own."""

    def noticed(x):
        if sys._getframe(1).f_code is nn.Residual.forward.__code__:
            reference("residual_forward")(x, branch, 0)
        return branch(x)

    return noticed


def arriving(rng, size=None, scale=None):
    """(g, x, W, scale): what the way back through a block is given; some of x is 0."""
    N, n = size or shape(rng)
    scale = number(rng) if scale is None else scale
    x = rng.integers(-4, 5, size=(N, n)) / 2
    return rng.normal(size=(N, n)), x, rng.normal(size=(n, n)), scale


ARRIVED = (
    (np.array([[1.0, 10]]), np.array([[2.0, -3]]), np.array([[1.0, 2], [3, 5]]), 0.5),
    arriving(np.random.default_rng(11), (5, 4), -0.7),
    arriving(np.random.default_rng(12), (3, 3), 0.0),
    arriving(np.random.default_rng(13), (4, 1), 2.0),
)


def slope(x):
    """Of relu."""
    return x > 0


def blind(f):
    """``f`` of a block, for which scale is 1."""
    return lambda g, x, W, scale: f(g, x, W, 1)


def turned(f):
    """``f`` of a block, for which W is its transpose."""

    def backward(g, x, W, scale):
        dx, dW = f(g, x, W.T, scale)
        return dx, dW.T

    return backward


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


def every(x, stride):
    return x[:, :, ::stride, ::stride]


def zeros(front, axis=1):
    """Channels of zeros, front(lacking) of them before those that there are."""

    def fill(x, lacking):
        widths = np.zeros((4, 2), int)
        widths[axis] = front(lacking), lacking - front(lacking)
        return np.pad(x, widths)

    return fill


BEHIND = zeros(lambda lacking: 0)


def shortcut(keep=every, fill=BEHIND):
    """keep: of the pixels, by stride.   fill: the channels that x lacks, so many."""
    return lambda x, channels, stride: fill(keep(x, stride), channels - x.shape[1])


def pooled(take):
    """The image by windows of stride x stride, the last ones cut off at the edge."""

    def keep(x, stride):
        rows, columns = (range(0, size, stride) for size in x.shape[2:])
        windows = [
            [
                take(x[:, :, r : r + stride, c : c + stride], axis=(2, 3))
                for c in columns
            ]
            for r in rows
        ]
        return np.moveaxis(np.array(windows), (0, 1), (2, 3))

    return keep


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


def plain_output(f, stem, blocks, head, scale):
    """How many matrices there are, and what they make of eight inputs.

    Raises ValueError where they do not fit, or are no arrays.
    """
    answer = f(stem, blocks, head, scale)
    if answer is None:
        return None
    weights = [answer] if isinstance(answer, np.ndarray) else list(answer)
    for k, W in enumerate(weights):
        if not isinstance(W, np.ndarray) or W.ndim != 2:
            raise ValueError(f"[{k}] of it is no array with two axes")
    h = np.random.default_rng(0).integers(-8, 9, size=(8, stem.shape[1])) / 4
    for k, W in enumerate(weights):
        if W.shape[1] != h.shape[1]:
            said = f"[{k}] of it has shape {W.shape}, and {h.shape[1]} numbers come in"
            raise ValueError(said)
        h = (relu(h) if k else h) @ W.T
    return len(weights), h


def gated(rng):
    """(x, branch, gate): some gates are 0 or 1."""
    x, branch, _ = block(rng)
    return x, branch, np.clip(rng.uniform(-0.3, 1.3, size=x.shape), 0, 1)


def projected(rng):
    """(x, channels, stride, W)."""
    x, channels, stride = images(rng)
    return x, channels, stride, rng.normal(size=(channels, x.shape[1]))


def backward_by(
    dx=lambda g, x, W, s: g + s * (g @ W) * slope(x),
    dW=lambda g, x, s, dx: s * g.T @ relu(x),
):
    """The way back through y = x + s relu(x) W^T; dW is told dx as well."""

    def backward(g, x, W, scale):
        found = dx(g, x, W, scale)
        return found, dW(g, x, scale, found)

    return backward
