"""Many small plots on the same axes, for shapes that are to be compared."""

from dlcourse.show import style
from dlcourse.show.figure import drawing
from dlcourse.show.header import Header, heading
from dlcourse.show.ticks import proper, set_ticks

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

    looks = dict(zip(labels, style.LINES, strict=False))
    header = Header(style.new(height), title)
    header.legend([look.sample(marker=False) for look in looks.values()], labels)
    room = {"above": 0.24, "below": 0.12, "left": 0.45, "right": 0.12, "gap": 0.14}
    axes = header.axes(len(plots), columns, height, **room, foot=0.4)
    for ax in axes[1:]:
        ax.sharex(axes[0])
        ax.sharey(axes[0])
    for k, (ax, (name, lines)) in enumerate(zip(axes, plots.items(), strict=True)):
        for label, (xs, ys) in lines.items():
            ax.plot(xs, ys, **looks[label].line(ys))
        if name in (marks or {}):
            ax.axvline(marks[name], color=style.MUTED, lw=0.8, zorder=1)
        heading(ax, name)
        if last := k + columns >= len(plots):
            ax.set_xlabel(proper(x))
        ax.tick_params(labelbottom=last, labelleft=k % columns == 0)
    axes[0].set(xlim=xlim, ylim=ylim)
    set_ticks(axes[0].xaxis, axes[0].lines, most=max(3, 20 // columns))
    set_ticks(axes[0].yaxis, axes[0].lines, most=6)
    return header.fig
