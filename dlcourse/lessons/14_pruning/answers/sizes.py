"""stored_bytes: a matrix's measures, and answers made of bits."""

import math


def measures(rng):
    """(rows, columns, kept, bits, index_bits)."""
    rows, columns = (int(n) for n in rng.choice([1, 2, 10, 64, 300], size=2))
    share = rng.choice([0, 0.1, 0.5, 1, rng.random()])
    bits, index = int(rng.choice([1, 3, 8, 16, 32])), int(rng.choice([8, 16, 32]))
    return rows, columns, int(share * rows * columns), bits, index


MEASURES = (
    (64, 196, 1254, 32, 16),
    (10, 20, 30, 3, 8),
    (1, 7, 7, 8, 32),
    (5, 1, 2, 16, 8),
    (4, 6, 0, 32, 16),
    (300, 10, 1500, 1, 32),
)


def stored(
    dense=lambda places, bits: places * bits,
    weights=lambda kept, places, bits: kept * bits,
    index=lambda kept, places, index: kept * index,
    starts=lambda rows, columns, bits, index: 32 * (rows + 1),
    mask=lambda places, kept: places,
    end=lambda bits: bits / 8,
    which=lambda kept, places: kept,
):
    """(dense, csr, bitmap), each a sum of bits."""

    def answer(rows, columns, kept, bits, index_bits):
        places = rows * columns
        kept = which(kept, places)
        held = weights(kept, places, bits)
        csr = (
            held
            + index(kept, places, index_bits)
            + starts(rows, columns, bits, index_bits)
        )
        return tuple(map(end, (dense(places, bits), csr, held + mask(places, kept))))

    return answer


STARTS = {
    "one_less": stored(starts=lambda rows, columns, bits, index: 32 * rows),
    "of_index_bits": stored(
        starts=lambda rows, columns, bits, index: index * (rows + 1)
    ),
    "of_bits": stored(starts=lambda rows, columns, bits, index: bits * (rows + 1)),
    "of_columns": stored(starts=lambda rows, columns, bits, index: 32 * (columns + 1)),
    "one_byte": stored(starts=lambda rows, columns, bits, index: 8 * (rows + 1)),
    "in_bytes": stored(starts=lambda rows, columns, bits, index: 256 * (rows + 1)),
}


LARGE_MASKS = {
    "mask_of_bytes": stored(mask=lambda places, kept: 8 * places),
    "mask_of_floats": stored(mask=lambda places, kept: 32 * places),
    "mask_of_weights": lambda rows, columns, kept, bits, index_bits: stored(
        mask=lambda places, kept: places * bits
    )(rows, columns, kept, bits, index_bits),
}

WHOLE_BYTES = {
    "cut_off": stored(end=lambda bits: bits // 8),
    "up": stored(end=lambda bits: math.ceil(bits / 8)),
    "nearest": stored(end=lambda bits: round(bits / 8)),
}
