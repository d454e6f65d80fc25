"""What the exercises of lesson 13 are tried on, and what it gives to debug."""

import math

import numpy as np

from dlcourse.compress import IntegerLinear, Quantized, to_integers

RNG = np.random.default_rng(13)


def their_quantize(w, bits):
    """w (out, ...), symmetric, per channel, in 2 to 8 bits: a colleague's.

    Returns a compress.Quantized.
    """
    top = 2 ** (bits - 1) - 1
    largest = np.abs(w).max(axis=tuple(range(1, w.ndim)), keepdims=True)
    scale = np.where(largest > 0, largest / top, 1).astype(w.dtype)
    values = (w // scale).clip(-top, top).astype(np.int8)
    return Quantized(values, scale, np.zeros_like(scale, np.int32), bits)


def their_integers(model, x, activation_bits):
    """``model``, a Sequential, with Linear layers that compute in integers: a friend's.

    Weights have 8 bits, the layers' inputs so many. x: a Tensor of typical inputs.
    """
    model = to_integers(model, x, 8, activation_bits)
    for layer in model:
        if isinstance(layer, IntegerLinear):
            layer.__class__ = _Theirs
    return model


class _Theirs(IntegerLinear):
    def sums(self, q, zero_point):
        return super().sums(q, zero_point + 1)


# ------------------------------------------------------------------- arrays, and grids


def shaped(rng, axes=None):
    """A shape of 1 to 4 axes: lengths from 1 on, seldom alike."""
    axes = int(rng.integers(1, 5)) if axes is None else axes
    return tuple(int(n) for n in rng.choice([1, 2, 3, 4, 5], size=axes))


def signed(rng, shape):
    """Of both signs or of one, of any size; a few are 0, and some far out."""
    w = rng.normal(size=shape) * 10.0 ** rng.uniform(-3, 3)
    kind = rng.integers(6)
    if kind == 0:
        return np.abs(w)
    if kind == 1:
        return -np.abs(w)
    if kind == 2:
        return np.where(rng.integers(4, size=shape), w, 0.0)
    return w * np.where(rng.integers(8, size=shape), 1, 10) if kind == 3 else w


def undecided(t):
    """Whether some t is so near to a half that rounding may go either way."""
    return bool((np.abs(t - np.floor(t) - 0.5) < 1e-3).any())


def others(w, axis):
    return tuple(i for i in range(w.ndim) if i != axis % w.ndim)


def largest(w, axis):
    """The largest |w| for each index of axis."""
    return np.abs(w).max(axis=others(w, axis), keepdims=True)


def ranged(rng, least=1):
    """(x, bits): of each kind of range."""
    while True:
        x, bits = signed(rng, shaped(rng)), int(rng.integers(least, 9))
        kind = rng.integers(6)
        if kind == 0:  # far from 0
            x = x + float(rng.choice([-20, 20])) * np.abs(x).max()
        if kind == 1:  # one value
            x = np.full(x.shape, x.flat[0])
        low, high = min(x.min(), 0), max(x.max(), 0)
        if high == low or not undecided(-low * (2**bits - 1) / (high - low)):
            return x, bits


RANGES = (
    (np.array([-1.0, 0.5, 2.0]), 8),
    (np.array([[-0.5, 1.0], [2.5, 0.0]]), 2),
    (np.array([-1.5, 0.25, 1.5]), 2),
    (np.array([0.5, -2.5]), 2),
    (np.array([-1.0, 1.0]), 1),
    (np.array([3.0]), 4),
    (np.array([[-3.0, -3.0]]), 3),
    (np.zeros((2, 3)), 8),
    (np.array([[[[0.0, 0.25, 6.0]]]]), 8),
    (np.array([-7.0, -6.0]), 5),
    (np.array([0.9, -0.7, 0.2]), 3),
    (np.array([-1e-9, 2e-9]), 2),
)


def grid(
    low=lambda x: min(x.min(), 0.0),
    high=lambda x: max(x.max(), 0.0),
    steps=lambda bits: 2**bits - 1,
    scale=lambda low, high, steps: (high - low) / steps,
    zero=lambda low, high, scale, steps: np.round(-low / scale),
    all_0=lambda steps: (1.0, 0),
):
    """(scale, zero_point) by these; all_0 is None where nobody thinks of it."""

    def answer(x, bits):
        ends, n = (np.float64(low(x)), np.float64(high(x))), steps(bits)
        if all_0 and ends[0] == ends[1]:
            return all_0(n)
        found = np.float64(scale(*ends, n))
        return found, zero(*ends, found, n)

    return answer


def zero_at(zero):
    """zero(t), where 0 lies t steps from the lower end."""
    return grid(zero=lambda low, high, scale, steps: zero(-low / scale))


def alone(**changes):
    """The range of the entries, whether 0 belongs to it or not."""
    return grid(low=np.min, high=np.max, **changes)


def but_zeros(answer):
    """The answer, where somebody has thought of zeros alone."""
    return lambda x, bits: answer(x, bits) if x.any() else (1.0, 0)


def counted_from(low):
    """The scale is right; 0 lies where it does if the range began at low(x)."""

    def answer(x, bits):
        scale, _ = grid()(x, bits)
        return scale, np.round(-low(x) / scale)

    return answer


_AS_INTEGER = alone(zero=lambda low, high, s, n: round(-low / s), all_0=None)
ALONE = {
    "alone": alone(all_0=None),
    "but_zeros": but_zeros(alone(all_0=None)),
    "as_integer": _AS_INTEGER,
    "as_integer_but_zeros": but_zeros(_AS_INTEGER),
    "but_one_value": alone(),
    "cut": alone(zero=lambda low, high, s, n: np.clip(np.round(-low / s), 0, n)),
    "only_below": grid(high=np.max),
    "only_above": grid(low=np.min),
    "one_value": lambda x, bits: grid()(x, bits) if np.ptp(x) else (1.0, 0),
    "counted_from_x": counted_from(np.min),
    "counted_by_size": counted_from(lambda x: -abs(np.min(x))),
}


def symmetric_range(zero):
    return grid(scale=lambda low, high, n: 2 * max(-low, high) / n, zero=zero)


def weights(rng, scales=None):
    """(w, bits, axis, share): no entry is near to a half."""
    scales = scales or channels()
    while True:
        w, bits = signed(rng, shaped(rng)), int(rng.integers(2, 9))
        axis = int(rng.integers(-w.ndim, w.ndim))
        share = float(rng.choice([1, 1, 0.9, 0.5, 0.3, 0.1]))
        if rng.integers(3) == 0:  # whole indices are 0
            w = w * (rng.integers(3, size=np.shape(largest(w, axis))) > 0)
        if rng.integers(3) == 0:
            w = w.astype(np.float32)
        if not undecided(w / scales(w, bits, axis, share)[1]):
            return w, bits, axis, share


def channels(
    size=largest,
    top=lambda bits: 2 ** (bits - 1) - 1,
    scale=lambda size, share, top: share * size / top,
    all_0=lambda scale: np.where(scale > 0, scale, 1),
    rounded=np.round,
    cut=lambda q, top: np.clip(q, -top, top).astype(np.int8),
    end=lambda q, scales, w, axis: (q, scales),
):
    """(q, scales) by these."""

    def answer(w, bits, axis, share):
        n = top(bits)
        scales = all_0(scale(size(w, axis), share, n))
        return end(cut(rounded(w / scales), n), scales, w, axis)

    return answer


def typed(answer, *names, digits=False):
    """What ``run`` gives of an answer whose first part is an array of integers.

    digits: also their last three, for where no relative error is allowed.
    """
    if not isinstance(answer, tuple | list) or len(answer) != len(names):
        raise TypeError(f"{' and '.join(names)} are asked for, {len(names)} values")
    first = np.asarray(answer[0])
    return {
        **dict(zip(names, answer, strict=True)),
        f"the number of bytes of an entry of `{names[0]}`": first.dtype.itemsize,
        f"whether `{names[0]}` holds integers": first.dtype.kind in "iu",
        **({f"`{names[0]} % 1000`": first % 1000} if digits else {}),
    }


STEP = np.array([[0.25], [2.0], [1.0]])  # powers of two: halves are halves
WEIGHTS = (
    (np.array([[0.6, -1.4, 0.32], [0.05, 0.02, -0.08]]), 4, 0, 1.0),
    (np.array([[0.6, -1.4, 0.32], [0.05, 0.02, -0.08]]), 4, -1, 0.5),
    (STEP * [[7, 2.5, -0.5, 0], [3.5, -7, -1.5, 0], [0, 0, 0, 0]], 4, 0, 1.0),
    (STEP * [[-6, 2.5, 1.5], [3.5, 6, -2.5], [0.5, -1.5, 6]], 3, -2, 0.5),
    (np.array([[[-3.0], [2.0]], [[0.5], [0.25]]]), 8, 1, 0.1),
    (np.array([0.7, -0.2, 0.0, 5.0]), 3, -1, 1.0),
    (np.array([-4.0]), 2, 0, 0.3),
    (np.zeros((2, 3)), 8, 1, 1.0),
    (
        np.array([[[[0.31, -1.1]], [[2.0, 0.7]]]] * 2) * [[[[1.0]]], [[[0.1]]]],
        8,
        0,
        0.3,
    ),
    (np.array([[-0.9, -0.1], [-0.2, -0.31]], np.float32), 6, 1, 1.0),
    (np.array([[3e-9, -1e-9], [2.0, 1.2]]), 3, 0, 1.0),
)


def of_all(reduce):
    """A size for each index of axis, by reduce(w, axis=..., keepdims=True)."""
    return lambda w, axis: reduce(w, axis=others(w, axis), keepdims=True)


def reshaped(w, axis):
    """The largest |w|, as if what belongs to an index lay together."""
    rows = np.abs(w).reshape(w.shape[axis], -1)
    return rows.max(axis=1).reshape(largest(w, axis).shape)


def cut_to(*types, low=lambda top: -top, high=lambda top: top):
    """Cut, and made the types, one after the other."""

    def cut(q, top):
        q = np.clip(q, low(top), high(top))
        for each in types:
            q = q.astype(each)
        return q

    return cut


def wrapped(q, top):
    """As int8, modulo 256."""
    return q.astype(int).astype(np.int8)


def clipped_alone(w, bits, axis, share):
    """w is cut as it should be, and the scale is that of the uncut."""
    end = share * largest(w, axis)
    _, scales = channels()(w, bits, axis, 1.0)
    return np.round(np.clip(w, -end, end) / scales).astype(np.int8), scales


def by_quantile(w, bits, axis, share):
    size = np.quantile(np.abs(w), share, axis=others(w, axis), keepdims=True)
    return channels(lambda w, axis: size)(w, bits, axis, 1.0)


SIGNED = {
    "signed": channels(of_all(np.max)),
    "below_0": channels(of_all(np.max), all_0=lambda s: np.where(s == 0, 1, s)),
    "size_of_max": channels(lambda w, axis: np.abs(of_all(np.max)(w, axis))),
    "width": channels(lambda w, axis: of_all(np.ptp)(w, axis) / 2),
}
FOR_ALL = {
    "number": channels(lambda w, axis: np.abs(w).max()),
    "kept": channels(lambda w, axis: np.abs(w).max(keepdims=True)),
}
OTHER_AXES = {
    "along": channels(lambda w, axis: np.abs(w).max(axis=axis, keepdims=True)),
    "always_0": channels(lambda w, axis: largest(w, 0)),
    "always_last": channels(lambda w, axis: largest(w, -1)),
    "reshaped": channels(reshaped),
}
NOT_EVEN = {
    "up": channels(rounded=lambda t: np.floor(t + 0.5)),
    "away": channels(rounded=lambda t: np.sign(t) * np.floor(np.abs(t) + 0.5)),
}
LOWEST = {
    "lowest": channels(cut=cut_to(np.int8, low=lambda top: -top - 1)),
    "counted": channels(
        top=lambda bits: 2 ** (bits - 1), cut=cut_to(np.int8, high=lambda top: top - 1)
    ),
    "wrapped": channels(top=lambda bits: 2 ** (bits - 1), cut=cut_to(int, np.int8)),
}
LATE = {
    "late": channels(cut=lambda q, top: np.clip(wrapped(q, top), -top, top)),
    "never": channels(cut=wrapped),
    "above_alone": channels(cut=cut_to(int, np.int8, low=lambda top: -np.inf)),
    "below_alone": channels(cut=cut_to(int, np.int8, high=lambda top: np.inf)),
    "never_as_floats": channels(cut=lambda q, top: q),
}
OTHER_SHARE = {
    "ignored": lambda w, bits, axis, share: channels()(w, bits, axis, 1.0),
    "cut_alone": clipped_alone,
    "quantile": by_quantile,
}
OTHER_TOP = {
    "always_8": channels(top=lambda bits: 127),
    "unsigned": channels(top=lambda bits: 2**bits - 1, cut=wrapped),
    "unsigned_cut": channels(top=lambda bits: 2**bits - 1, cut=cut_to(int, np.int8)),
    "cut_by_int8": channels(
        cut=cut_to(np.int8, low=lambda top: -128, high=lambda top: 127)
    ),
    "steps": channels(scale=lambda size, share, top: share * size / (2 * top + 1)),
    "halves": channels(scale=lambda size, share, top: share * size / (top + 0.5)),
}
TYPES = {
    name: channels(cut=cut_to(*types))
    for name, types in {
        "as_rounded": [],
        "int64": [np.int64],
        "int32": [np.int32],
        "int16": [np.int16],
    }.items()
}


# --------------------------------------------------------------- products of integers


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


# ------------------------------------------------------------------------------ bytes


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


# ------------------------------------------------------------------- straight through


def rounded(rng, shape=None):
    """(w, g, scale, top): none is near to a half; some are on the ends, or all cut."""
    shape = shaped(rng) if shape is None else shape
    top = int(rng.choice([1, 2, 3, 7, 127, rng.integers(1, 128)]))
    axis = int(rng.integers(len(shape)))
    lengths = [n if i == axis else 1 for i, n in enumerate(shape)]
    scale = 10.0 ** rng.uniform(-3, 2, size=lengths)
    if rng.integers(2):
        scale = float(scale.flat[0])
    while True:
        t = rng.normal(size=shape) * top * float(rng.choice([0.3, 1, 1, 20]))
        t = np.where(rng.integers(4, size=shape), t, rng.integers(-top, top + 1))
        if not undecided(t):
            return t * scale, rng.normal(size=shape), scale, top


ENDS = np.array([-3.5, -3.25, -3, -2.5, -0.5, 0, 0.5, 1.5, 2.75, 3, 3.25, 3.5, 4])
STRAIGHT = (
    (0.5 * ENDS, np.arange(1.0, 14), 0.5, 3),
    (
        np.array([[-2.5, 2.5], [2.25, -0.5], [9, 2]]) * [[4.0], [0.25], [1.0]],
        *(
            np.array([[1.0, -2], [3, 5], [-4, 0.5]]),
            np.array([[4.0], [0.25], [1.0]]),
            2,
        ),
    ),
    (np.array([5.0, -7]), np.array([1.0, 2]), 1.0, 1),
    (np.array([[0.1, -0.2]]), np.array([[3.0, -1]]), 1.0, 127),
    rounded(RNG, (2, 3, 1)),
)


def passing(
    q=lambda t, top: np.clip(np.round(t), -top, top),
    y=lambda q, scale: scale * q,
    inside=lambda t, top: np.abs(np.round(t)) <= top,
    dw=lambda g, inside, scale, w: g * inside,
):
    """(y, dw) by these; t is w / scale."""

    def answer(w, g, scale, top):
        t = w / scale
        return y(q(t, top), scale), dw(g, inside(t, top), scale, w)

    return answer


def within(compare):
    """compare(|w|, the end of the range): w is held against it before it is rounded."""
    return lambda w, g, scale, top: (
        passing()(w, g, scale, top)[0],
        g * compare(np.abs(w), scale * top),
    )


WITHOUT_END = {
    "end_itself": passing(inside=lambda t, top: np.abs(np.round(t)) < top),
    "upper_end": passing(
        inside=lambda t, top: (np.round(t) >= -top) & (np.round(t) < top)
    ),
    "unrounded": passing(inside=lambda t, top: np.abs(t) <= top),
    "unrounded_below": passing(inside=lambda t, top: np.abs(t) < top),
    "unrounded_w": within(np.less_equal),
    "unrounded_w_below": within(np.less),
}


def overwritten(w, g, scale, top):
    y, dw = passing()(w, g, scale, top)
    w[...] = y
    return w, dw


# ------------------------------------------------------------------ errors, in steps


def somebodys(rng, shape=None, by=None):
    """(w, q, scales), with somebody's rounding, and with a range that may cut."""
    w = signed(rng, shaped(rng) if shape is None else shape)
    axis = int(rng.integers(w.ndim))
    size = largest(w, axis) if rng.integers(3) else np.abs(w).max()
    top = 2 ** int(rng.integers(1, 8)) - 1
    scales = np.where(size > 0, size * float(rng.choice([1, 1, 0.5, 2])) / top, 1.0)
    by = rng.choice([np.round, np.floor, np.ceil, np.trunc]) if by is None else by
    q = by(w / scales).clip(-top, top).astype(np.int8)
    return w, q, scales if scales.ndim else float(scales)


ERRORS = (
    (np.array([0.3, -0.7, 1.25]), np.array([1, -3, 5], np.int8), 0.25),
    (
        np.array([[0.3, -0.7], [10.0, 4]]),
        np.array([[0, -2], [3, 1]], np.int8),
        np.array([[0.5], [4.0]]),
    ),
    (np.array([[-2.0]]), np.array([[-2]], np.int8), 1.0),
    somebodys(RNG, (3, 4), np.floor),
    somebodys(RNG, (2, 3, 4), np.trunc),
    somebodys(RNG, (2, 3, 1, 2), np.round),
)


def errors_by(
    error=lambda w, q, s: (q * s - w) / s,
    mean=np.mean,
    rms=lambda e: np.sqrt(np.mean(e**2)),
    end=lambda mean, rms: (mean, rms),
):
    """(mean, rms) by these."""

    def answer(w, q, scales):
        e = error(w, q, np.asarray(scales))
        return end(mean(e), rms(e))

    return answer


# ---------------------------------------------------- the same function, other numbers


def hidden(rng, sizes=None, dead=None):
    """(W1, b1, W2): units of any size; some have no way in, or out, or neither."""
    n, h, m = sizes or (int(k) for k in rng.choice([1, 2, 3, 4, 6], size=3))
    into, out = 10 ** rng.uniform(-2, 2, size=(2, h))
    if rng.integers(2) if dead is None else dead:
        into, out = into * rng.integers(0, 2, size=h), out * rng.integers(0, 2, size=h)
    W1, W2 = rng.normal(size=(h, n)) * into[:, None], rng.normal(size=(m, h)) * out
    return W1, 5 * rng.normal(size=h), W2


HIDDEN = (
    (
        np.array([[1.0, -4], [0.5, 0.25], [2, 1]]),
        np.array([3.0, -1, 20]),
        np.array([[1.0, -8, 2], [0.25, 3, -1]]),
    ),
    (
        np.array([[1.0, -4], [0, 0], [2, 1], [0, 0]]),
        np.array([3.0, -1, 0.5, 2]),
        np.array([[-16.0, 3, 0, 0]]),
    ),
    (np.array([[-3.0]]), np.array([0.5]), np.array([[-12.0]])),
    (np.zeros((2, 3)), np.array([1.0, -1]), np.zeros((1, 2))),
    (  # units from very quiet to very loud; one has no bias
        np.array([[1e-9, -4e-9], [2.0, 1e-9], [3e5, 1]]),
        np.array([2.0, 0.0, -1]),
        np.array([[2e3, 5e-10, 1e-6], [-1.0, 1e-10, 2e-6]]),
    ),
    hidden(RNG, (3, 3, 3), False),
    hidden(RNG, (4, 5, 2), False),
)


def balanced(
    into=lambda W1, b1: np.abs(W1).max(axis=1),
    out=lambda W2: np.abs(W2).max(axis=0),
    factor=lambda into, out: np.sqrt(out / into),
    dead=lambda c, into, out: np.where((into > 0) & (out > 0), c, 1),
    V1=lambda W1, c: c[:, None] * W1,
    c1=lambda b1, c: c * b1,
    V2=lambda W2, c: W2 / c,
):
    """(V1, c1, V2) by these; factor: of each unit's incoming weights."""

    def answer(W1, b1, W2):
        sizes = into(W1, b1) * np.ones(len(b1)), out(W2) * np.ones(len(b1))
        with np.errstate(all="ignore"):  # a dead unit's is not used
            c = dead(factor(*sizes), *sizes)
        return V1(W1, c), c1(b1, c), V2(W2, c)

    return answer


def sized(of):
    """The sizes by of(weights of a unit, along an axis)."""
    return balanced(lambda W1, b1: of(W1, 1), lambda W2: of(W2, 0))


def two_nets(rng, sizes=None):
    """(W, V, b, x, z): a layer before and after rounding, and what comes into it."""
    N, n, m = sizes or (int(k) for k in rng.choice([1, 2, 3, 4, 7], size=3))
    W = rng.normal(size=(m, n)) * 10 ** rng.uniform(-1, 1)
    V = W + rng.normal(size=(m, n)) * np.abs(W).max() * rng.choice([0.02, 0.3])
    x = np.maximum(rng.normal(size=(N, n)) + rng.uniform(-0.5, 1), 0)
    z = np.maximum(x + rng.choice([0.0, 0.3, 1]) * rng.normal(size=(N, n)), 0)
    return W, V, rng.normal(size=m), x, z


NETS = (
    (
        np.array([[1.0, -2, 0.5], [3, 0.25, -1]]),
        np.array([[1.0, -1, 0], [3, 0, -1]]),
        np.array([0.5, -1]),
        np.array([[1.0, 2, 0], [0, 1, 3], [2, 0, 1], [1, 1, 1]]),
        np.array([[1.0, 1, 0], [0, 2, 3], [3, 0, 1], [1, 0.5, 1]]),
    ),
    two_nets(RNG, (1, 3, 2)),
    two_nets(RNG, (5, 1, 1)),
    two_nets(RNG, (3, 3, 3)),
    two_nets(RNG, (7, 4, 4)),
)


def bias_by(
    correction=lambda before, after: (before - after).mean(axis=0),
    before=lambda W, V, x, z: x @ W.T,
    after=lambda W, V, x, z: z @ V.T,
    end=lambda b, correction: b + correction,
):
    """The new bias by these."""

    def answer(W, V, b, x, z):
        return end(b, correction(before(W, V, x, z), after(W, V, x, z)))

    return answer


def behind_relu(W, V, b, x, z):
    before, after = (np.maximum(s + b, 0).mean(0) for s in (x @ W.T, z @ V.T))
    return b + before - after


# ------------------------------------------------ faces that some wrong answers have

NO_WIDTH = {
    "all_0": grid(all_0=None),
    "all_0_as_integer": grid(zero=lambda low, high, s, n: round(-low / s), all_0=None),
    "all_0_of_floats": grid(
        scale=lambda low, high, n: (high - low) / n,
        zero=lambda low, high, s, n: round(float(-low) / float(s)),
        all_0=None,
    ),
    "other_scale": grid(all_0=lambda n: (0.0, 0)),
    "small_scale": grid(all_0=lambda n: (1e-8, 0)),
    "tiny_scale": grid(all_0=lambda n: (1e-12, 0)),
}

SMALL_RANGE = {
    "small": grid(
        scale=lambda low, high, n: max((high - low) / n, 1e-8),
        all_0=lambda n: (1.0, 0),
    ),
    "small_also_for_0": grid(
        scale=lambda low, high, n: max((high - low) / n, 1e-8), all_0=None
    ),
    "nearly_0": lambda x, bits: grid()(
        x if np.ptp(np.append(x, 0)) > 1e-8 else 0 * x, bits
    ),
    "added": grid(scale=lambda low, high, n: (high - low) / n + 1e-8, all_0=None),
    "little_added": grid(
        scale=lambda low, high, n: (high - low) / n + 1e-12, all_0=None
    ),
    "added_to_the_width": grid(
        scale=lambda low, high, n: (high - low + 1e-8) / n, all_0=None
    ),
}

ELSEWHERE = {
    "sign": zero_at(lambda t: np.round(-t)),
    "in_units": grid(zero=lambda low, high, s, n: -low),
    "whole_units": grid(zero=lambda low, high, s, n: np.round(-low)),
    "from_the_top": grid(zero=lambda low, high, s, n: np.round(high / s)),
    "backwards": grid(zero=lambda low, high, s, n: n - np.round(-low / s)),
    "lower_end": grid(zero=lambda low, high, s, n: low),
    "both_sides": grid(zero=lambda low, high, s, n: np.round(-low / s) - (n + 1) // 2),
}

DEAD = {
    "divided_by_0": balanced(dead=lambda c, into, out: c),
    "in_alone": balanced(dead=lambda c, into, out: np.where(into > 0, c, 1)),
    "out_alone": balanced(dead=lambda c, into, out: np.where(out > 0, c, 1)),
    "small": balanced(
        factor=lambda into, out: np.sqrt((out + 1e-12) / (into + 1e-12)),
        dead=lambda c, into, out: c,
    ),
    "small_below": balanced(
        factor=lambda into, out: np.sqrt(out / (into + 1e-12)),
        dead=lambda c, into, out: c,
    ),
    "both_left": lambda W1, b1, W2: (
        balanced()(W1, b1, W2)
        if W1.any(axis=1).all() and W2.any(axis=0).all()
        else (W1, b1, W2)
    ),
}

QUIET = {
    f"dead_below_{end}": balanced(
        dead=lambda c, into, out, end=end: np.where((into > end) & (out > end), c, 1)
    )
    for end in (1e-4, 1e-6, 1e-8)
}

OTHER_SIZES = {
    "sum": sized(lambda W, axis: np.abs(W).sum(axis=axis)),
    "length": sized(lambda W, axis: np.sqrt((W**2).sum(axis=axis))),
    "mean": sized(lambda W, axis: np.abs(W).mean(axis=axis)),
    "deviation": sized(lambda W, axis: W.std(axis=axis)),
    "width": sized(lambda W, axis: np.ptp(W, axis=axis)),
}

OTHER_SCALES = {
    "no_scales": integer_product(y=lambda sums, s, t, b: s * sums + b),
    "no_scale": integer_product(y=lambda sums, s, t, b: t * sums + b),
    "neither": integer_product(y=lambda sums, s, t, b: sums + b),
    "divided": integer_product(y=lambda sums, s, t, b: sums / (s * t) + b),
    "added": integer_product(y=lambda sums, s, t, b: (s + t) * sums + b),
}

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

NO_SIZE = {
    "zero": channels(all_0=lambda s: s, rounded=lambda t: np.round(np.nan_to_num(t))),
    "small_there": channels(all_0=lambda s: np.where(s > 0, s, 1e-8)),
    "tiny_there": channels(all_0=lambda s: np.where(s > 0, s, 1e-12)),
    "other": channels(
        scale=lambda size, share, n: share * np.where(size > 0, size, 1) / n
    ),
}

SMALL_SIZE = {
    "small": channels(all_0=lambda s: np.maximum(s, 1e-8)),
    "small_is_1": channels(all_0=lambda s: np.where(s > 1e-8, s, 1)),
    "added": channels(all_0=lambda s: s + 1e-8),
    "little_added": channels(all_0=lambda s: s + 1e-12),
}

NO_AXES = {
    "flat": channels(end=lambda q, scales, w, axis: (q, scales.ravel())),
    "squeezed": channels(end=lambda q, scales, w, axis: (q, scales.squeeze())),
}

NO_INTEGERS = {
    "floats_again": channels(end=lambda q, scales, w, axis: (q * scales, scales)),
    "inverse": channels(end=lambda q, scales, w, axis: (q, 1 / scales)),
}

NOT_NEAREST = {
    "floor": channels(rounded=np.floor),
    "cut_off": channels(rounded=np.trunc),
}

UNITS = {
    "units": errors_by(lambda w, q, s: q * s - w),
    "units_in_rms": lambda w, q, s: (
        errors_by()(w, q, s)[0],
        errors_by(lambda w, q, s: q * s - w)(w, q, s)[1],
    ),
    "units_in_mean": lambda w, q, s: (
        errors_by(lambda w, q, s: q * s - w)(w, q, s)[0],
        errors_by()(w, q, s)[1],
    ),
}

OTHER_Y = {
    "not_cut": passing(q=lambda t, top: np.round(t)),
    "integers": passing(y=lambda q, scale: q),
    "floor": passing(q=lambda t, top: np.clip(np.floor(t), -top, top)),
    "floor_in_both": passing(
        q=lambda t, top: np.clip(np.floor(t), -top, top),
        inside=lambda t, top: np.abs(np.floor(t)) <= top,
    ),
    "towards_0": passing(q=lambda t, top: np.clip(np.trunc(t), -top, top)),
    "towards_0_in_both": passing(
        q=lambda t, top: np.clip(np.trunc(t), -top, top),
        inside=lambda t, top: np.abs(np.trunc(t)) <= top,
    ),
    "one_lower": passing(q=lambda t, top: np.clip(np.round(t), -top - 1, top)),
    "one_lower_in_both": passing(
        q=lambda t, top: np.clip(np.round(t), -top - 1, top),
        inside=lambda t, top: (np.round(t) >= -top - 1) & (np.round(t) <= top),
    ),
    "w_cut": passing(q=lambda t, top: np.clip(t, -top, top)),
}

ONE_END = {
    "above_alone": passing(inside=lambda t, top: np.round(t) <= top),
    "below_alone": passing(inside=lambda t, top: np.round(t) >= -top),
}

WITH_SCALE = {
    "times_scale": passing(dw=lambda g, inside, scale, w: g * inside * scale),
    "by_scale": passing(dw=lambda g, inside, scale, w: g * inside / scale),
}

OTHER_UNITS = {
    "w_itself": lambda w, g, scale, top: (
        passing()(w, g, scale, top)[0],
        g * (np.abs(w) <= top),
    ),
}

OTHER_SLOPE = {
    "mask": passing(dw=lambda g, inside, scale, w: 1.0 * inside),
    "times_w": passing(dw=lambda g, inside, scale, w: g * inside * w),
    "g_cut": lambda w, g, scale, top: (
        passing()(w, g, scale, top)[0],
        np.clip(g, -top, top),
    ),
}

NEGATIVE = {
    "negative": channels(
        lambda w, axis: largest(w, axis) if axis >= 0 else np.abs(w).max(keepdims=True)
    ),
}
