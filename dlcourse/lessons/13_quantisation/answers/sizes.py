"""model_bytes: lists of layers, and answers made of parts."""

import math

import numpy as np


def layered(rng, depth=None):
    """(layers,): of Linear and Conv2d."""
    depth = int(rng.integers(0, 5)) if depth is None else depth
    layers = []
    for _ in range(depth):
        shape = tuple(int(n) for n in rng.choice([1, 2, 3, 5, 10, 33], size=2))
        if rng.integers(2):
            shape += tuple(int(n) for n in rng.integers(1, 6, size=2))
        layers.append((shape, int(rng.integers(1, 9)), bool(rng.integers(2))))
    return (layers,)


LAYERS = (
    ([((64, 196), 8, True), ((32, 64), 4, True), ((10, 32), 4, True)],),
    ([((3, 5), 3, False)],),
    ([((3, 5), 3, True), ((7, 3), 1, False), ((1, 7), 5, True)],),
    ([((5, 2, 3, 3), 3, True), ((4, 5, 1, 3), 2, False)],),
    ([((1, 1), 1, True)],),
    ([],),
    ([((9, 1), 7, True), ((3, 9), 7, True)],),
    ([((301, 403), 3, True)],),
)


def bytes_by(
    weights=lambda count, bits, shape: -(-count * bits // 8),
    scales=lambda shape, bits: 4 * shape[0],
    biases=lambda shape, bits, has_bias: 4 * shape[0] * has_bias,
    count=np.prod,
    whole=lambda total: total,
):
    """The sum over layers, by these."""

    def answer(layers):
        total = 0
        for shape, bits, has_bias in layers:
            total += weights(int(count(shape)), bits, shape) + scales(shape, bits)
            total += biases(shape, bits, has_bias)
        return whole(total)

    return answer


def last_byte(weights, whole=lambda total: total):
    """weights: so many bytes for so many bits."""
    return bytes_by(lambda count, bits, shape: weights(count * bits), whole=whole)


PART_FULL = {
    "divided": last_byte(lambda bits: bits / 8),
    "cut_off": last_byte(lambda bits: bits // 8),
    "nearest": last_byte(lambda bits: round(bits / 8)),
    "cut_off_once": last_byte(lambda bits: bits / 8, int),
    "up_once": last_byte(lambda bits: bits / 8, math.ceil),
}


def of_one(which):
    """One layer's alone: which(all but the empty list)."""
    return lambda layers: bytes_by()(which(layers)) if layers else None


def beside(scale=4, bias=4, scale_along=0, bias_along=0, **others):
    """So many bytes for each scale and bias; one for each index of this axis."""
    return bytes_by(
        scales=lambda shape, bits: scale * (*shape, 1)[scale_along],
        biases=lambda shape, bits, has: bias * (*shape, 1)[bias_along] * has,
        **others,
    )


NO_FLOATS = {
    "biases_in_bits": bytes_by(biases=lambda s, bits, has: -(-s[0] * has * bits // 8)),
    "biases_in_bytes": beside(4, 1),
    "scales_in_bytes": beside(1, 4),
    "both_in_bytes": beside(1, 1),
    "doubles": beside(8, 8),
    "halves": beside(2, 2),
    "in_bits": beside(32, 32),
    "scales_in_bits": beside(32, 4),
}

OTHER_COUNTS = {
    "scale_each_layer": beside(scale_along=-1),
    "bias_each_layer": beside(bias_along=-1),
    "both_each_layer": beside(scale_along=-1, bias_along=-1),
    "scale_each_input": beside(scale_along=1),
    "bias_each_input": beside(bias_along=1),
    "both_each_input": beside(scale_along=1, bias_along=1),
    "scale_each_last": beside(scale_along=-2),
    "both_each_last": beside(scale_along=-2, bias_along=-2),
}

IN_BITS = {
    "bits": bytes_by(lambda count, bits, shape: count * bits),
    "all_in_bits": bytes_by(whole=lambda total: 8 * total),
}

ONE_LAYER = {
    "first": lambda layers: bytes_by()(layers[:1]),
    "last": lambda layers: bytes_by()(layers[-1:]),
    "returned_within": of_one(lambda layers: layers[:1]),
}
