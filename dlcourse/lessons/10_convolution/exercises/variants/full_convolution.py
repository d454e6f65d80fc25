"""Add up what each pixel *sends*: pixel `x[i, j]` puts its own multiple of the whole
kernel on the result, the kernel's corner at `[i, j]`. This is the convolution of the
books, with every place where kernel and image overlap. Write it. (How large is it?)
"""

import numpy as np

from ..correlate2d import correlate2d


@correlate2d.variant(
    "That is the lesson's answer: only whole fits, and nothing is turned.",
    returns="an array (H + kh - 1, W + kw - 1)",
)
def full_convolution(x, k):
    """For each pixel x[i, j], x[i, j] times k, with k[0, 0] at [i, j], all added up.

    x (H, W): an image, floats or integers.   k (kh, kw): at most as large as x.
    Returns a new array of floats, (H + kh - 1, W + kw - 1).
    """
    (H, W), (kh, kw) = x.shape, k.shape
    y = np.zeros((H + kh - 1, W + kw - 1))
    for i, j in np.ndindex(H, W):
        y[i : i + kh, j : j + kw] += x[i, j] * k
    return y


def _of(kernel=lambda k: k, add=lambda old, new: old + new):
    def convolve(x, k):
        k, (H, W) = kernel(k), x.shape
        y = np.zeros((H + k.shape[0] - 1, W + k.shape[1] - 1))
        for i, j in np.ndindex(H, W):
            part = y[i : i + k.shape[0], j : j + k.shape[1]]
            part[...] = add(part, x[i, j] * k)
        return y

    return convolve


full_convolution.mistake(
    "The kernel is turned once too often: what a pixel sends is k as it is.",
    turned=_of(lambda k: k[::-1, ::-1]),
)
full_convolution.mistake(
    "Where what two pixels send overlaps, it is added: +=.",
    overwritten=_of(add=lambda old, new: new),
)
full_convolution.mistake(
    "You cut it to the size of x. What lies over the edge belongs to it.",
    cut=lambda x, k: _of()(x, k)[: len(x), : x.shape[1]],
    middle=lambda x, k: _of()(x, k)[(k.shape[0] - 1) // 2 :, (k.shape[1] - 1) // 2 :][
        : len(x), : x.shape[1]
    ],
)
