"""One look for every figure of the course: quiet, and readable without colour.

Each line has a dash pattern and a marker of its own; the colour says the same again.
The colours keep a contrast of at least 4.5 on white, so that a label may wear its
line's colour, and stay apart for colour-blind readers (in the simulation of Machado,
Oliveira and Fernandes, 2009). The font is the one that matplotlib brings along, so that
pictures agree between machines.
"""

from typing import NamedTuple

import matplotlib.style
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

__all__ = [
    "BACKWARD",
    "COLUMN",
    "DPI",
    "FAINT",
    "FORWARD",
    "INK",
    "LINES",
    "MUTED",
    "WIDTH",
    "LineStyle",
    "applied",
    "new",
]

WIDTH = 7.5  # inches: 720 of JupyterLab's pixels, its column in a window of 1280
COLUMN = 8.7  # inches: what the column holds at most
DPI = 192  # two pixels of the picture for one of the page: crisp on fine screens

INK, MUTED, FAINT = "#1e1e1e", "#5f5f5f", "#e4e4e4"
FORWARD, BACKWARD = "#1f5a99", "#c4500c"


class LineStyle(NamedTuple):
    color: str
    dash: object  # as matplotlib's linestyle
    marker: str

    def line(self, ys=()):
        """The look of a line without markers, as matplotlib's options.

        With many turns in its values ``ys`` it is thinner: noise stays readable.
        """
        ys = np.asarray(ys, float)
        turns = np.count_nonzero(np.diff(np.sign(np.diff(ys[np.isfinite(ys)]))))
        thin = {"linewidth": 1.2} if turns > 100 else {}
        return {"color": self.color, "linestyle": self.dash, "zorder": 3, **thin}

    def sample(self, marker=True):
        """A line to show in a legend."""
        return Line2D([], [], **self.line(), marker=self.marker if marker else None)


LINES = (
    LineStyle(FORWARD, "solid", "o"),
    LineStyle(BACKWARD, (0, (5, 1.8)), "s"),
    LineStyle("#00785a", (0, (1.2, 1.4)), "^"),
    LineStyle(INK, (0, (6, 1.6, 1.2, 1.6)), "D"),
    LineStyle("#8a3fd1", (0, (9, 2.5)), "v"),
    LineStyle("#6b3310", (0, (4, 1.5, 1.2, 1.5, 1.2, 1.5)), "P"),
    LineStyle("#6b6b6b", (0, (2.6, 1.2)), "X"),
)

_RC = {
    "axes.axisbelow": True,
    "axes.edgecolor": MUTED,
    "axes.grid": True,
    "axes.labelcolor": MUTED,
    "axes.labelsize": 10,
    "axes.linewidth": 0.8,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.xmargin": 0.025,
    "figure.facecolor": "white",
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "grid.color": FAINT,
    "grid.linewidth": 0.8,
    "hatch.linewidth": 0.8,
    "image.cmap": "gray_r",
    "legend.frameon": False,
    "legend.handlelength": 3.6,
    "lines.dash_capstyle": "butt",
    "lines.linewidth": 1.8,
    "lines.markeredgecolor": "white",
    "lines.markeredgewidth": 0.8,
    "lines.markersize": 6.5,
    "text.color": INK,
    "xtick.color": MUTED,
    "xtick.labelcolor": INK,
    "xtick.labelsize": 9,
    "ytick.color": MUTED,
    "ytick.labelcolor": INK,
    "ytick.labelsize": 9,
}


def applied():
    """A context in which matplotlib draws in the course's style; nothing leaks out."""
    return matplotlib.style.context(_RC, after_reset=True)


def new(height, width=WIDTH):
    """An empty Figure of ``width`` x ``height`` inches, unknown to pyplot."""
    fig = Figure((width, height), dpi=DPI)
    FigureCanvasAgg(fig)  # so that text can be measured
    return fig
