from dlcourse.teach.exercise import exercise

from ..answers import sizes as given
from ..answers.sizes import MEASURES, measures, stored


@exercise(
    section="What is saved",
    inputs=measures,
    edge_cases=MEASURES,
    trials=20,
    returns=("dense", "csr", "bitmap"),
)
def stored_bytes(rows, columns, kept, bits, index_bits):
    """(dense, csr, bitmap): the bytes of a matrix of weights, written in three ways.

    Of its rows * columns places, ``kept`` hold a weight that is not 0, of so many bits.
    dense: the number at every place.   csr: the kept weights, for each its column, of
    index_bits, and rows + 1 starts of rows, of 32 bits each.   bitmap: the kept
    weights, and for every place one bit that says whether a weight stands there.
    Fractions of a byte are not rounded.
    """
    return stored()(rows, columns, kept, bits, index_bits)


stored_bytes.mistake(
    "Those are bits: a byte has eight.",
    bits=stored(end=lambda bits: bits),
)
stored_bytes.mistake(
    "Where the kept weights stand must be stored, too: with you the columns are free.",
    index_free=stored(index=lambda kept, places, index: 0),
)
stored_bytes.mistake(
    "Where a row begins must be stored, too: with you the starts are free.",
    starts_free=stored(starts=lambda rows, columns, bits, index: 0),
)
stored_bytes.mistake(
    "There are rows + 1 starts, of 32 bits each.",
    **given.STARTS,
)
stored_bytes.mistake(
    "Each kept weight has a column, no other place has one.",
    everywhere=stored(index=lambda kept, places, index: places * index),
)
stored_bytes.mistake(
    "A column takes index_bits *bits*: yours as many bytes, or a row's number as well.",
    index_bytes=stored(index=lambda kept, places, index: 8 * kept * index),
    row_too=stored(index=lambda kept, places, index: 2 * kept * index),
)
stored_bytes.mistake(
    "The bitmap has a bit for *every* place: without the 0s among them nobody knows "
    "where the 1s are.",
    mask_free=stored(mask=lambda places, kept: 0),
    bits_of_kept=stored(mask=lambda places, kept: kept),
    bits_of_gone=stored(mask=lambda places, kept: places - kept),
)
stored_bytes.mistake(
    "One bit says whether a weight stands there: yours take a byte or more.",
    **given.LARGE_MASKS,
)
stored_bytes.mistake(
    "`kept` is how many stay: you count those that are gone.",
    gone=stored(which=lambda kept, places: places - kept),
)
stored_bytes.mistake(
    "A weight has `bits` bits here, which need not be 32.",
    always_32=stored(
        dense=lambda places, bits: 32 * places,
        weights=lambda kept, places, bits: 32 * kept,
    ),
)
stored_bytes.mistake(
    "Dense is every place, zeros too.",
    dense_without_zeros=lambda rows, columns, kept, bits, index_bits: (
        kept * bits / 8,
        *stored()(rows, columns, kept, bits, index_bits)[1:],
    ),
)
stored_bytes.mistake(
    "Right but for fractions of a byte, which stay as they are.",
    **given.WHOLE_BYTES,
)
