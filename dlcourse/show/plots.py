"""Lines, bars and images, each in one call.

All of them display the picture and return nothing; with ``return_figure=True`` they
return the Figure instead, for ``explore``.
"""

import math

import numpy as np

from dlcourse.lab.statistics import Sample
from dlcourse.show import style
from dlcourse.show.axes import Plot
from dlcourse.show.figure import drawing
from dlcourse.show.header import Header
from dlcourse.show.ticks import number, proper

__all__ = ["bars", "images", "lines", "losses"]

GAP = 0.07  # inches between two pictures


@drawing
def lines(
    series,
    *,
    x,
    y,
    title="",
    logx=False,
    logy=False,
    xlim=None,
    ylim=None,
    markers=None,
    points=(),
    marks=(),
    band=None,
    hlines=None,
    labels="auto",
    height=3.9,
):
    """Draw lines, each with a label at its end.

    Args:
        series: label -> (x, y), two 1-D arrays of one length. nan and inf are gaps.
        x, y: the axes' names, with units: "loss (nats)".
        alt: what there is to see, for who cannot see it.
        title: one line above.
        logx, logy: logarithmic axes; the values must be above 0.
        xlim, ylim: the ends of the axes, (low, high).
        markers: True for one at every point, False for none, or the labels of the
            lines that have one at every point, the others none; by default one at every
            point of a short line and at every n-th of a long one.
        points: labels of series drawn as points without a line.
        marks: points (x, y) with a ring around them: "you are here".
        band: label -> (low, high), two arrays: shaded around that line.
        hlines: label -> y, horizontal lines for reference.
        labels: "direct" at the ends of lines, "legend" above them, or "auto": direct
            where nothing would collide.
        height: of the figure, in inches. Its width is the same everywhere.
        return_figure: return the Figure and display nothing.

    Raises ValueError and TypeError naming the label and what is wrong with it.
    """
    series = {
        label: _pair(label, value, logx, logy)
        for label, value in _mapping("series", series).items()
    }
    band = {label: _band(label, value, series) for label, value in (band or {}).items()}
    chosen = None if markers in (True, False, None) else set(markers)
    for name, labels_given in (("points", points), ("markers", chosen or ())):
        if unknown := set(labels_given) - set(series):
            raise ValueError(
                f"{name} names {sorted(unknown)}, series has {list(series)}"
            )
    marked = {label: markers if chosen is None else label in chosen for label in series}
    if len(series) > len(style.LINES):
        raise ValueError(
            f"{len(series)} lines in one figure cannot be told apart: "
            f"at most {len(style.LINES)}"
        )

    plot = Plot(x, y, title, height)
    ax = plot.ax
    if logx:
        ax.set_xscale("log")
    if logy:
        ax.set_yscale("log")
    for i, (label, (xs, ys)) in enumerate(series.items()):
        look = style.LINES[i]
        options = look.line(ys)
        if label in points:
            options |= {"linestyle": "none", "marker": look.marker}
        elif marked[label] or (marked[label] is None and len(xs) > 1):
            every = 1 if marked[label] or len(xs) <= 16 else math.ceil(len(xs) / 12)
            start = i * every // max(len(series), 1)  # staggered: none hides another
            options |= {"marker": look.marker, "markevery": (start, every)}
        elif len(xs) == 1:
            options["marker"] = look.marker
        ax.plot(xs, ys, label=proper(label), **options)
        if label in band:
            ax.fill_between(xs, *band[label], color=look.color, alpha=0.15, lw=0)
    for value in (hlines or {}).values():
        ax.axhline(value, color=style.MUTED, lw=1, ls=(0, (2, 2)), zorder=2)
    for mark in marks:
        ring = {"mfc": "none", "mec": style.INK, "mew": 1.8, "ms": 11, "zorder": 4}
        ax.plot(*mark, "o", **ring)
    if xlim:
        ax.set_xlim(xlim)
    if ylim:
        ax.set_ylim(ylim)
    direct = {"direct": True, "legend": False, "auto": None if not points else False}
    if labels not in direct:
        raise ValueError(f"labels is one of {list(direct)}, got {labels!r}")
    hlines = {proper(label): value for label, value in (hlines or {}).items()}
    plot.finish(hlines, direct[labels])
    return plot.fig


@drawing
def losses(
    runs,
    *,
    window=1,
    x="step (batch of 64)",
    y="loss (nats)",
    title="",
    logy=False,
    ylim=None,
    height=3.9,
):
    """Draw the loss of training runs, step by step.

    Args:
        runs: label -> the losses of a run, one number for each step; or a list of such
            runs of one length, of which the mean is drawn.
        window: draw means of so many steps, each at its last one.
        x, y, alt, title, logy, ylim, height, return_figure: as of :func:`lines`.

    Raises ValueError where runs differ in length or are shorter than ``window``.
    """
    series = {}
    for label, run in _mapping("runs", runs).items():
        try:
            run = np.atleast_2d(np.asarray(run, float)).mean(axis=0)
        except ValueError:
            raise ValueError(f"{label!r} expects runs of one length") from None
        if not 1 <= window <= len(run):
            raise ValueError(f"{label!r} has {len(run)} steps, window is {window}")
        smooth = np.convolve(run, np.ones(window) / window, "valid")
        series[label] = np.arange(window, len(run) + 1), smooth
    several = f", mean of {window} batches" * (window > 1)
    look = {"title": title, "logy": logy, "ylim": ylim, "height": height}
    return lines.__wrapped__(series, x=x, y=y + several, markers=False, **look)


@drawing
def bars(values, *, x, title=""):
    """Horizontal bars from zero, each with its number at its end.

    Args:
        values: label -> number, or lab.Sample: the bar is its mean, and its 95 %
            interval a whisker; drawn from top to bottom.
        x: what the numbers are, with unit: "accuracy (%)".
        alt: what there is to see, for who cannot see it.
        title: one line above.
        return_figure: return the Figure and display nothing.
    """
    samples = {
        label: v if isinstance(v, Sample) else Sample(np.array([v], float))
        for label, v in _mapping("values", values).items()
    }
    intervals = {label: s.interval for label, s in samples.items() if s.n > 1}
    values = {label: sample.mean for label, sample in samples.items()}
    plot = Plot(x, "", title, 1.0 + 0.36 * len(values))
    ax = plot.ax
    rows = np.arange(len(values))
    ax.barh(rows, values.values(), height=0.62, color=style.LINES[0].color, zorder=2)
    for row, (label, value) in zip(rows, values.items(), strict=True):
        low, high = intervals.get(label, (value, value))
        if label in intervals:
            for color, lw in (("white", 4), (style.INK, 1.6)):
                ax.plot([low, high], [row, row], color=color, lw=lw, zorder=3)
        end, text = (max(value, high, 0), row), number(float(f"{value:.3g}"))
        ax.annotate(text, end, (6, 0), textcoords="offset points", va="center")
    ax.set_yticks(rows, values)
    ax.tick_params(axis="y", length=0, labelsize=10)
    ax.invert_yaxis()
    ax.grid(axis="y", visible=False)
    ax.margins(x=0.1)
    if min([*values.values(), *(low for low, _ in intervals.values())]) >= 0:
        ax.set_xlim(left=0)
    plot.finish({}, None)
    return plot.fig


@drawing
def images(pictures, shape=None, titles=None, *, columns=None, title=""):
    """Draw grey images in a row or a grid, dark for large, all on one scale.

    Where entries are negative, middle grey is zero.

    Args:
        pictures: array (n, height, width), or (n, height * width) with ``shape``.
        shape: (height, width) of each.
        titles: a text above each; no text where left out.
        alt: what there is to see, for who cannot see it.
        columns: pictures in a row; by default up to 10.
    """
    pictures = np.asarray(pictures, float)
    if shape is not None:
        if pictures.size % max(math.prod(shape), 1) or not pictures.size:
            raise ValueError(
                f"pictures of shape {pictures.shape} cannot be cut into {tuple(shape)}"
            )
        pictures = pictures.reshape(-1, *shape)
    if pictures.ndim == 2:
        pictures = pictures[None]
    if pictures.ndim != 3:
        raise ValueError(
            f"images expects (n, height, width), got {pictures.shape}: give shape="
        )
    n = len(pictures)
    if titles is not None and len(titles) != n:
        raise ValueError(f"{len(titles)} titles for {n} images")
    columns = min(columns or 10, n)
    largest = np.abs(pictures).max() or 1
    smallest = -largest if pictures.min() < 0 else 0

    side = min(style.WIDTH / columns, 1.6)  # inches, the gap included
    height = (side - GAP) * pictures.shape[1] / pictures.shape[2]
    header = Header(style.new(height, side * columns), title)
    if not title:
        header.height = 0
    room = {"below": GAP / 2, "left": GAP / 2, "right": GAP / 2, "gap": GAP}
    axes = header.axes(n, columns, height, above=0.24 if titles else GAP / 2, **room)
    for i, (ax, picture) in enumerate(zip(axes, pictures, strict=True)):
        ax.imshow(picture, vmin=smallest, vmax=largest, interpolation="nearest")
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set(visible=True, color=style.FAINT)
        if titles:
            ax.set_title(proper(str(titles[i])), fontsize=10, pad=3)
    return header.fig


def _mapping(name, value):
    if not isinstance(value, dict) or not value:
        raise TypeError(
            f"{name} expects a dict with at least one label, got {type(value).__name__}"
            + ("" if not isinstance(value, dict) else " without any")
        )
    return value


def _pair(label, value, logx, logy):
    """The two arrays of a line, checked."""
    try:
        xs, ys = (np.asarray(part, float) for part in value)
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"{label!r} expects a pair (x, y) of 1-D arrays of numbers: {error}"
        ) from None
    if xs.ndim != 1 or xs.shape != ys.shape or not xs.size:
        raise ValueError(
            f"{label!r} expects x and y of one length, got {xs.shape} and {ys.shape}"
        )
    for name, logarithmic, values in (("x", logx, xs), ("y", logy, ys)):
        if logarithmic and (values <= 0).any():
            raise ValueError(
                f"{label!r}: a logarithmic axis has no place for {name} = "
                f"{values[values <= 0][0]:g}; only values above 0"
            )
    return xs, ys


def _band(label, value, series):
    if label not in series:
        raise ValueError(f"band names {label!r}, series has {list(series)}")
    low, high = (np.asarray(part, float) for part in value)
    if not low.shape == high.shape == series[label][0].shape:
        raise ValueError(
            f"the band of {label!r} has {low.shape} and {high.shape}, its line "
            f"{series[label][0].shape}"
        )
    return low, high
