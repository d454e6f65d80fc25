"""Numbers as in a text, and the ticks of an axis."""

import math
import re

import numpy as np
from matplotlib.ticker import (
    Formatter,
    FuncFormatter,
    LogLocator,
    MaxNLocator,
    NullLocator,
)

__all__ = ["number", "proper", "set_ticks"]


def number(value, position=None):
    """A number as in a text: 1,000 and −0.5, no more digits than needed."""
    text = f"{value:,.10g}" if abs(value) >= 1 or value == 0 else f"{value:.6g}"
    return text.replace("-", "−")


def proper(text):
    """The text with minus signs before its numbers, where a keyboard has hyphens."""
    return re.sub(r"(?<![\w)\]])-(?=[\d.])", "−", text)


class Aligned(Formatter):
    """Ticks with thousands set apart, and all with as many decimals as one needs."""

    def format_ticks(self, values):
        texts = [f"{value:.6g}" for value in values]
        decimals = [len(t.partition(".")[2]) for t in texts if "e" not in t]
        places = max(decimals, default=0)
        return [f"{v:,.{places}f}".replace("-", "−") for v in values]

    def __call__(self, value, position=None):
        return number(value)


def _power(value, position=None):
    exponent = math.log10(value)
    if abs(exponent - round(exponent)) < 1e-9:
        return rf"$10^{{{round(exponent)}}}$"
    return rf"${value / 10 ** math.floor(exponent):g}·10^{{{math.floor(exponent)}}}$"


def set_ticks(axis, lines, most=7):
    """Round numbers for an axis, at most ``most``; whole ones where all values are.

    On a logarithmic axis powers of ten, and on one of categories nothing changes.
    """
    low, high = sorted(axis.get_view_interval())
    if axis.get_scale() == "log":
        decades = math.log10(high / low)
        fine = (1.0, 2.0, 5.0) if decades < 2 else (1.0,)
        axis.set_major_locator(LogLocator(subs=fine, numticks=most + 2))
        axis.set_minor_locator(NullLocator())
        plain = low >= 9e-4 and high <= 2e4
        axis.set_major_formatter(FuncFormatter(number if plain else _power))
    elif not isinstance(axis.get_major_locator(), MaxNLocator):
        return  # categories
    else:
        which = 0 if axis.axis_name == "x" else 1
        values = np.concatenate([[], *(line.get_xydata()[:, which] for line in lines)])
        values = values[np.isfinite(values)]
        whole = bool(values.size) and (values == np.round(values)).all()
        axis.set_major_locator(
            MaxNLocator(most, integer=whole, steps=[1, 2, 2.5, 5, 10])
        )
        axis.set_major_formatter(Aligned())
