"""In LeCun's nets not every output channel looks at every input channel: a table says
which do. Count the weights and the connections of such a layer. (What does one link
cost, and what does a channel cost that has no link at all?)
"""

import numpy as np

from ...fixtures import sizes
from ..weights_and_connections import _by, weights_and_connections


def _layer(rng):
    H, W, kh, kw = sizes(rng, 20)
    table = rng.random(rng.integers(1, 7, size=2)) < rng.choice([0.3, 0.7, 1])
    return _with(table, (kh, kw), (H, W))


def _with(table, kernel_size, input_size):
    return table.shape[1], table.shape[0], kernel_size, input_size, table


@weights_and_connections.variant(
    "You count all links: as many as the table has entries. Only those that are there.",
    public=lambda C, D, kernel, image, table: _by()(C, D, kernel, image),
    inputs=_layer,
    edge_cases=(
        _with(np.array([[True, True, False], [False, True, False]]), (2, 3), (5, 7)),
        _with(np.array([[False, False], [True, False], [True, True]]), (3, 1), (3, 4)),
    ),
)
def linked_weights_and_connections(
    in_channels, out_channels, kernel_size, input_size, table
):
    """(weights, connections): two integers, of a layer with a link or none for a pair.

    kernel_size (kh, kw), input_size (H, W): pairs; stride 1, within the image.
    table (out_channels, in_channels): whether that output channel looks at that input
    channel. Each output channel has one bias, which counts, also if it has no link.
    """
    (kh, kw), (H, W) = kernel_size, input_size
    weights = int(table.sum()) * kh * kw + out_channels
    return weights, weights * (H - kh + 1) * (W - kw + 1)


def _of(
    weights=lambda table, k, n: table.sum() * k + len(table),
    connections=lambda table, k, n: (table.sum() * k + len(table)) * n,
):
    """k: entries of a kernel. n: places of one output channel."""

    def count(in_channels, out_channels, kernel_size, input_size, table):
        (kh, kw), (H, W) = kernel_size, input_size
        places = (H - kh + 1) * (W - kw + 1)
        return tuple(int(f(table, kh * kw, places)) for f in (weights, connections))

    return count


linked_weights_and_connections.mistake(
    "Each *link* has a bias with you. It belongs to the output channel: one each.",
    bias_per_link=_of(
        lambda t, k, n: t.sum() * (k + 1), lambda t, k, n: t.sum() * (k + 1) * n
    ),
)
linked_weights_and_connections.mistake(
    "A channel without a link still has its bias.",
    no_link_no_bias=_of(
        lambda t, k, n: t.sum() * k + t.any(axis=1).sum(),
        lambda t, k, n: (t.sum() * k + t.any(axis=1).sum()) * n,
    ),
)
linked_weights_and_connections.mistake(
    "The biases are missing, or there is one for each input channel.",
    no_bias=_of(lambda t, k, n: t.sum() * k, lambda t, k, n: t.sum() * k * n),
    wrong_axis=_of(
        lambda t, k, n: t.sum() * k + t.shape[1],
        lambda t, k, n: (t.sum() * k + t.shape[1]) * n,
    ),
)
linked_weights_and_connections.mistake(
    "The two counts are equal with you: weights are shared by all places.",
    unshared=_of(weights=lambda t, k, n: (t.sum() * k + len(t)) * n),
    shared_twice=_of(connections=lambda t, k, n: t.sum() * k + len(t)),
)
