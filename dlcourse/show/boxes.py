"""Boxes and the curves between them: how a laid-out graph becomes a Figure.

All lengths are inches, y grows downwards.
"""

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle
from matplotlib.path import Path

from dlcourse.show import style
from dlcourse.show.header import PAD, Header
from dlcourse.show.layers import arrange
from dlcourse.show.spacing import apart

__all__ = ["Box", "draw"]

LINE, SMALL = 0.19, 0.155  # the height of a line of text, in a box and on an edge
INSET = 0.09  # from a box's border to its text
SPACE = 0.22  # between boxes of a column
KEY = 9  # the size of the key's letters


@dataclass
class Box:
    """A box: ``symbol`` in a grey strip on the left, lines of text on the right.

    ``rows`` are (text, colour, weight); ``faint`` draws a dashed border.
    """

    symbol: str
    rows: list
    faint: bool = False

    def measure(self, width_of):
        size = 9 if len(self.symbol.strip("$x^{}")) > 1 else 12
        self.symbol_size = size
        strip = max(width_of(part, size) for part in self.symbol.split("\n"))
        self.strip = strip + 0.16 if self.symbol else 0
        texts = [width_of(text, 10, weight) for text, _, weight in self.rows]
        self.width = self.strip + max(texts) + 2 * INSET
        lines = max(len(self.rows), 2 if self.symbol else 1)
        self.height = lines * LINE + 0.1


def draw(boxes, edges, said, key="", title=""):
    """A Figure of ``boxes`` from left to right.

    Args:
        boxes: in an order in which every edge leads forward; the last is the result.
        edges: list of (from, to), indices into ``boxes``.
        said: for each edge, the lines (text, colour) written on it.
        key, title: a line each above the drawing.
    """
    width_of = _ruler()
    for box in boxes:
        box.measure(width_of)
    sizes = [  # of what is written on each edge: (width, height)
        (max((width_of(t, 8.5) for t, _ in lines), default=0), SMALL * len(lines))
        for lines in said
    ]

    def height(item):
        return boxes[item].height + SPACE if isinstance(item, int) else 0.3

    layout = arrange(boxes, edges, height)
    at = _Places(layout, boxes, sizes)
    top = min(y - half for y, half in at.extents) - PAD
    bottom = max(y + half for y, half in at.extents) + PAD
    width = max(at.width, width_of(key, KEY) + 2 * PAD)
    header = Header(style.new(bottom - top, width), title)
    if key:
        header.text(key, fontsize=KEY, color=style.MUTED)
    room = dict.fromkeys(("above", "below", "left", "right", "gap"), 0)
    (ax,) = header.axes(1, 1, bottom - top, **room)
    ax.set(xlim=(0, width), ylim=(bottom, top))
    ax.axis("off")
    for e, path in layout.route.items():
        _draw_edge(ax, e, path, at, boxes)
        _draw_text_on(ax, said[e], at.waypoint[e, 0], sizes[e])
    for i, box in enumerate(boxes):
        _draw_box(ax, box, at.left[i], layout.y[i], at.column_width[i])
    return header.fig


class _Places:
    """Where everything stands: columns, the gaps between, and a point in each gap.

    Every edge passes through one point in each gap that it crosses; the points keep
    room for what is written there, so that no two texts touch and no line runs through
    another's text.
    """

    def __init__(self, layout, boxes, sizes):
        self.y, self.waypoint, self.extents = layout.y, {}, []
        self.left, self.column_width, self.ports = {}, {}, defaultdict(list)
        index = {item: c for c, items in enumerate(layout.columns) for item in items}
        gaps = defaultdict(list)  # gap -> [(wanted y, edge, step on its route)]
        for e, path in layout.route.items():
            for k, (a, b) in enumerate(pairwise(path)):
                gaps[index[a]].append(((self.y[a] + self.y[b]) / 2, e, k))

        x = PAD
        for c, items in enumerate(layout.columns):
            wide = max((boxes[i].width for i in items if isinstance(i, int)), default=0)
            for item in items:
                self.left[item], self.column_width[item] = x, wide
                if isinstance(item, int):
                    self.extents.append((self.y[item], boxes[item].height / 2))
            x += wide
            if crossing := sorted(gaps[c]):
                written = [sizes[e] for _, e, k in crossing if k == 0]
                if any(tall > SMALL for _, tall in written):
                    x += 0.15  # for the fork of a shared node
                gap = max(0.36, 0.4 + max((wide for wide, _ in written), default=0))
                self._spread(crossing, sizes, x + gap / 2)
                x += gap
        self.width = x + PAD

        for e, path in layout.route.items():
            self.ports[path[-1]].append((self.waypoint[e, len(path) - 2][1], e))

    def _spread(self, crossing, sizes, x):
        tall = [sizes[e][1] if k == 0 else 0 for _, e, k in crossing]
        room = [max(0.14, t + 0.08) for t in tall]
        spread = apart([wanted for wanted, _, _ in crossing], room)
        for y, (_, e, k), r in zip(spread, crossing, room, strict=True):
            self.waypoint[e, k] = (x, y)
            self.extents.append((y, r / 2))

    def port(self, e, end, box):
        """Where edge ``e`` enters its box: in the order of arrival from the top."""
        order = [edge for _, edge in sorted(self.ports[end])]
        step = min(0.15, box.height / (len(order) + 1))
        return self.y[end] + step * (order.index(e) - (len(order) - 1) / 2)


def _draw_edge(ax, e, path, at, boxes):
    points = []
    for k, item in enumerate(path[:-1]):
        right = at.left[item] + at.column_width[item]
        if k:
            points.append((at.left[item], at.y[item]))
        points += [(right, at.y[item]), at.waypoint[e, k]]
    points.append((at.left[path[-1]], at.port(e, path[-1], boxes[path[-1]])))
    arrow = {"arrowstyle": "-|>,head_length=3.4,head_width=1.7", "mutation_scale": 1.4}
    ends = {"shrinkA": 0, "shrinkB": 0}
    curve = _smooth(points)
    ax.add_patch(
        FancyArrowPatch(path=curve, color=style.MUTED, lw=1, zorder=1, **arrow, **ends)
    )


def _smooth(points):
    """A curve through the points, level at both ends, that never turns back between.

    The slope at a point is the harmonic mean of those to its neighbours, or 0 where
    the neighbours lie on one side (Fritsch and Butland, 1984).
    """
    rises = [(y1 - y0) / (x1 - x0) for (x0, y0), (x1, y1) in pairwise(points)]
    slopes = [2 * a * b / (a + b) if a * b > 0 else 0 for a, b in pairwise(rises)]
    slopes = [0, *slopes, 0]
    vertices, codes = [points[0]], [Path.MOVETO]
    for k, ((x0, y0), (x1, y1)) in enumerate(pairwise(points)):
        # A third of the way is the cubic through the slopes; level ends look rounder
        # with a half.
        before, after = ((x1 - x0) / (3 if m else 2) for m in slopes[k : k + 2])
        vertices += [
            (x0 + before, y0 + before * slopes[k]),
            (x1 - after, y1 - after * slopes[k + 1]),
            (x1, y1),
        ]
        codes += [Path.CURVE4] * 3
    return Path(vertices, codes)


def _draw_text_on(ax, lines, place, size):
    if not lines:
        return
    (x, y), (width, height) = place, size
    paper = (x - width / 2 - 0.03, y - height / 2), width + 0.06, height
    ax.add_patch(Rectangle(*paper, color="white", zorder=2))
    y -= SMALL * (len(lines) - 1) / 2
    for text, color in lines:
        options = {"color": color, "fontsize": 8.5, "zorder": 2}
        ax.text(x, y, text, ha="center", va="center_baseline", **options)
        y += SMALL


def _draw_box(ax, box, x, y, width):
    top = y - box.height / 2
    border = {
        "boxstyle": "round,pad=0,rounding_size=0.05",
        "edgecolor": style.MUTED,
        "linewidth": 0.9,
        "linestyle": (0, (3, 2)) if box.faint else "solid",
    }
    paper = FancyBboxPatch((x, top), width, box.height, fc="white", **border, zorder=3)
    ax.add_patch(paper)
    if box.symbol:
        strip = Rectangle((x, top), box.strip, box.height, color=style.FAINT, zorder=3)
        ax.add_patch(strip)
        strip.set_clip_path(paper)
        border |= {"fc": "none", "zorder": 4}  # once more, above the strip
        ax.add_patch(FancyBboxPatch((x, top), width, box.height, **border))
        several = "\n" in box.symbol
        ax.text(
            x + box.strip / 2,
            y,
            box.symbol,
            fontsize=box.symbol_size,
            ha="center",
            va="center" if several else "center_baseline",
            linespacing=1.1,
            zorder=5,
        )
    y -= LINE * (len(box.rows) - 1) / 2
    for text, color, weight in box.rows:
        options = {"color": color, "weight": weight, "zorder": 5}
        ax.text(x + box.strip + INSET, y, text, va="center_baseline", **options)
        y += LINE


def _ruler():
    """width_of(text, size, weight), in inches."""
    fig = style.new(1)
    renderer = fig.canvas.get_renderer()

    def width_of(text, size, weight="normal"):
        artist = fig.text(0, 0, text, fontsize=size, weight=weight)
        return artist.get_window_extent(renderer).width / style.DPI

    return width_of
