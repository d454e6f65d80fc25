"""Positions that keep a distance, and otherwise stay where they would like to be."""

import numpy as np

__all__ = ["apart"]


def apart(wanted, sizes, low=-np.inf, high=np.inf):
    """Centres for things of ``sizes`` in a row, none overlapping, in the given order.

    They minimise the sum of squared distances from ``wanted``, whose order need not be
    increasing. Subtracting from each centre the room that its predecessors take turns
    "no overlap" into "increasing", and the best increasing sequence comes from pooling
    neighbours that are in the wrong order until none are.

    Where they fit between ``low`` and ``high``, they are kept there.
    """
    sizes = np.asarray(sizes, float)
    room = np.cumsum(sizes) - sizes / 2
    blocks = []  # [mean, count] of things that touch
    for position in np.asarray(wanted, float) - room:
        blocks.append([position, 1])
        while len(blocks) > 1 and blocks[-2][0] >= blocks[-1][0]:
            mean, count = blocks.pop()
            blocks[-1][0] += (mean - blocks[-1][0]) * count / (blocks[-1][1] + count)
            blocks[-1][1] += count
    free = np.repeat([mean for mean, _ in blocks], [count for _, count in blocks])
    return np.clip(free, low, max(low, high - sizes.sum())) + room
