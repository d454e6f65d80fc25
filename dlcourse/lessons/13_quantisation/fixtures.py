"""What the exercises of lesson 13 are tried on, and what it gives to debug."""

import numpy as np

from dlcourse.compress import Quantized

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


def ranged(rng):
    """(x, bits): of each kind of range."""
    while True:
        x, bits = signed(rng, shaped(rng)), int(rng.integers(1, 9))
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


def symmetric_range(zero):
    return grid(scale=lambda low, high, n: 2 * max(-low, high) / n, zero=zero)


def weights(rng):
    """(w, bits, axis, share): no entry is near to a half."""
    while True:
        w, bits = signed(rng, shaped(rng)), int(rng.integers(2, 9))
        axis = int(rng.integers(-w.ndim, w.ndim))
        share = float(rng.choice([1, 1, 0.9, 0.5, 0.3, 0.1]))
        if rng.integers(3) == 0:  # whole indices are 0
            w = w * (rng.integers(3, size=np.shape(largest(w, axis))) > 0)
        if rng.integers(3) == 0:
            w = w.astype(np.float32)
        if not undecided(w / channels()(w, bits, axis, share)[1]):
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


def typed(answer, *names):
    """What ``run`` gives of an answer whose first part is an array of integers."""
    if not isinstance(answer, tuple | list) or len(answer) != len(names):
        raise TypeError(f"{' and '.join(names)} are asked for, {len(names)} values")
    first = np.asarray(answer[0])
    return {
        **dict(zip(names, answer, strict=True)),
        f"the number of bytes of an entry of `{names[0]}`": first.dtype.itemsize,
        f"whether `{names[0]}` holds integers": first.dtype.kind in "iu",
    }


STEP = np.array([[0.25], [2.0], [1.0]])  # powers of two: halves are halves
WEIGHTS = (
    (np.array([[0.6, -1.4, 0.3], [0.05, 0.02, -0.08]]), 4, 0, 1.0),
    (np.array([[0.6, -1.4, 0.3], [0.05, 0.02, -0.08]]), 4, -1, 0.5),
    (STEP * [[7, 2.5, -0.5, 0], [3.5, -7, -1.5, 0], [0, 0, 0, 0]], 4, 0, 1.0),
    (STEP * [[-6, 2.5, 1.5], [3.5, 6, -2.5], [0.5, -1.5, 6]], 3, -2, 0.5),
    (np.array([[[-3.0], [2.0]], [[0.5], [0.25]]]), 8, 1, 0.1),
    (np.array([0.7, -0.2, 0.0, 5.0]), 3, -1, 1.0),
    (np.array([-4.0]), 2, 0, 0.3),
    (np.zeros((2, 3)), 8, 1, 1.0),
    (np.array([[[[0.3, -1.1]], [[2.0, 0.7]]]] * 2) * [[[[1.0]]], [[[0.1]]]], 8, 0, 0.3),
    (np.array([[-0.9, -0.1], [-0.2, -0.31]], np.float32), 6, 1, 1.0),
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
    "width": channels(lambda w, axis: of_all(np.ptp)(w, axis) / 2),
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
    "never_as_floats": channels(cut=lambda q, top: q),
}
OTHER_SHARE = {
    "ignored": lambda w, bits, axis, share: channels()(w, bits, axis, 1.0),
    "cut_alone": clipped_alone,
    "quantile": by_quantile,
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
