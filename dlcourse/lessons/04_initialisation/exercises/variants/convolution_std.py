"""The weight of a two-dimensional convolution has four axes: (output channels, input
channels, height, width of the kernel). One number of its output is a sum over all input
channels *and* all places of the kernel.

What is He's standard deviation for such a weight?
"""

import numpy as np

from ..he_std import he_std


def _shape(rng):
    outputs, inputs = rng.choice(np.arange(2, 100), 2, replace=False)
    height, width = rng.choice([1, 2, 3, 5, 7], 2)
    return (tuple(int(n) for n in (outputs, inputs, height, width)),)


@he_std.variant(
    "That counts the input channels alone. One number of the output adds up a term for "
    "each of them *and* for each place of the kernel: how many terms are there?",
    inputs=_shape,
    edge_cases=(((64, 3, 7, 7),), ((8, 16, 3, 3),), ((16, 8, 3, 1),), ((5, 4, 1, 3),)),
)
def convolution_std(shape):
    """He's standard deviation for a weight of this shape, (m, n, h, w), before a ReLU.

    m, n: output and input channels.   h, w: height and width of the kernel.
    """
    return np.sqrt(2 / np.prod(shape[1:]))


convolution_std.mistake(
    "You count the output channels, which is the fan backwards. One number of the "
    "output has one term for each *input* channel and place of the kernel.",
    output_channels=lambda shape: np.sqrt(2 / shape[0]),
    fan_out=lambda shape: np.sqrt(2 / (shape[0] * np.prod(shape[2:]))),
)
convolution_std.mistake(
    "You count the places of the kernel alone: there is one kernel for each input "
    "channel, and their results are added up.",
    kernel_alone=lambda shape: np.sqrt(2 / np.prod(shape[2:])),
)
convolution_std.mistake(
    "You divide by the number of *all* weights. One number of the output meets only "
    "those of its own output channel.",
    by_all=lambda shape: np.sqrt(2 / np.prod(shape)),
)
convolution_std.mistake(
    "Only one side of the kernel is counted: it has height times width places.",
    one_side=lambda shape: np.sqrt(2 / (shape[1] * shape[2])),
    other_side=lambda shape: np.sqrt(2 / (shape[1] * shape[3])),
)
convolution_std.mistake(
    "He's 2, which makes up for ReLU's zeros, is missing, or there twice.",
    without_two=lambda shape: np.sqrt(1 / np.prod(shape[1:])),
    two_twice=lambda shape: np.sqrt(4 / np.prod(shape[1:])),
)
convolution_std.mistake(
    "That is the variance, or has its fan outside the root: take the root of all of "
    "He's fraction.",
    variance=lambda shape: 2 / np.prod(shape[1:]),
    root_of_two_only=lambda shape: np.sqrt(2) / np.prod(shape[1:]),
)
