"""What a claim asserts of a number, and what a measurement says of that."""

import math
from dataclasses import dataclass

import numpy as np

from dlcourse.lab.statistics import Sample, measured

__all__ = ["Bound", "span"]


@dataclass(frozen=True)
class Bound:
    """What is asserted: the number lies from ``low`` to ``high``.

    ``high`` may be uncertain itself, and is an interval (from, to).
    """

    text: str
    low: float = -math.inf
    high: tuple = (math.inf, math.inf)
    strict: bool = False
    exact: bool = False

    @classmethod
    def of(cls, id, expected, within, at_least, at_most, less_than, unit, digits):
        """The bound that the arguments of ``claim`` describe."""
        kinds = [
            expected is not None or within is not None,
            at_least is not None or at_most is not None,
            less_than is not None,
        ]
        if sum(kinds) != 1 or (expected is None) != (within is None):
            raise TypeError(
                f"claim {id}: give either expected= and within=, or at_least= and/or "
                "at_most=, or less_than="
            )
        unit = f" {unit}" if unit else ""
        if expected is not None:
            low, high = expected - within, expected + within
            if within == 0:
                return cls(f"exactly {expected}{unit}", low, (high, high), exact=True)
            text = f"within {within} of {expected}{unit}"
            return cls(text, low, (high, high))
        if less_than is not None:
            text = f"less than {measured(less_than, unit.strip(), digits)}"
            return cls(text, high=span(less_than), strict=True)
        low = -math.inf if at_least is None else at_least
        high = math.inf if at_most is None else at_most
        text = " and ".join(
            f"at {word} {value}{unit}"
            for word, value in (("least", at_least), ("most", at_most))
            if value is not None
        )
        return cls(text, low, (high, high))

    def judge(self, low, high):
        """What a measurement that lies between ``low`` and ``high`` says of it."""
        if any(map(math.isnan, (low, high, *self.high))):
            return "not measured"
        below = high < self.high[0] if self.strict else high <= self.high[0]
        if low >= self.low and below:
            return "supported"
        above = low >= self.high[1] if self.strict else low > self.high[1]
        if high < self.low or above:
            return "contradicted"
        return "undecided"


def span(value, interval=None):
    """Between which numbers a measurement lies."""
    if interval is None and isinstance(value, Sample):
        interval = value.interval
    if interval is None:
        interval = value, value
    ends = np.asarray(interval)
    if ends.shape != (2,) or ends.dtype.kind not in "iuf":
        raise TypeError(
            f"a measurement is a number or a Sample, got {type(value).__name__}"
        )
    return tuple(map(float, ends))
