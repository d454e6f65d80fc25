"""Weights with zero points, too: weight k of output j stands for
scales[j] (r[j, k] - offsets[j]). How many sums are there now, and which of them depend
on the example?
"""

import numpy as np

from ...answers.arrays import typed
from ...answers.integers import OFFSET_LAYERS, exact, integer_product, offset_layer
from ..integer_linear import integer_linear


@integer_linear.variant(
    "That is the lesson's answer: the offsets of the weights have no effect on it.",
    public=lambda q, zero_point, r, scale, scales, bias, offsets: integer_product()(
        q, zero_point, r, scale, scales, bias
    ),
    inputs=offset_layer,
    edge_cases=OFFSET_LAYERS,
    run=lambda f, q, zero_point, r, scale, scales, bias, offsets: typed(
        f(q, zero_point, r, scale, scales, bias, offsets), "sums", "y", digits=True
    ),
)
def offset_integer_linear(q, zero_point, r, scale, scales, bias, offsets):
    """(sums, y): a linear layer of integers whose weights have zero points, too.

    q (N, in), uint8 or int8: inputs x ~ scale * (q - zero_point); N may be 0.
    r (out, in), int8: weights ~ scales[:, None] * (r - offsets[:, None]).
    scales (out,), bias (out,), floats; offsets (out,): integers, -128 to 127.
    sums (N, out), int32: of (r - offset) * (q - zero_point), over the inputs, exactly.
    y (N, out), floats: what the sums stand for, plus the bias.
    """
    r = r.astype(np.int32) - offsets[:, None].astype(np.int32)
    sums = (q.astype(np.int32) - zero_point) @ r.T
    return sums, scale * scales * sums + bias


def _of(
    sums=lambda q, z, r, o: exact(q, z, r - o[:, None]),
    y=lambda sums, s, t, b: s * t * sums + b,
    kind=np.int32,
):
    def answer(q, zero_point, r, scale, scales, bias, offsets):
        found = sums(q, zero_point, r, offsets.astype(np.int32)).astype(kind)
        return found, y(found, scale, scales, bias)

    return answer


def _taken(part):
    """The lesson's sums, and a part for the offsets: part(sums of q, z, o, n)."""
    return _of(
        lambda q, z, r, o: (
            exact(q, z, r)
            + part(q.sum(axis=1, dtype=np.int32)[:, None], z, o, r.shape[1])
        )
    )


offset_integer_linear.mistake(
    "Take (r - o)(q - z) apart: four products. Is that of the two zero points there, "
    "with its sign, for each input?",
    missing=_taken(lambda Q, z, o, n: -o * Q),
    minus=_taken(lambda Q, z, o, n: -o * Q - n * z * o),
    once=_taken(lambda Q, z, o, n: -o * Q + z * o),
)
offset_integer_linear.mistake(
    "Which sum do the offsets multiply? It is another number for each example.",
    inputs=_taken(lambda Q, z, o, n: -o * n),
    weights=_of(lambda q, z, r, o: exact(q, z, r) - o * r.sum(axis=1, dtype=np.int32)),
)
offset_integer_linear.mistake(
    "The sign of the offsets: r - offset stands for the weight.",
    plus=_of(lambda q, z, r, o: exact(q, z, r + o[:, None])),
)
offset_integer_linear.mistake(
    "Right, but the sums are to be int32: look at sums.dtype.",
    int64=_of(kind=np.int64),
    float64=_of(kind=np.float64),
)
offset_integer_linear.mistake(
    "The zero point of the inputs has no effect on your sums.",
    no_zero=_of(lambda q, z, r, o: exact(q, 0, r - o[:, None])),
)
offset_integer_linear.mistake(
    "r - offset may be -255: int8 does not hold it, nor its products.",
    narrow=_of(lambda q, z, r, o: exact(q, z, r - o[:, None].astype(np.int8))),
)
offset_integer_linear.mistake(
    "The bias is a float, in units of y: it is left out, or scaled.",
    no_bias=_of(y=lambda sums, s, t, b: s * t * sums),
    scaled=_of(y=lambda sums, s, t, b: s * t * (sums + b)),
)
