"""affine_grid: ranges, and answers made of parts."""

import numpy as np

from .arrays import shaped, signed, undecided


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
