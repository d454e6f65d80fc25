"""Shortcuts between images of different shapes, and the parts of answers."""

import numpy as np


def images(rng):
    """(x, channels, stride): odd and even heights, and channels that may lack none."""
    N, C, H, W = (int(n) for n in rng.integers(1, [4, 5, 9, 9]))
    x = rng.normal(size=(N, C, H, W)) + 1
    lacking = int(rng.choice([0, 1, C, 2 * C, 4]))
    return x, C + lacking, int(rng.choice([1, 2, 2, 3]))


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


def projected(rng):
    """(x, channels, stride, W)."""
    x, channels, stride = images(rng)
    return x, channels, stride, rng.normal(size=(channels, x.shape[1]))
