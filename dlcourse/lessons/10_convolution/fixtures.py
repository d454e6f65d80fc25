"""What the exercises of lesson 10 are tried on, and what it gives to debug."""

from copy import deepcopy

import numpy as np

from dlcourse import nn, tensor


class TheirFlatten(nn.Module):
    """Flatten as a colleague's library does it, which keeps channels as the last axis.

    Its input is (N, C, H, W) as in this course: only the order of what comes out tells.
    """

    def forward(self, x):
        return x.permute(0, 2, 3, 1).reshape(x.shape[0], -1)


def sizes(rng, most=7):
    """(H, W, kh, kw): of an image and of a kernel that fits into it."""
    H, W = (int(n) for n in rng.integers(1, most, size=2))
    kh, kw = (int(rng.choice([1, n, rng.integers(1, n + 1)])) for n in (H, W))
    return H, W, kh, kw


def image(rng, shape):
    """Real numbers, or integers; some are negative."""
    if rng.integers(3) == 0:
        return rng.integers(-9, 10, size=shape)
    return 2 * rng.normal(size=shape)


def windows(x, kh, kw):
    """(H - kh + 1, W - kw + 1, kh, kw): each window of x (H, W), at its place."""
    return np.lib.stride_tricks.sliding_window_view(x, (kh, kw))


def two_nets(rng, fault=None):
    """(ours, theirs, x): the layers of one may differ in one place; 0 and 7: in none.

    Theirs also differs by rounding: numbers are not added up in one order everywhere.
    6: one entry of ten is off, by little; 7: all, by less than what counts;
    2: a blank image comes first, of which both make the same.
    """
    C, D, N = (int(n) for n in rng.integers(1, 4, size=3))
    kernel, classes, side = int(rng.integers(1, 4)), int(rng.integers(1, 5)), 8
    fault = int(rng.integers(8)) if fault is None else fault
    D, N = D + (fault == 1), N + (fault == 2)
    classes = 10 if fault in (6, 7) else classes
    out = (side - kernel + 1) // 2
    layers = [nn.Conv2d(C, D, kernel), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()]
    layers += [nn.Linear(D * out * out, classes)] + [nn.Tanh()] * int(rng.integers(2))
    ours = nn.Sequential(*layers)
    for each in ours.parameters():
        each.data = rng.normal(size=each.shape) / each.shape[-1]
    theirs = deepcopy(layers)
    if fault == 1:
        theirs[3] = TheirFlatten()
    elif fault == 2:
        theirs[0].weight.data = 2 * theirs[0].weight.data
    elif fault == 3:
        theirs[2] = nn.AvgPool2d(2)
    elif fault == 4:
        theirs[4].bias.data = theirs[4].bias.data + 0.5
    elif fault == 5:
        theirs[1] = nn.LeakyReLU(0.1)
    elif fault == 6:
        theirs[4].bias.data = theirs[4].bias.data - 5e-4 * (np.arange(10) == 9)
    elif fault == 7:
        theirs[4].bias.data = theirs[4].bias.data + 4e-5
    for each in nn.Sequential(*theirs).parameters():
        each.data = each.data * (1 + 1e-12 * rng.normal(size=each.shape))
    x = rng.normal(size=(N, C, side, side))
    x[0] *= fault != 2
    return ours, nn.Sequential(*theirs), tensor(x)


def far(a, b):
    return bool(np.abs(a - b).max() > 1e-4)


def first_other_weights(ours, theirs, x):
    """The first layer that has other weights: not by what comes out."""
    for i, layers in enumerate(zip(ours, theirs, strict=True)):
        both = zip(*(layer.parameters() for layer in layers), strict=True)
        if any(far(a.data, b.data) for a, b in both):
            return i
    return len(ours)


def first(window):
    found = np.zeros(window.shape)
    found.flat[window.argmax()] = 1
    return found


def last(window):
    return first(window[::-1, ::-1])[::-1, ::-1]


def ties(window):
    return (window == window.max()) * 1.0


def pooling_back(
    share=first, corner=lambda i, stride: stride * i, add=lambda old, new: old + new
):
    """Pooling's way back: ``share`` of a window's g, by its entries; ``corner`` of it;
    ``add``: what was there, and what comes.
    """

    def backward(g, x, size, stride):
        dx, found = np.zeros(x.shape), windows(x, size, size)[::stride, ::stride]
        for i, j in np.ndindex(g.shape):
            r, c = corner(i, stride), corner(j, stride)
            part = dx[r : r + size, c : c + size]
            part[...] = add(part, g[i, j] * share(found[i, j]))
        return dx

    return backward
