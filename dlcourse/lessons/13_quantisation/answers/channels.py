"""quantize_channels: weights, and answers made of parts."""

import numpy as np

from .arrays import largest, others, shaped, signed, undecided


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

NEGATIVE = {
    "negative": channels(
        lambda w, axis: largest(w, axis) if axis >= 0 else np.abs(w).max(keepdims=True)
    ),
}
