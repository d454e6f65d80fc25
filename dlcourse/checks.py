"""Checks of arguments: each error names who asked, the parameter, and what came."""

from functools import cache
from numbers import Integral, Real


def expect_in(who, name, value, interval):
    """A number from an interval that is written as in mathematics, such as "[0, 1)"."""
    low, high, excluded = _ends(interval)
    if not isinstance(value, Real) or not low <= value <= high or value in excluded:
        raise ValueError(f"{who} expects {name} in {interval}, got {value!r}")


@cache
def _ends(interval):
    """Both ends, and those that do not belong to it."""
    low, high = map(float, interval[1:-1].split(","))
    ends = (low, interval[0]), (high, interval[-1])
    return low, high, [end for end, bracket in ends if bracket in "()"]


def expect_one_of(who, name, value, choices):
    """One of the names that are offered."""
    if value not in choices:
        *others, last = map(repr, choices)
        known = f"{', '.join(others)} or {last}"
        raise ValueError(f"{who} expects {name} to be {known}, got {value!r}")


def expect_sizes(who, **sizes):
    """Whole numbers above 0."""
    for name, n in sizes.items():
        if not isinstance(n, Integral) or isinstance(n, bool):
            raise TypeError(f"{who} expects {name} to be an int, got {n!r}")
        if n < 1:
            raise ValueError(f"{who} expects {name} to be at least 1, got {n}")


def expect_axis(who, name, axis, ndim):
    """The number of an axis, counted from 0; -1 is the last one."""
    n = max(ndim, 1)
    if not isinstance(axis, Integral):
        raise TypeError(f"{who} expects {name} to be an int, got {axis!r}")
    if not -n <= axis < n:
        raise IndexError(f"{who} expects {name} from {-n} to {n - 1}, got {axis}")
    return axis % n


def expect_kind(who, name, value, *kinds):
    """An object of one of several classes."""
    if not isinstance(value, kinds):
        expected = " or ".join(kind.__name__ for kind in kinds)
        raise TypeError(
            f"{who} expects {name} of class {expected}, got {type(value).__name__}"
        )


def expect_flags(who, **flags):
    """True or False, and nothing that merely counts as such."""
    for name, flag in flags.items():
        if not isinstance(flag, bool):
            raise TypeError(f"{who} expects {name} to be True or False, got {flag!r}")


def expect_floats(who, x):
    """A Tensor or array of floats: no slope goes through integers."""
    if x.dtype.kind != "f":
        raise TypeError(f"{who} expects floats, got {x.dtype}: use .float()")
