"""Another library stores a layer's weight the other way round: its layer is
$Y = X W$, and `W` has the shape (inputs, units). Its weights need He's standard
deviation, too.
"""

import numpy as np

from ..he_std import he_std


@he_std.variant(
    "That is right for PyTorch's weights, (units, inputs). Here the layer is Y = X W: "
    "which entry of the shape counts the inputs?"
)
def inputs_first_std(shape):
    """He's standard deviation for W of this shape, in Y = X W before a ReLU."""
    return np.sqrt(2 / shape[0])


inputs_first_std.mistake(
    "He's 2, which makes up for ReLU's zeros, is missing, or there twice.",
    without_two=lambda shape: np.sqrt(1 / shape[0]),
    two_twice=lambda shape: np.sqrt(4 / shape[0]),
)
inputs_first_std.mistake(
    "That is the variance. The standard deviation is its root.",
    variance=lambda shape: 2 / shape[0],
)
inputs_first_std.mistake(
    "Both fans are in it, which is Xavier's compromise, or their product. He's rule "
    "looks at the inputs only.",
    xavier=lambda shape: np.sqrt(2 / sum(shape)),
    compromise=lambda shape: np.sqrt(4 / sum(shape)),
    by_the_product=lambda shape: np.sqrt(2 / np.prod(shape)),
)
inputs_first_std.mistake(
    "You take the larger of the two, or the smaller, which is the fan-in for some "
    "shapes only. The place decides, not the size.",
    larger_fan=lambda shape: np.sqrt(2 / max(shape)),
    smaller_fan=lambda shape: np.sqrt(2 / min(shape)),
)
inputs_first_std.mistake(
    "The fan is the right one, but it stands outside the root: take the root of all.",
    root_of_two_only=lambda shape: np.sqrt(2) / shape[0],
)
