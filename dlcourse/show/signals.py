"""Signal and gradient by layer, side by side: the same axes wherever it is drawn."""

import numpy as np

from dlcourse.show import style
from dlcourse.show.figure import drawing
from dlcourse.show.header import Header, heading
from dlcourse.show.ticks import set_ticks

__all__ = ["histograms", "signals"]

LOWEST = 1e-30  # what is smaller is drawn as a gap: it is 0 for every purpose


@drawing
def signals(
    flows, *, title="", signal_lim=(1e-6, 1e3), gradient_lim=(1e-12, 1e1), height=2.2
):
    """Two plots over the layers: the signal's size on its way up, the gradient's down.

    Args:
        flows: label -> lab.Signals, up to seven.
        alt: what there is to see, for who cannot see it.
        title: one line above.
        signal_lim, gradient_lim: the ends of the two vertical axes, both logarithmic.
            The same in every figure that is to be compared; what lies outside is not
            drawn.
        height: of the axes, in inches.
        return_figure: return the Figure and display nothing.
    """
    if not isinstance(flows, dict) or not 1 <= len(flows) <= len(style.LINES):
        raise TypeError(
            f"signals expects a dict label -> Signals with 1 to {len(style.LINES)} "
            f"entries, got {type(flows).__name__}"
            + (f" of {len(flows)}" if isinstance(flows, dict) else "")
        )
    header = Header(style.new(height), title)
    header.legend([look.sample() for look in style.LINES[: len(flows)]], flows)
    room = {"above": 0.24, "below": 0.56, "left": 0.62, "right": 0.12, "gap": 0.7}
    axes = header.axes(2, 2, height, **room)
    panels = (
        ("signal", "signal, output of the layer (rms)", signal_lim),
        ("gradient", "gradient, dL/d(output) (rms)", gradient_lim),
    )
    depth = max(len(flow) for flow in flows.values())
    for ax, (quantity, name, limits) in zip(axes, panels, strict=True):
        for flow, look in zip(flows.values(), style.LINES, strict=False):
            values = getattr(flow, quantity)
            drawn = np.where(values > LOWEST, values, np.nan)
            seen = np.flatnonzero(np.isfinite(drawn)).tolist()
            every = seen[:: max(1, len(seen) // 8)]  # a lone point is seen too
            layers = np.arange(1, len(values) + 1)
            ax.plot(layers, drawn, **look.line(), marker=look.marker, markevery=every)
        ax.set_yscale("log")
        ax.set_ylim(limits)
        ax.set_xlim(0.2, depth + max(0.8, 0.04 * depth))  # there is no layer 0
        set_ticks(ax.xaxis, ax.lines)
        set_ticks(ax.yaxis, ax.lines)
        ax.set_xlabel("layer")
        heading(ax, name, color=style.MUTED)
    return header.fig


@drawing
def histograms(flow, layers, *, title="", signal_lim=None, height=1.05):
    """How signal (above) and gradient (below) are spread in some layers, side by side.

    Args:
        flow: lab.Signals.
        layers: which to draw, counted from 1; up to six.
        alt: what there is to see, for who cannot see it.
        title: one line above.
        signal_lim: the ends of the signal's axis; by default from the values.
        height: of each row, in inches.
        return_figure: return the Figure and display nothing.

    Each gradient's axis is scaled to its own largest, which stands below it.
    """
    layers = list(layers)
    if not layers or len(layers) > 6 or not all(1 <= k <= len(flow) for k in layers):
        raise ValueError(f"layers expects 1 to 6 of 1 ... {len(flow)}, got {layers}")
    header, count = Header(style.new(height), title), len(layers)
    room = {"above": 0.28, "below": 0.34, "left": 0.34, "right": 0.12, "gap": 0.16}
    axes = header.axes(2 * count, count, height, **room)
    everything = np.concatenate([flow.outputs[k - 1].ravel() for k in layers])
    everything = everything[np.isfinite(everything)]
    low, high = signal_lim or (everything.min(), everything.max())
    if low == high:
        low, high = low - 1, high + 1
    for above, below, k in zip(axes[:count], axes[count:], layers, strict=True):
        _spread(above, flow.outputs[k - 1], low, high, style.FORWARD)
        heading(above, f"layer {k}")
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
    axes[0].set_ylabel("signal (share)")
    axes[count].set_ylabel("gradient (share)")
    return header.fig


def _spread(ax, values, low, high, color):
    # In float32 there are no 31 numbers between the smallest gradients.
    values, low, high = values.astype(float).ravel(), float(low), float(high)
    values = np.clip(values[np.isfinite(values)], low, high)
    counts, edges = np.histogram(values, 31, (low, high))
    ax.stairs(counts / max(values.size, 1), edges, fill=True, color=color, alpha=0.85)
    ax.set_ylim(0, None)
    ax.set_yticks([])
    ax.grid(visible=False)
    ax.tick_params(axis="x", labelsize=8)
