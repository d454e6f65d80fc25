import numpy as np

from dlcourse.teach.exercise import exercise

from ..answers import integers as given
from ..answers.arrays import typed
from ..answers.integers import integer_product, summed


@exercise(
    section="Integers",
    inputs=given.integer_layer,
    edge_cases=given.INTEGER_LAYERS,
    trials=16,
    atol=1e-5,
    run=lambda f, q, zero_point, r, scale, scales, bias: typed(
        f(q, zero_point, r, scale, scales, bias), "sums", "y", digits=True
    ),
    returns=("sums", "y"),
)
def integer_linear(q, zero_point, r, scale, scales, bias):
    """(sums, y): a linear layer whose products and sums are of integers, int32.

    q (N, in), uint8 or int8: inputs x ~ scale * (q - zero_point); N may be 0.
    r (out, in), int8: weights ~ scales[:, None] * r.   scales (out,), bias (out,).
    sums (N, out), int32: of r * (q - zero_point), over the inputs, exactly.
    y (N, out), floats: what the sums stand for, plus the bias.
    """
    return integer_product()(q, zero_point, r, scale, scales, bias)


integer_linear.mistake(
    "Right where the numbers are small. In which type is each difference, product and "
    "sum kept? 200 - 3 fits into uint8; 3 - 200 does not, nor 200 * 100 into int8.",
    **given.NARROW,
)
integer_linear.mistake(
    "The zero point comes in with the wrong sign: q - zero_point stands for x.",
    sign=integer_product(summed(lambda q, z, r: -z * r.sum(axis=1, dtype="int32"))),
)
integer_linear.mistake(
    "The zero point has no effect on your sums.",
    no_zero=integer_product(summed(lambda q, z, r: 0)),
)
integer_linear.mistake(
    "Take `r * (q - z)` apart, and add up over the inputs: which sum does z multiply? "
    "It is another number for each output, and the same for all examples.",
    **{name: integer_product(f) for name, f in given.OTHER_CORRECTION.items()},
)
integer_linear.mistake(
    "y is right. In `sums` the zero points are to be taken off already.",
    not_yet=given.uncorrected,
)
integer_linear.mistake(
    "A scale is missing in y, or divides: one unit of a sum is worth a step of the "
    "inputs times a step of that output's weights.",
    **given.OTHER_SCALES,
)
integer_linear.mistake(
    "The bias is a float, in units of y: it is left out with you, scaled, or rounded.",
    no_bias=integer_product(y=lambda sums, s, t, b: s * t * sums),
    with_bias=integer_product(y=lambda sums, s, t, b: s * t * (sums + b)),
    by_scales=integer_product(y=lambda sums, s, t, b: t * (s * sums + b)),
    rounded=given.rounded_bias,
    rounded_in_y=integer_product(
        y=lambda sums, s, t, b: s * t * (sums + np.round(b / (s * t)))
    ),
)
integer_linear.mistake(
    "Right, but the sums are to be int32. (`.sum()` of int32 gives int64.)",
    **given.NO_INT32,
)
integer_linear.mistake(
    "float32 rounds whole numbers beyond 2**24: sums are to be integers all the way.",
    **given.IN_SINGLE,
)
integer_linear.mistake(
    "Those are sums of floats: the scales come in after the sum, once for each output.",
    scaled_first=given.scaled_first,
)
integer_linear.mistake(
    "The two are in the other order.",
    swapped=integer_product(end=lambda sums, y: (y, sums)),
)
