"""How sure is a mean over seeds? Samples, Student's t interval, and their printing."""

import math
from contextvars import ContextVar
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from dlcourse.lab.bar import bar

sampling = ContextVar("sampling", default=False)  # is over_seeds running?


def measured(value, unit="", digits=3, interval=None):
    """What was measured, as text: ``≈ 95.3 %``. The sign marks what may vary.

    Args:
        value: a number, a list of numbers, or a :class:`Sample`, which is given with
            its interval.
        digits: significant digits of a number that has no interval. With one, all three
            numbers end at the same decimal place: that of the second digit of half the
            interval's width.
        interval: (low, high), the 95 % interval of a number that is no Sample.

    Raises TypeError for a ``value`` of another kind.
    """
    unit, seeds = f" {unit}" if unit else "", ""
    if isinstance(value, Sample):
        seeds = f" ({value.n} seeds)" if value.n > 1 else " (1 seed, no interval)"
        interval = value.interval if value.n > 1 else None
        value = value.mean
    numbers = np.asarray(value)
    if numbers.dtype.kind not in "iuf" or numbers.ndim > 1:
        raise TypeError(
            "measured expects a number, a list of numbers, or a Sample, got "
            f"{type(value).__name__}"
        )
    if numbers.ndim:
        inner = ", ".join(_written([x], _decimals(x, digits))[0] for x in numbers)
        return f"≈ [{inner}]{unit}"
    decimals = _decimals(value, digits)
    if interval is None:
        return f"≈ {_written([value], decimals)[0]}{unit}{seeds}"
    low, high = interval
    if high > low:
        decimals = _decimals((high - low) / 2, 2)
    mean, low, high = _written([value, low, high], decimals)
    return f"≈ {mean}{unit}, 95 % interval ≈ [{low}, {high}]{unit}{seeds}"


def t_quantile(confidence, df):
    """The t with P(-t <= T <= t) = ``confidence``, T Student's with ``df`` degrees.

    For whole degrees of freedom the probability is a finite sum in the angle
    a = arctan(t / sqrt(df)), and grows with a: bisection finds it to the last digits.
    Source: Abramowitz and Stegun, *Handbook of Mathematical Functions* (1964),
    26.7.3 and 26.7.4.

    Raises ValueError for a confidence outside (0, 1), or a ``df`` that is not a whole
    number from 1.
    """
    if not 0 < confidence < 1:
        raise ValueError(
            f"confidence expects a number between 0 and 1, got {confidence!r}"
            + (": 95 % is 0.95" if 1 < confidence < 100 else "")
        )
    if df != int(df) or df < 1:
        raise ValueError(f"df expects 1, 2, 3, ..., got {df!r}")
    low, high = 0.0, math.pi / 2
    while low < (middle := (low + high) / 2) < high:
        if _t_probability(middle, int(df)) < confidence:
            low = middle
        else:
            high = middle
    return math.sqrt(df) * math.tan(middle)


def _t_probability(angle, df):
    """P(|T| <= sqrt(df) tan(angle)) for Student's T with ``df`` degrees of freedom."""
    sin, cos = math.sin(angle), math.cos(angle)
    if df % 2:  # 2/pi (a + sin a (cos a + 2/3 cos^3 a + (2 4)/(3 5) cos^5 a + ...))
        k = np.arange(2, df - 1, 2)
        terms = cos * np.cumprod(np.append(1, k / (k + 1) * cos**2))
        return 2 / math.pi * (angle + (sin * terms.sum() if df > 1 else 0))
    k = np.arange(1, df - 2, 2)  # sin a (1 + 1/2 cos^2 a + (1 3)/(2 4) cos^4 a + ...)
    return sin * np.cumprod(np.append(1, k / (k + 1) * cos**2)).sum()


def interval(values, confidence=0.95):
    """(low, high): Student's t interval for the mean that ``values`` were drawn around.

    mean +- t s / sqrt(n), with s the standard deviation over n - 1. If the runs are
    independent and about normal, it holds the mean in ``confidence`` of the cases.

    Raises ValueError for fewer than two values, or any that is nan or inf.
    """
    values = np.asarray(values, float)
    if values.ndim != 1 or len(values) < 2:
        raise ValueError(
            f"interval expects two numbers or more in a row, got shape {values.shape}: "
            "one run does not say how much the next will differ"
        )
    if not np.isfinite(values).all():
        raise ValueError(f"interval expects finite numbers, got {values.tolist()}")
    half = t_quantile(confidence, len(values) - 1) * _std(values)
    half /= math.sqrt(len(values))
    return float(values.mean() - half), float(values.mean() + half)


@dataclass(frozen=True, repr=False, eq=False)
class Sample:
    """One number per seed.

    Attributes:
        values: float64 (n,).
        n, mean, std: how many, their mean, their standard deviation (over n - 1).
        interval: (low, high), the 95 % t interval of the mean.
    """

    values: np.ndarray

    @property
    def n(self):
        return len(self.values)

    @property
    def mean(self):
        return float(self.values.mean())

    @property
    def std(self):
        return float(_std(self.values)) if self.n > 1 else math.nan

    @property
    def interval(self):
        return interval(self.values)

    def __repr__(self):
        return measured(self)


def over_seeds(f, seeds, progress=True):
    """The :class:`Sample` of f(seed) for each of ``seeds``, such as range(5).

    Args:
        f: a function of one seed that returns one finite number.
        seeds: different integers.
        progress: show a bar.

    Ctrl-C (in a notebook: the square) ends it early; the sample then holds the seeds
    that were finished. A :func:`fit` that it stops inside f gives no value.

    Raises TypeError where ``seeds`` is no collection or f returns no number, ValueError
    for no seeds, the same seed twice, or a value that is nan or inf.
    """
    try:
        seeds = list(seeds)
    except TypeError:
        raise TypeError(
            f"seeds expects integers such as range(5), got {seeds!r}"
        ) from None
    if not seeds:
        raise ValueError("over_seeds got no seeds")
    if len(set(seeds)) < len(seeds):
        raise ValueError(f"a seed appears twice, and is no second run: {seeds}")
    values = []
    outer = sampling.set(True)
    try:
        for seed in bar(seeds, len(seeds), progress, "seed"):
            values.append(_finite(f(seed), seed))
    except KeyboardInterrupt:
        if not values:
            raise
        print(f"Interrupted: the sample holds {len(values)} of {len(seeds)} seeds.")
    finally:
        sampling.reset(outer)
    return Sample(np.array(values))


def _finite(value, seed):
    try:
        value = float(value)
    except (TypeError, ValueError):
        raise TypeError(
            f"over_seeds expects f to return a number, got {type(value).__name__}"
        ) from None
    if not math.isfinite(value):
        raise ValueError(f"f({seed}) is {value}: no mean over seeds")
    return value


def scaled(values):
    """(values / 2^e, e), the largest of them near 1: their squares stay in the range.

    No digit changes by it.
    """
    exponent = np.frexp(np.abs(values).max(initial=0))[1]
    return np.ldexp(values, -exponent), exponent


def _std(values):
    values, exponent = scaled(values)
    return np.ldexp(values.std(ddof=1), exponent)


def _decimals(size, digits):
    """Decimal places that show ``size`` with ``digits`` significant digits."""
    if size == 0 or not math.isfinite(size):
        return digits
    return digits - 1 - math.floor(math.log10(abs(size)))


def _written(numbers, decimals):
    """Each number to this decimal place; what is tiny or huge with one power of 10."""
    size = float(max(map(abs, numbers)))
    if math.isfinite(size):
        size = round(size, decimals) or size  # 9.998e-05 is written 1.000e-04
    if size == 0 or not math.isfinite(size) or 1e-3 <= size < 1e10:
        return [f"{number:z.{max(decimals, 0)}f}" for number in numbers]
    power = math.floor(math.log10(size))
    places = max(decimals + power, 0)
    return [
        f"{Decimal(float(number)).scaleb(-power):z.{places}f}e{power:+03}"
        for number in numbers
    ]
