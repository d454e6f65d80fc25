"""One figure of each kind: name -> a function of ``title``, ``alt`` and the like."""

import numpy as np

from dlcourse import lab, show, tensor

X = np.arange(5.0)


def flow():
    rng = np.random.default_rng(0)
    outputs = tuple(rng.normal(size=(6, 4)) for _ in range(3))
    return lab.Signals(("0", "1", "2"), outputs, tuple(a / 9 for a in outputs), {})


def _lines(**options):
    return show.lines({"a": (X, X), "b": (X, 4 - X)}, x="x (s)", y="y (m)", **options)


def _points(**options):
    series = {"here": (X, X), "there": (X, 4 - X)}
    return show.lines(series, x="x (s)", y="y (m)", points=["here"], **options)


def _panels(**options):
    plots = {name: {"value": (X, X), "slope": (X, X - 1)} for name in ("up", "down")}
    return show.panels(plots, x="z (V)", columns=2, **options)


def _graph(**options):
    w = tensor(2.0, requires_grad=True)
    return show.graph(w * w, **options)


DRAWINGS = {
    "lines": _lines,
    "points": _points,
    "losses": lambda **options: show.losses({"a": X, "b": 4 - X}, **options),
    "bars": lambda **options: show.bars({"a": 1, "b": 2}, x="x", **options),
    "images": lambda **options: show.images(np.eye(4)[None].repeat(6, 0), **options),
    "panels": _panels,
    "signals": lambda **options: show.signals({"a": flow()}, **options),
    "histograms": lambda **options: show.histograms(flow(), [1, 3], **options),
    "graph": _graph,
}
