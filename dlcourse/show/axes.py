"""The frame of a plot: where title, axes and labels stand, so that none overlap."""

import math
import re
import textwrap
from typing import NamedTuple

import numpy as np
from matplotlib.ticker import (
    Formatter,
    FuncFormatter,
    LogLocator,
    MaxNLocator,
    NullLocator,
)
from matplotlib.transforms import Bbox

from dlcourse.show import style
from dlcourse.show.spacing import apart

__all__ = ["Plot", "number", "proper"]

PAD = 0.08  # inches between the edge of the figure and what it holds
GAP = 0.14  # inches between the right end of the axes and the labels there


class End(NamedTuple):
    """The right end of a line, in pixels, and the label that belongs there."""

    label: str
    color: str
    x: float
    y: float
    at_edge: bool


class Plot:
    """A Figure with one pair of axes, laid out by ``finish`` once they are drawn in.

    Everything stands flush left above the axes: the title, then a legend if there is
    one, then the name of the vertical axis, written horizontally.
    """

    def __init__(self, x, y, title, height):
        self.fig = style.new(height)
        self.ax = self.fig.add_axes((0.1, 0.2, 0.8, 0.6))
        self.renderer = self.fig.canvas.get_renderer()
        self.width, self.height = self.fig.get_size_inches()
        self.top = self.height - PAD
        self.ax.set_xlabel(proper(x))
        self.y = proper(y)
        title = proper(title)
        self.fig.set_label(title)  # for who draws more in it, or describes it
        if title:
            self._header("\n".join(textwrap.wrap(title, 84)), fontsize=11)

    def finish(self, references, direct):
        """Lay the figure out.

        Args:
            references: label -> y of horizontal lines, named at their right end.
            direct: True for labels at the ends of lines, False for a legend, None for
                labels where they would not collide.
        """
        for axis in (self.ax.xaxis, self.ax.yaxis):
            _set_ticks(axis, self.ax.lines)
        if direct is not False and self._label_directly(references, force=direct):
            return
        self._legend(references)
        self._place(0)

    # ---------------------------------------------------------------------- layout

    def _header(self, text, **options):
        """A text flush left below what is already there."""
        artist = self.fig.text(
            PAD / self.width, self.top / self.height, text, va="top", **options
        )
        self.top -= artist.get_window_extent(self.renderer).height / style.DPI + PAD

    def _legend(self, references):
        lines = [line for line in self.ax.lines if _named(line)]
        labels = [line.get_label() for line in lines] + list(references)
        lines += [self._reference(y) for y in references.values()]
        if not lines:
            return
        widest = max(self._width_of(label) for label in labels) + 0.75
        legend = self.fig.legend(
            lines,
            labels,
            loc="upper left",
            bbox_to_anchor=(PAD / self.width, self.top / self.height),
            ncols=max(1, min(len(lines), int((self.width - 2 * PAD) / widest))),
            borderpad=0,
            borderaxespad=0,
            columnspacing=1.6,
        )
        self.top -= legend.get_window_extent(self.renderer).height / style.DPI + PAD

    def _place(self, right):
        """Give the axes the room that is left, ``right`` inches kept for labels."""
        if self.y:
            self._header(self.y, color=style.MUTED)
        ticks = [t for t in self.ax.get_yticklabels() if t.get_text()]
        left = max((self._extent(t).width for t in ticks), default=0) / style.DPI
        left = max(0.45, math.ceil(10 * (PAD + left + 0.06)) / 10)  # moves seldom
        bottom, right = 0.56, max(right, 0.2)
        top = self.top - 0.03
        self.ax.set_position(
            (
                left / self.width,
                bottom / self.height,
                (self.width - left - right) / self.width,
                (top - bottom) / self.height,
            )
        )

    def _reference(self, y):
        return next(
            line
            for line in self.ax.lines
            if not _named(line) and line.get_ydata()[0] == y
        )

    def _extent(self, artist):
        return artist.get_window_extent(self.renderer)

    def _width_of(self, text):
        artist = self.fig.text(0, 0, text)
        width = self._extent(artist).width / style.DPI
        artist.remove()
        return width

    # --------------------------------------------------------------- direct labels

    def _label_directly(self, references, force):
        """Put labels at the ends of lines; False, and nothing done, where they collide.

        Lines that reach the right edge have theirs in a column beside the axes, moved
        apart where they are too close; lines that end earlier, beside their end.
        """
        ends = [self._end(line) for line in self.ax.lines if _named(line)]
        if not ends or None in ends:
            return False
        edge = [end.label for end in ends if end.at_edge]
        edge += map(_wrapped, references)
        heading, top = len(self.fig.texts), self.top
        self._place(GAP + PAD + max(map(self._width_of, edge)) if edge else 0)

        ends = [self._end(line) for line in self.ax.lines if _named(line)]
        column = [end for end in ends if end.at_edge]
        for label, y in references.items():
            x, y = self.ax.transData.transform((self.ax.get_xlim()[1], y))
            column.append(End(_wrapped(label), style.MUTED, x, y, True))
        drawn = self._in_column(column)
        drawn += self._inside([end for end in ends if not end.at_edge], force)
        if force or None not in drawn:
            return True
        for artist in [*drawn, *self.fig.texts[heading:]]:
            if artist and artist.figure:
                artist.remove()
        self.top = top
        return False

    def _end(self, line):
        """The last point of the line that can be seen; None where nothing can."""
        visible = self._path(line)
        box = self.ax.bbox.padded(1)
        visible = visible[
            (visible[:, 0] >= box.x0)
            & (visible[:, 0] <= box.x1)
            & (visible[:, 1] >= box.y0)
            & (visible[:, 1] <= box.y1)
        ]
        if not len(visible):
            return None
        x, y = visible[np.argmax(visible[:, 0])]
        at_edge = x > box.x1 - 0.08 * box.width
        return End(_wrapped(line.get_label()), line.get_color(), x, y, at_edge)

    def _path(self, line):
        """The line as points a few pixels apart, gaps left out."""
        with np.errstate(invalid="ignore", divide="ignore"):
            points = line.get_transform().transform(line.get_xydata())
        points = points[np.isfinite(points).all(axis=1)]
        if len(points) < 2:
            return points
        points = np.clip(points, -1e5, 1e5)
        length = np.cumsum(np.r_[0, np.hypot(*np.diff(points, axis=0).T)])
        steps = np.linspace(0, length[-1], min(20_000, 2 + int(length[-1] / 4)))
        return np.column_stack([np.interp(steps, length, axis) for axis in points.T])

    def _in_column(self, ends):
        """Labels beside the axes, as near to their lines as the others allow."""
        ends = sorted(ends, key=lambda end: end.y)
        box, scale = self.ax.bbox, style.DPI / 72
        heights = [(13 * (1 + end.label.count("\n")) + 3) * scale for end in ends]
        if sum(heights) > box.height + 40 * scale:
            return [None]
        low, high = box.y0 - 20 * scale, box.y1 + 20 * scale
        centres = apart([end.y for end in ends], heights, low, high)
        x = box.x1 + GAP * style.DPI
        return [self._label(*pair, x) for pair in zip(ends, centres, strict=True)]

    def _label(self, end, y, x):
        """The text at (x, y), with a thin line from the end of its line to it."""
        size = self.fig.bbox.size
        return self.ax.annotate(
            end.label,
            (end.x / size[0], end.y / size[1]),
            (x / size[0], y / size[1]),
            xycoords="figure fraction",
            textcoords="figure fraction",
            color=end.color,
            va="center",
            linespacing=1.1,
            annotation_clip=False,
            arrowprops={
                "arrowstyle": "-",
                "color": end.color,
                "lw": 0.7,
                "relpos": (0, 0.5),
                "shrinkA": 2,
                "shrinkB": 5,
            },
        )

    def _inside(self, ends, force):
        """Labels right of, above or below the ends of lines, wherever there is room."""
        taken = np.concatenate([self._path(line) for line in self.ax.lines])
        frame = self.ax.bbox
        boxes, drawn = [], []
        for end in ends:
            text = self.fig.text(0, 0, end.label, color=end.color, linespacing=1.1)
            w, h = self._extent(text).size
            for dx, dy in ((14, -h / 2), (-w / 2, 16), (-w / 2, -h - 16), (-w, 16)):
                box = Bbox.from_bounds(end.x + dx, end.y + dy, w, h)
                if force or self._is_free(box, taken, boxes, frame):
                    break
            else:
                text.remove()
                return [*drawn, None]
            text.set(position=box.p0 / self.fig.bbox.size, va="bottom")
            boxes.append(box)
            drawn.append(text)
        return drawn

    def _is_free(self, box, taken, boxes, frame):
        room = box.padded(4)
        inside = ((taken > room.p0) & (taken < room.p1)).all(axis=1)
        return (
            frame.x0 <= room.x0
            and room.x1 <= frame.x1
            and frame.y0 <= room.y0
            and room.y1 <= frame.y1
            and not inside.any()
            and not any(room.overlaps(other) for other in boxes)
        )


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


def _set_ticks(axis, lines):
    low, high = sorted(axis.get_view_interval())
    if axis.get_scale() == "log":
        decades = math.log10(high / low)
        fine = (1.0, 2.0, 5.0) if decades < 2 else (1.0,)
        axis.set_major_locator(LogLocator(subs=fine, numticks=9))
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
            MaxNLocator(7 if which == 0 else 6, integer=whole, steps=[1, 2, 2.5, 5, 10])
        )
        axis.set_major_formatter(Aligned())


def _named(line):
    return not line.get_label().startswith("_")


def _wrapped(label, width=20):
    """The label in as few lines as ``width`` asks for, of about equal length."""
    lines = textwrap.wrap(label, width)
    while width > 1 and len(narrower := textwrap.wrap(label, width - 1)) == len(lines):
        if any(word not in label.split() for line in narrower for word in line.split()):
            break  # a word was cut
        lines, width = narrower, width - 1
    return "\n".join(lines) or label
