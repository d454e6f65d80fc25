"""step_errors: somebody's roundings, and answers made of parts."""

import numpy as np

from .arrays import largest, shaped, signed

RNG = np.random.default_rng(13)


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
