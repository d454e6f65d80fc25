"""Figures: one style, described for who cannot see them; explorables; graphs.

figure.py shows a picture with its description, plots.py draws lines, images and bars,
signals.py what passes through the layers of a network, panels.py many small plots on
the same axes, graph.py the graph of a computation, explorable.py a figure that follows
controls; agreement.py prints a table. header.py is what stands above the axes of all.
"""

from dlcourse.show.agreement import agreement
from dlcourse.show.explorable import explore
from dlcourse.show.figure import figure
from dlcourse.show.graph import graph
from dlcourse.show.panels import panels
from dlcourse.show.plots import bars, images, lines, losses
from dlcourse.show.signals import histograms, signals

__all__ = [
    "agreement",
    "bars",
    "explore",
    "figure",
    "graph",
    "histograms",
    "images",
    "lines",
    "losses",
    "panels",
    "signals",
]
