"""integer_linear: layers in integers, and answers made of parts."""

import numpy as np

RNG = np.random.default_rng(13)


def integer_layer(rng, N=None, n=None, out=None):
    """(q, zero_point, r, scale, scales, bias); sums may go far past int16."""
    N = int(rng.choice([0, 1, 2, 3, 5])) if N is None else N
    n = int(rng.choice([1, 2, 3, 7, 40, 300])) if n is None else n
    out = int(rng.choice([1, 2, 3, 5])) if out is None else out
    kind = np.int8 if rng.integers(2) else np.uint8
    low, high = np.iinfo(kind).min, np.iinfo(kind).max
    if rng.integers(3) == 0:  # four bits
        low, high = low // 16, high // 16
    q = rng.integers(low, high, size=(N, n), endpoint=True, dtype=kind)
    top = int(rng.choice([127, 127, 7]))
    r = rng.integers(-top, top, size=(out, n), endpoint=True, dtype=np.int8)
    zero_point = int(rng.choice([0, low, high, rng.integers(low, high)]))
    scale, scales = float(10 ** rng.uniform(-3, 0)), 10 ** rng.uniform(-3, 0, size=out)
    return q, zero_point, r, scale, scales, rng.normal(size=out) * 10


INTEGER_LAYERS = (
    (
        np.array([[3, 0, 10], [255, 7, 8]], np.uint8),
        *(7, np.array([[1, -2, 3], [0, 5, -127]], np.int8)),
        *(0.5, np.array([0.1, 0.02]), np.array([1.0, -2])),
    ),
    (
        np.full((1, 300), 255, np.uint8),
        *(3, np.full((2, 300), [[127], [-127]], np.int8), 0.01),
        *(np.array([0.5, 0.25]), np.array([0.0, 3])),
    ),
    (
        np.array([[-128], [127], [5]], np.int8),
        *(-100, np.array([[-127]], np.int8), 0.25, np.array([0.125]), np.array([4.0])),
    ),
    integer_layer(RNG, 0, 3, 2),
    integer_layer(RNG, 4, 40, 4),
    integer_layer(RNG, 3, 300, 3),
    (  # float32 ends at 2**24, and 255 * 127 * 701 is odd
        np.full((2, 701), [[255], [254]], np.uint8),
        *(
            0,
            np.full((1, 701), 127, np.int8),
            0.001,
            np.array([0.002]),
            np.array([1.0]),
        ),
    ),
)


def exact(q, zero_point, r):
    return (q.astype(np.int32) - zero_point) @ r.astype(np.int32).T


def summed(correction=lambda q, z, r: z * r.sum(axis=1, dtype=np.int32)):
    """The sums of r * q, less the correction."""
    return lambda q, z, r: (exact(q, 0, r) - correction(q, z, r)).astype(np.int32)


def integer_product(
    sums=exact,
    y=lambda sums, scale, scales, bias: scale * scales * sums + bias,
    end=lambda sums, y: (sums, y),
):
    """(sums, y) by these; sums(q, zero_point, r)."""

    def answer(q, zero_point, r, scale, scales, bias):
        found = sums(q, zero_point, r)
        return end(found, y(found, scale, scales, bias))

    return answer


def as_type(sums, kind):
    return lambda *given: sums(*given).astype(kind)


_NARROW = {
    "product": lambda q, z, r: q @ r.T - z * r.sum(axis=1),
    "product_int16": lambda q, z, r: (
        q.astype(np.int16) @ r.astype(np.int16).T - z * r.sum(axis=1)
    ),
    "product_int8": lambda q, z, r: (
        q.astype(np.int8) @ r.astype(np.int8).T - z * r.sum(axis=1)
    ),
    "difference": lambda q, z, r: (q - z).astype(np.int32) @ r.astype(np.int32).T,
    "both": lambda q, z, r: (q - z) @ r.T,
    "both_int16": lambda q, z, r: (q.astype(np.int16) - z) @ r.astype(np.int16).T,
}

NARROW = {
    f"{name}_{end.__name__}": integer_product(as_type(sums, end))
    for name, sums in _NARROW.items()
    for end in (np.int32, np.int64)
} | {name: integer_product(sums) for name, sums in _NARROW.items()}

NO_INT32 = {
    kind.__name__: integer_product(as_type(exact, kind))
    for kind in (np.int64, np.float64)
}


def in_single(q, zero_point, r):
    return (q.astype(np.float32) - zero_point) @ r.astype(np.float32).T


IN_SINGLE = {
    "single": integer_product(in_single),
    "single_as_int32": integer_product(as_type(in_single, np.int32)),
    "cast_to_single": integer_product(as_type(exact, np.float32)),
}

OTHER_CORRECTION = {
    "inputs": summed(lambda q, z, r: z * q.sum(axis=1, dtype=np.int32)[:, None]),
    "count": summed(lambda q, z, r: z * r.shape[1]),
    "once": summed(lambda q, z, r: z),
    "all": summed(lambda q, z, r: z * r.sum(dtype=np.int32)),
    "sizes": summed(lambda q, z, r: z * np.abs(r.astype(np.int32)).sum(axis=1)),
}


def uncorrected(q, zero_point, r, scale, scales, bias):
    """y is right, the sums are those of r * q."""
    _, y = integer_product()(q, zero_point, r, scale, scales, bias)
    return summed(lambda q, z, r: 0)(q, zero_point, r), y


def rounded_bias(q, zero_point, r, scale, scales, bias):
    """The bias in the sums, as an integer."""
    sums = exact(q, zero_point, r) + np.round(bias / (scale * scales)).astype(np.int32)
    return sums, scale * scales * sums


def scaled_first(q, zero_point, r, scale, scales, bias):
    """Sums of what the integers stand for."""
    x = scale * (q.astype(float) - zero_point)
    sums = x @ (scales[:, None] * r).T
    return sums, sums + bias


OTHER_SCALES = {
    "no_scales": integer_product(y=lambda sums, s, t, b: s * sums + b),
    "no_scale": integer_product(y=lambda sums, s, t, b: t * sums + b),
    "neither": integer_product(y=lambda sums, s, t, b: sums + b),
    "divided": integer_product(y=lambda sums, s, t, b: sums / (s * t) + b),
    "added": integer_product(y=lambda sums, s, t, b: (s + t) * sums + b),
}


def offset_layer(rng, *sizes):
    """As integer_layer; the weights have zero points, too."""
    given = integer_layer(rng, *sizes)
    offsets = rng.integers(-128, 127, size=len(given[-1]), endpoint=True)
    return *given, offsets * (rng.integers(4, size=len(offsets)) > 0)


OFFSET_LAYERS = (
    (*INTEGER_LAYERS[0], np.array([4, -100])),
    (*INTEGER_LAYERS[1], np.array([-128, 127])),
    (*INTEGER_LAYERS[-1], np.array([-128])),
    *(offset_layer(RNG, *sizes) for sizes in ((0, 3, 2), (3, 300, 2), (4, 4, 4))),
)
