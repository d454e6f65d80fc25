"""stored_bytes: a matrix's measures, and answers made of bits."""


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
    starts=lambda rows, bits, index: 32 * (rows + 1),
    mask=lambda places, kept: places,
    end=lambda bits: bits / 8,
    which=lambda kept, places: kept,
):
    """(dense, csr, bitmap), each a sum of bits."""

    def answer(rows, columns, kept, bits, index_bits):
        places = rows * columns
        kept = which(kept, places)
        held = weights(kept, places, bits)
        csr = held + index(kept, places, index_bits) + starts(rows, bits, index_bits)
        return tuple(map(end, (dense(places, bits), csr, held + mask(places, kept))))

    return answer
