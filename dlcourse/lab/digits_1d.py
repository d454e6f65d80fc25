"""Digits on a line: a data set whose examples are no images, after MNIST-1D."""

import numpy as np

from dlcourse.checks import expect_sizes
from dlcourse.lab.data import Split

# How far each printed digit reaches to the right, from its top to its foot.
EDGES = np.array(
    [
        [0, 1.0, 3.0, 4.0, 4.0, 4.0, 4.0, 4.0, 4.0, 3.0, 1.0, 0],
        [0, 1.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 4.0, 4.0, 0],
        [0, 3.0, 4.0, 4.0, 3.5, 2.5, 1.5, 1.0, 1.0, 4.0, 4.0, 0],
        [0, 3.0, 4.0, 4.0, 3.0, 2.0, 3.0, 4.0, 4.0, 4.0, 3.0, 0],
        [0, 2.0, 2.0, 2.0, 2.0, 2.0, 4.0, 4.0, 2.0, 2.0, 2.0, 0],
        [0, 4.0, 4.0, 1.0, 1.0, 2.5, 4.0, 4.0, 4.0, 3.5, 2.0, 0],
        [0, 3.0, 2.0, 1.0, 1.0, 3.0, 4.0, 4.0, 4.0, 3.0, 1.5, 0],
        [0, 4.0, 4.0, 4.0, 3.6, 3.2, 2.8, 2.4, 2.0, 1.6, 1.2, 0],
        [0, 1.5, 3.0, 3.0, 1.5, 1.0, 1.5, 3.5, 4.0, 3.5, 2.0, 0],
        [0, 2.0, 3.5, 4.0, 4.0, 4.0, 3.5, 2.5, 2.0, 2.0, 2.0, 0],
    ]
)
POINTS, PADDING, SHIFT = 40, (36, 60), 48
SIZE, SLOPE, SMOOTH_NOISE, NOISE = 0.4, 0.375, 0.05, 0.02


def digits_1d(n, seed=0):
    """n curves of 40 points, each a digit's right edge, and which digit it is.

    The edge, 12 values of height up to 1, is stretched in height by up to 40 %, laid
    on a line of 48 to 72 zeros and moved by up to 48; smooth noise and a slope are
    added, the line is read at 40 places, and white noise is added.

    Args:
        n: how many; each digit as often as the others, to within one.

    Returns a :class:`Split`: x float32 (n, 40), of mean 0 and mean square 1 over all,
    y int64 (n,). Source: the recipe of Greydanus, *Scaling down deep learning* (2020),
    with other edges and sizes of noise: errors do not compare with the paper's.

    Raises TypeError where n is no integer, ValueError below 1.
    """
    expect_sizes("digits_1d", n=n)
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.arange(n) % 10)
    x = np.array([_curve(EDGES[digit] / 4, rng) for digit in y])
    x = (x - x.mean()) / x.std()
    return Split(x.astype(np.float32), y.astype(np.int64))


def _curve(edge, rng):
    line = np.zeros(len(edge) + rng.integers(*PADDING, endpoint=True))
    n = len(line)
    line[: len(edge)] = edge * (1 + SIZE * rng.uniform(-1, 1))
    line = np.roll(line, rng.integers(SHIFT, endpoint=True))
    bell = np.exp(-(np.arange(-8, 9) ** 2) / 8)
    bell /= np.linalg.norm(bell)  # keeps the size of the noise
    line += SMOOTH_NOISE * np.convolve(rng.normal(size=n + 16), bell, "valid")
    line += SLOPE * rng.uniform(-1, 1) * np.linspace(-1, 1, n)
    places = np.linspace(0, n - 1, POINTS)
    return np.interp(places, np.arange(n), line) + NOISE * rng.normal(size=POINTS)
