"""Signal and gradient by layer, side by side: the same axes wherever it is drawn."""

import numpy as np
from matplotlib.ticker import MaxNLocator

from dlcourse.show import style
from dlcourse.show.axes import proper
from dlcourse.show.figure import drawing

__all__ = ["histograms", "signals"]

IN_A_ROW = 4  # entries of the legend; with more there are two rows
LOWEST = 1e-30  # what is smaller is drawn as a gap: it is 0 for every purpose


@drawing
def signals(
    flows, *, title="", signal_lim=(1e-6, 1e3), gradient_lim=(1e-12, 1e1), height=3.4
):
    """Two plots over the layers: the signal's size on its way up, the gradient's down.

    Args:
        flows: label -> lab.Signals, up to seven.
        alt: what there is to see, for who cannot see it.
        title: one line above.
        signal_lim, gradient_lim: the ends of the two vertical axes, both logarithmic.
            The same in every figure that is to be compared; what lies outside is not
            drawn.
        height: of the figure, in inches.
        return_figure: return the Figure and display nothing.
    """
    if not isinstance(flows, dict) or not 1 <= len(flows) <= len(style.LINES):
        raise TypeError(
            f"signals expects a dict label -> Signals with 1 to {len(style.LINES)} "
            f"entries, got {type(flows).__name__}"
            + (f" of {len(flows)}" if isinstance(flows, dict) else "")
        )
    legend = 0.36 if title else 0.08  # inches from the top, as is head
    more = 0.22 * (len(flows) > IN_A_ROW)
    head, height = legend + 0.26 + more, height + more
    fig = style.new(height)
    fig.set_label(proper(title))
    bottom, top = 0.56 / height, 1 - (head + 0.3) / height
    panels = (
        ("signal", "signal, output of the layer (rms)", signal_lim, 0.085),
        ("gradient", "gradient, dL/d(output) (rms)", gradient_lim, 0.585),
    )
    for quantity, name, limits, left in panels:
        ax = fig.add_axes((left, bottom, 0.405, top - bottom))
        for (label, flow), look in zip(flows.items(), style.LINES, strict=False):
            values = getattr(flow, quantity)
            drawn = np.where(values > LOWEST, values, np.nan)
            seen = np.flatnonzero(np.isfinite(drawn)).tolist()
            ax.plot(
                np.arange(1, len(values) + 1),
                drawn,
                label=proper(label),
                color=look.color,
                linestyle=look.dash,
                marker=look.marker,
                markevery=seen[:: max(1, len(seen) // 8)],  # a lone point is seen too
                zorder=3,
            )
        ax.set_yscale("log")
        ax.set_ylim(limits)
        depth = max(len(flow) for flow in flows.values())
        ax.set_xlim(0.2, depth + max(0.8, 0.04 * depth))  # there is no layer 0
        ax.xaxis.set_major_locator(MaxNLocator(7, steps=(1, 2, 5, 10), integer=True))
        ax.minorticks_off()
        ax.set_xlabel("layer")
        ax.set_title(name, loc="left", fontsize=10, color=style.MUTED, pad=6)
    if title:
        place = (0.08 / style.WIDTH, 1 - 0.08 / height)
        fig.text(*place, proper(title), fontsize=11, va="top")
    lines, labels = ax.get_legend_handles_labels()
    fig.legend(
        lines,
        labels,
        loc="upper left",
        bbox_to_anchor=(0.08 / style.WIDTH, 1 - legend / height),
        ncols=min(len(lines), IN_A_ROW),
        borderpad=0,
        borderaxespad=0,
        columnspacing=1.6,
    )
    return fig


@drawing
def histograms(flow, layers, *, title="", signal_lim=None, height=3.6):
    """How signal (above) and gradient (below) are spread in some layers, side by side.

    Args:
        flow: lab.Signals.
        layers: which to draw, counted from 1; up to six.
        alt: what there is to see, for who cannot see it.
        title: one line above.
        signal_lim: the ends of the signal's axis; by default from the values.
        height: of the figure, in inches.
        return_figure: return the Figure and display nothing.

    Each gradient's axis is scaled to its own largest, which stands below it.
    """
    layers = list(layers)
    if not layers or len(layers) > 6 or not all(1 <= k <= len(flow) for k in layers):
        raise ValueError(f"layers expects 1 to 6 of 1 ... {len(flow)}, got {layers}")
    fig = style.new(height)
    fig.set_label(proper(title))
    head = 0.36 if title else 0.04
    rows = fig.subplots(
        2,
        len(layers),
        gridspec_kw={
            "left": 0.065,
            "right": 0.985,
            "top": 1 - (head + 0.26) / height,
            "bottom": 0.5 / height,
            "hspace": 0.62,
            "wspace": 0.12,
        },
    ).reshape(2, -1)
    everything = np.concatenate([flow.outputs[k - 1].ravel() for k in layers])
    everything = everything[np.isfinite(everything)]
    low, high = signal_lim or (everything.min(), everything.max())
    if low == high:
        low, high = low - 1, high + 1
    for above, below, k in zip(*rows, layers, strict=True):
        _spread(above, flow.outputs[k - 1], low, high, style.FORWARD)
        above.set_title(f"layer {k}", fontsize=10, pad=4)
        largest = np.abs(flow.gradients[k - 1]).max()
        reach = largest if 0 < largest < np.inf else 1
        _spread(below, flow.gradients[k - 1], -reach, reach, style.BACKWARD)
        digit, exponent = f"{reach:.0e}".split("e")
        size = rf"{digit}\cdot 10^{{{int(exponent)}}}"
        below.set_xticks([-reach, reach], [f"$-{size}$", f"${size}$"])
        for tick, side in zip(below.get_xticklabels(), ("left", "right"), strict=True):
            tick.set_horizontalalignment(side)
        if not largest:
            below.set_xticks([0], ["all 0"])
    for ax, name in zip(rows[:, 0], ("signal", "gradient"), strict=True):
        ax.set_ylabel(f"{name} (share)")
    if title:
        fig.text(
            0.08 / style.WIDTH, 1 - 0.08 / height, proper(title), fontsize=11, va="top"
        )
    return fig


def _spread(ax, values, low, high, color):
    values = np.clip(values[np.isfinite(values)].ravel(), low, high)
    counts, edges = np.histogram(values, 31, (low, high))
    ax.stairs(counts / max(values.size, 1), edges, fill=True, color=color, alpha=0.85)
    ax.set_ylim(0, None)
    ax.set_yticks([])
    ax.grid(visible=False)
    ax.tick_params(axis="x", labelsize=8)
