import numpy as np

from dlcourse.teach.exercise import exercise


def _shape(rng):
    return (tuple(int(n) for n in rng.choice(np.arange(2, 400), 2, replace=False)),)


@exercise(
    section="Debug this: fine for a year",
    inputs=_shape,
    edge_cases=(((64, 64),), ((64, 128),), ((10, 64),), ((128, 64),)),
    returns="the standard deviation",
)
def he_std(shape):
    """He's standard deviation for a weight of this shape, (m, n), before a ReLU."""
    return np.sqrt(2 / shape[1])


he_std.mistake(
    "This is the colleague's function again: right for square weights, wrong for all "
    "others. In Y = X W^T the weight is (m, n): which of the two counts the inputs?",
    fans_swapped=lambda shape: np.sqrt(2 / shape[0]),
)
he_std.mistake(
    "With that CReLU is level, by accident: 1/64 = 2/128. And ReLU, with (64, 64), "
    "loses half in each layer. The 2 is right. Which of the two counts the inputs?",
    halved_for_crelu=lambda shape: np.sqrt(1 / shape[0]),
)
he_std.mistake(
    "Two mistakes. It is the colleague's fan: which entry of (m, n) counts the inputs "
    "of a unit? And it is the variance, where the standard deviation is asked for.",
    variance_of_the_wrong_fan=lambda shape: 2 / shape[0],
)
he_std.mistake(
    "The mean of both fans is Xavier's compromise between two directions. He's rule "
    "looks at the inputs only, and makes up for ReLU.",
    xavier=lambda shape: np.sqrt(2 / sum(shape)),
    compromise=lambda shape: np.sqrt(4 / sum(shape)),
)
he_std.mistake(
    "The 2 makes up for ReLU's zeros, once. It is missing here, or there twice: CReLU "
    "passes on the same second moment as ReLU, half of its outputs being 0.",
    without_two=lambda shape: np.sqrt(1 / shape[1]),
    two_twice=lambda shape: np.sqrt(4 / shape[1]),
)
he_std.mistake(
    "The fan is the right one, but it stands outside the root. The *variance* is He's "
    "fraction: take the root of all of it.",
    root_of_two_only=lambda shape: np.sqrt(2) / shape[1],
)
he_std.mistake(
    "You divide by the number of all weights. A unit adds up one term for each of its "
    "*inputs*, however many units there are beside it: only one of the two numbers "
    "counts.",
    by_the_product=lambda shape: np.sqrt(2 / np.prod(shape)),
)
he_std.mistake(
    "You take the larger of the two, or the smaller, which is the fan-in for some "
    "shapes only. The place decides, not the size: in Y = X W^T, which axis of W meets "
    "the inputs?",
    larger_fan=lambda shape: np.sqrt(2 / max(shape)),
    smaller_fan=lambda shape: np.sqrt(2 / min(shape)),
)
he_std.mistake(
    "This is the *bound* of the uniform distribution that has He's deviation. Asked "
    "for is the deviation itself (exercise 2 has the factor between the two).",
    uniform_form=lambda shape: np.sqrt(6 / shape[1]),
)
