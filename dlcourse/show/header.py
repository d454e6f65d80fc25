"""What stands above the axes, in every figure alike, and the axes that stand below.

Flush left from the top down: the title, the legend, further lines. All lengths are
inches; what stands here keeps its distance from the top edge when the figure grows.
"""

import math
import textwrap

from matplotlib.transforms import ScaledTranslation

from dlcourse.show import style
from dlcourse.show.ticks import proper

__all__ = ["PAD", "Header", "heading"]

PAD = 0.08  # between the edge of the figure and what it holds
SAMPLE = 0.61  # of a legend: the sample of a line before a label
BETWEEN = 0.22  # the columns of a legend


class Header:
    """The header of a figure, to which lines are added one below the other.

    Attributes:
        fig: the Figure.
        height: from the top edge to the lower end of what is there so far.
    """

    def __init__(self, fig, title=""):
        self.fig, self.height = fig, PAD
        self._from_top = fig.dpi_scale_trans + ScaledTranslation(0, 1, fig.transFigure)
        title = proper(title)
        fig.set_label(title)  # for who describes it
        if title:
            self.text(title, fontsize=11)

    def text(self, text, **options):
        """A text, in as many lines as it needs."""
        options |= {"va": "top", "transform": self._from_top}
        artist = self.fig.text(PAD, -self.height, text, **options)
        letters, room = len(text), self.fig.get_figwidth() - 2 * PAD
        while letters > 1 and (wide := self._extent(artist).width / style.DPI) > room:
            letters = min(letters - 1, math.ceil(letters * room / wide))
            artist.set_text("\n".join(textwrap.wrap(text, letters)))
        self._below(artist)

    def legend(self, lines, labels):
        """What each line stands for, row by row, in as few rows as they need."""
        lines, labels = list(lines), [proper(label) for label in labels]
        count, room = len(labels), self.fig.get_figwidth() - 2 * PAD + BETWEEN
        widths = [SAMPLE + self.width_of(label) + BETWEEN for label in labels]

        def fits(columns):
            return sum(max(widths[c::columns]) for c in range(columns)) <= room

        columns = min(
            filter(fits, range(1, count + 1)),
            key=lambda columns: (math.ceil(count / columns), columns),
            default=1,
        )
        by_column = [i for c in range(columns) for i in range(c, count, columns)]
        self._below(
            self.fig.legend(
                [lines[i] for i in by_column],
                [labels[i] for i in by_column],
                loc="upper left",
                bbox_to_anchor=(PAD, -self.height),
                bbox_transform=self._from_top,
                ncols=columns,
                borderpad=0,
                borderaxespad=0,
                columnspacing=1.6,
            )
        )

    def axes(self, count, columns, height, *, above, below, left, right, gap, foot=0):
        """``count`` axes in rows below the header; the figure becomes as high as that.

        Args:
            height: of each.
            above, below: the room over and under each, for its heading and its ticks.
            left, right: the room beside the outermost.
            gap: between neighbours of a row.
            foot: more room below the last row.

        Returns a list of Axes, row by row.
        """
        rows = math.ceil(count / columns)
        wide = self.fig.get_figwidth()
        tall = self.height + rows * (above + height + below) + foot
        self.fig.set_size_inches(wide, tall)
        width = (wide - left - right + gap) / columns - gap
        placed = []
        for i in range(count):
            row, column = divmod(i, columns)
            x = left + column * (width + gap)
            y = tall - self.height - row * (above + height + below) - above - height
            box = (x / wide, y / tall, width / wide, height / tall)
            placed.append(self.fig.add_axes(box))
        return placed

    def width_of(self, text):
        """The width of a text of the usual size."""
        artist = self.fig.text(0, 0, text)
        width = self._extent(artist).width / style.DPI
        artist.remove()
        return width

    def _below(self, artist):
        self.height += self._extent(artist).height / style.DPI + PAD

    def _extent(self, artist):
        return artist.get_window_extent(self.fig.canvas.get_renderer())


def heading(ax, text, **options):
    """The name of one of several axes, flush left above it."""
    ax.set_title(proper(text), loc="left", fontsize=10, pad=4, **options)
