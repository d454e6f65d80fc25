"""The frame of a plot: where title, axes and labels stand, so that none overlap."""

import math
import textwrap
from typing import NamedTuple

import numpy as np
from matplotlib.transforms import Bbox

from dlcourse.show import style
from dlcourse.show.header import PAD, Header
from dlcourse.show.spacing import apart
from dlcourse.show.ticks import proper, set_ticks

__all__ = ["Plot"]

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

    The header ends with the name of the vertical axis, written horizontally.
    """

    def __init__(self, x, y, title, height):
        self.fig = style.new(height)
        self.ax = self.fig.add_axes((0.1, 0.2, 0.8, 0.6))
        self.renderer = self.fig.canvas.get_renderer()
        self.width, self.height = self.fig.get_size_inches()
        self.header = Header(self.fig, title)
        self.ax.set_xlabel(proper(x))
        self.y = proper(y)

    def finish(self, references, direct):
        """Lay the figure out.

        Args:
            references: label -> y of horizontal lines, named at their right end.
            direct: True for labels at the ends of lines, False for a legend, None for
                labels where they would not collide.
        """
        set_ticks(self.ax.xaxis, self.ax.lines)
        set_ticks(self.ax.yaxis, self.ax.lines, most=6)
        if direct is not False and self._label_directly(references, force=direct):
            return
        self._legend(references)
        self._place(0)

    # ---------------------------------------------------------------------- layout

    def _legend(self, references):
        lines = [line for line in self.ax.lines if _named(line)]
        labels = [line.get_label() for line in lines] + list(references)
        lines += [self._reference(y) for y in references.values()]
        if lines:
            self.header.legend(lines, labels)

    def _place(self, right):
        """Give the axes the room that is left, ``right`` inches kept for labels."""
        if self.y:
            self.header.text(self.y, color=style.MUTED)
        ticks = [t for t in self.ax.get_yticklabels() if t.get_text()]
        left = max((self._extent(t).width for t in ticks), default=0) / style.DPI
        left = max(0.45, math.ceil(10 * (PAD + left + 0.06)) / 10)  # moves seldom
        bottom, right = 0.56, max(right, 0.2)
        top = self.height - self.header.height - 0.03
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
        above, height = len(self.fig.texts), self.header.height
        widest = max(map(self.header.width_of, edge), default=0)
        self._place(GAP + PAD + widest if edge else 0)

        ends = [self._end(line) for line in self.ax.lines if _named(line)]
        column = [end for end in ends if end.at_edge]
        for label, y in references.items():
            x, y = self.ax.transData.transform((self.ax.get_xlim()[1], y))
            column.append(End(_wrapped(label), style.MUTED, x, y, True))
        drawn = self._in_column(column)
        drawn += self._inside([end for end in ends if not end.at_edge], force)
        if force or None not in drawn:
            return True
        for artist in [*drawn, *self.fig.texts[above:]]:
            if artist and artist.figure:
                artist.remove()
        self.header.height = height
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
