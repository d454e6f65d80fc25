"""Plain deep networks: a linear layer and an activation, again and again."""

import math
from numbers import Real

import numpy as np

from dlcourse import nn
from dlcourse.autograd import no_grad, tensor
from dlcourse.checks import expect_sizes
from dlcourse.random import manual_seed


def plain(
    activation, start=None, depth=None, width=64, *, inputs=64, outputs=10, seed=0
):
    """``depth`` layers of ``width`` units, each followed by ``activation``, and a head.

    ``nn.Sequential`` of Linear, activation, Linear, activation, ..., Linear: layer k,
    from 1, is ``model[2 * k - 2]``. *Plain* is He and others' word (2016) for what has
    no way round its layers.

    Args:
        activation: what makes one: ``nn.Tanh``, ``lambda: nn.LeakyReLU(0.1)``. It may
            join units or double them, as ``nn.GLU`` and ``nn.CReLU`` do: the layer
            after it has the inputs that it needs.
        start: how weights begin, those of the head too. A function that fills a weight
            matrix (out, in) in place, such as ``nn.init.xavier_normal_``; or a number,
            the scale: normal with standard deviation scale / sqrt(in). Biases are then
            0. By default both are as ``nn.Linear`` draws them.
        depth: number of layers before the head.
        width: units of each layer; or a list with the width of each, without ``depth``.
        inputs, outputs: features of an example, and numbers that the head gives.
        seed: of ``manual_seed``; the same seed, the same network.

    Raises TypeError where ``activation`` is a module already or ``start`` is none of
    these, ValueError where an activation cannot follow ``width`` units.
    """
    fill = _filler(start)
    if (depth is None) == isinstance(width, int | np.integer):
        raise TypeError(
            f"plain expects depth and one width, or a list of widths: got {depth=}, "
            f"{width=}"
        )
    if depth is not None:
        expect_sizes("plain", depth=depth)
    widths = list(width) if depth is None else [width] * depth
    passed_on = {units: _passed_on(activation, units) for units in set(widths)}
    manual_seed(seed)
    layers, n = [], inputs
    for units in widths:
        layers += [nn.Linear(n, units), activation()]
        n = passed_on[units]
    model = nn.Sequential(*layers, nn.Linear(n, outputs))
    if fill is not None:
        for layer in model[::2]:
            fill(layer.weight)
            nn.init.zeros_(layer.bias)
    return model


def _filler(start):
    if isinstance(start, Real) and not isinstance(start, bool):
        return lambda w: nn.init.normal_(w, 0, start / math.sqrt(w.shape[1]))
    if start is not None and not callable(start):
        raise TypeError(
            "plain expects start to be a function that fills a weight matrix, a number "
            f"(the scale) or None, got {start!r}"
        )
    return start


def _passed_on(activation, units):
    """How many numbers ``activation`` makes of ``units``: tried, on no examples."""
    try:
        probe = activation()
        probe.eval()
    except (TypeError, AttributeError):
        raise TypeError(
            "plain expects activation to be what makes one, such as nn.Tanh, got "
            f"{activation!r}: each layer has its own"
        ) from None
    try:
        with no_grad():
            return probe(tensor(np.empty((0, units), np.float32))).shape[1]
    except ValueError as error:
        raise ValueError(
            f"plain: {type(probe).__name__} cannot follow {units} units: {error}"
        ) from None
