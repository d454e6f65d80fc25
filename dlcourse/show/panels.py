"""Many small plots on the same axes, for shapes that are to be compared."""

import math

from dlcourse.show import style
from dlcourse.show.axes import proper
from dlcourse.show.figure import drawing

__all__ = ["panels"]


@drawing
def panels(
    plots, *, x, columns=4, xlim=None, ylim=None, marks=None, title="", height=1.5
):
    """A grid of small plots; a line has the same look, and the axes the same ends, in
    all of them.

    Args:
        plots: heading -> {label: (x, y)}, one plot each; the labels, up to seven in
            all, are named once, above.
        x: what the horizontal axes show, with its unit; the labels say the rest.
        alt: what there is to see, for who cannot see it.
        columns: plots in a row.
        xlim, ylim: the ends of the axes; by default what all the lines need.
        marks: heading -> x, a thin vertical line there.
        title: one line above.
        height: of each row, in inches.
        return_figure: return the Figure and display nothing.
    """
    if not isinstance(plots, dict) or not all(
        isinstance(lines, dict) and lines for lines in plots.values()
    ):
        raise TypeError(
            "panels expects a dict heading -> {label: (x, y)}, got "
            f"{type(plots).__name__}"
        )
    labels = list(dict.fromkeys(label for lines in plots.values() for label in lines))
    if not 1 <= len(labels) <= len(style.LINES):
        raise ValueError(f"panels tells 1 to {len(style.LINES)} lines apart: {labels}")
    if unknown := set(marks or {}) - set(plots):
        raise ValueError(f"marks names {sorted(unknown)}, plots has {list(plots)}")

    rows = math.ceil(len(plots) / columns)
    head, foot = (0.66 if title else 0.34), 0.5
    total = head + rows * (height + 0.34) + foot
    fig = style.new(total)
    fig.set_label(proper(title))
    grid = fig.subplots(
        rows,
        columns,
        sharex=True,
        sharey=True,
        squeeze=False,
        gridspec_kw={
            "left": 0.06,
            "right": 0.985,
            "top": 1 - (head + 0.3) / total,
            "bottom": foot / total,
            "hspace": 0.34 / height,
            "wspace": 0.1,
        },
    )
    looks = dict(zip(labels, style.LINES, strict=False))
    handles = {}
    for ax, (heading, lines) in zip(grid.flat, plots.items(), strict=False):
        for label, (xs, ys) in lines.items():
            look = looks[label]
            (handles[label],) = ax.plot(xs, ys, color=look.color, linestyle=look.dash)
        if heading in (marks or {}):
            ax.axvline(marks[heading], color=style.MUTED, lw=0.8, zorder=1)
        ax.set_title(proper(heading), loc="left", fontsize=10, pad=4)
    if xlim:
        grid[0, 0].set_xlim(xlim)
    if ylim:
        grid[0, 0].set_ylim(ylim)
    for k, ax in enumerate(grid.flat):
        if k >= len(plots):
            ax.set_visible(False)
        elif k + columns >= len(plots):
            ax.set_xlabel(proper(x))
            ax.tick_params(labelbottom=True)
    if title:
        place = (0.08 / style.WIDTH, 1 - 0.08 / total)
        fig.text(*place, proper(title), fontsize=11, va="top")
    below = 1 - (head - 0.26) / total
    fig.legend(
        handles.values(),
        map(proper, handles),
        loc="upper left",
        bbox_to_anchor=(0.08 / style.WIDTH, below),
        ncols=len(handles),
        borderpad=0,
        borderaxespad=0,
        columnspacing=1.6,
    )
    return fig
