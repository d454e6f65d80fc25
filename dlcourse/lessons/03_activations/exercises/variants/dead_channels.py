"""A convolutional layer puts out `H` of shape (N, C, height, width): for each example C
channels, each a small picture. All places of a channel share their weights.

Which channels are dead?
"""

import numpy as np

from ..dead_units import dead_units


def _channels(rng):
    N, C, h, w = (int(k) for k in rng.integers((2, 4, 2, 2), (5, 7, 5, 5)))
    H = rng.uniform(0.1, 1, size=(N, C, h, w)) * (rng.random((N, C, h, w)) < 0.6)
    H[:, :3] = 0  # dead, but for two of them:
    H[rng.integers(N), 1, rng.integers(h), rng.integers(w)] = 1e-30  # ever so little
    H[0, 2] = 0.5  # on for one example
    H[:, 3, 0, 0] = 0  # a place where it is always off: it is alive
    H[0, 3, 1, 1] = 0.7
    if rng.integers(2):
        H[1] = 0  # an example for which all are off
        H[0, 1] = 0.2
    return (H[:, rng.permutation(C)].astype(rng.choice([np.float32, float])),)


def _off(H, axis):
    return (H == 0).all(axis=axis)


@dead_units.variant(
    "That looks at each *place* of a channel by itself, as the lesson does with units. "
    "All places share their weights: a channel is dead if it is 0 in every place, and "
    "for every example. One answer for each channel, (C,).",
    inputs=_channels,
    edge_cases=(
        (np.zeros((2, 3, 2, 2)),),
        (np.ones((2, 3, 2, 1)),),
        (np.arange(12.0).reshape(1, 3, 2, 2) // 4,),
    ),
    returns="True or False for each channel",
)
def dead_channels(H):
    """Which channels are 0 for every example, everywhere.

    H: (N, C, h, w).   Returns (C,) of booleans.
    """
    return _off(H, (0, 2, 3))


dead_channels.mistake(
    "You look at each example by itself. Dead is 0 for all of them: (C,) of answers.",
    each_example=lambda H: _off(H, (2, 3)),
)
dead_channels.mistake(
    "You mark channels that are off *somewhere*. That is daily life; dead is off "
    "everywhere, for every example.",
    off_somewhere=lambda H: (H == 0).any(axis=(0, 2, 3)),
    off_in_a_place=lambda H: _off(H, 0).any(axis=(1, 2)),
    off_for_an_example=lambda H: _off(H, (2, 3)).any(axis=0),
)
dead_channels.mistake(
    "You look along the channels: axis 1 counts them, and it is the one to be kept.",
    silent_examples=lambda H: _off(H, (1, 2, 3)),
    silent_columns=lambda H: _off(H, (0, 1, 2)),
)
dead_channels.mistake(
    "One truth for the whole layer: each channel gets its own True or False.",
    no_axis=lambda H: (H == 0).all(),
)
dead_channels.mistake(
    "That is turned round: True is for the dead.",
    turned=lambda H: ~_off(H, (0, 2, 3)),
)
dead_channels.mistake(
    "You return the numbers of the dead channels: asked is True or False for each.",
    numbers=lambda H: np.flatnonzero(_off(H, (0, 2, 3))),
    where=lambda H: np.where(_off(H, (0, 2, 3))),
)
dead_channels.mistake(
    "A channel whose outputs are small counts as dead in your answer: dead is exactly "
    "0. (Means and sums of tiny numbers may round to 0, too.)",
    small=lambda H: H.max(axis=(0, 2, 3)) < 1e-3,
    tiny=lambda H: H.max(axis=(0, 2, 3)) < 1e-12,
)
