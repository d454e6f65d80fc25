import math

from dlcourse.teach.exercise import exercise

from ..answers import sizes as given
from ..answers.sizes import beside, bytes_by, layered


@exercise(
    section="Deeper: Bits per layer",
    inputs=layered,
    edge_cases=given.LAYERS,
    trials=16,
    rtol=1e-9,
    returns="an integer",
)
def model_bytes(layers):
    """The bytes that a model's numbers take, an integer. (No headers, no zero points.)

    layers: a list of (shape, bits, has_bias), perhaps empty; shape: of the weight,
    (out, in) or (out, in, kh, kw); bits: per weight, 1 to 8; has_bias: True or False.
    A layer's weights are packed bit after bit, and fill whole bytes only in the end.
    Beside them each output has one scale and, with a bias, one bias: float32.
    """
    return bytes_by()(layers)


model_bytes.mistake(
    "The scales are missing, in some layers or in all: without them nobody knows what "
    "an integer stands for.",
    no_scales=beside(0),
    with_biases_alone=bytes_by(
        scales=lambda shape, bits: 0,
        biases=lambda shape, bits, has_bias: 8 * shape[0] * has_bias,
    ),
)
model_bytes.mistake(
    "The biases are missing, or there are some where the layer has none.",
    no_biases=beside(4, 0),
    always=bytes_by(biases=lambda shape, bits, has_bias: 4 * shape[0]),
)
model_bytes.mistake(
    "That is the weights alone. What else is kept?", weights_alone=beside(0, 0)
)
model_bytes.mistake(
    "Bits are counted as bytes, all of them or the weights' alone. A byte has eight.",
    **given.IN_BITS,
)
model_bytes.mistake(
    "Each weight, or each row, begins a new byte with you. They follow bit after bit.",
    weight_by_weight=bytes_by(lambda count, bits, shape: count),
    row_by_row=bytes_by(lambda n, bits, s: s[0] * math.ceil(n // s[0] * bits / 8)),
)
model_bytes.mistake(
    "Each layer begins a new byte. What of its last one, if it is only part full?",
    **given.PART_FULL,
)
model_bytes.mistake(
    "If a layer's bits fill its last byte, no other is begun: with you one is.",
    one_more=bytes_by(lambda count, bits, shape: count * bits // 8 + 1),
)
model_bytes.mistake(
    "Scales and biases stay float32. How many bytes has one of them?",
    **given.NO_FLOATS,
)
model_bytes.mistake(
    "Scales, or biases, are as many as the outputs. Which entry of `shape` says so?",
    **given.OTHER_COUNTS,
)
model_bytes.mistake(
    "A filter has kh * kw weights for each input channel.",
    no_kernel=bytes_by(count=lambda shape: shape[0] * shape[1]),
)
model_bytes.mistake(
    "That is the float model: here a weight takes `bits` bits.",
    floats=beside(0, weights=lambda count, bits, shape: 4 * count),
    floats_with_scales=bytes_by(lambda count, bits, shape: 4 * count),
)
model_bytes.mistake(
    "That is one layer alone. All of them add up.",
    **given.ONE_LAYER,
)
