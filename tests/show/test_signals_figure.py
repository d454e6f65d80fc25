"""The figures of signals and gradients."""

import numpy as np
import pytest

from dlcourse import lab, show


def flow(sizes):
    arrays = tuple(np.full((4, 3), s) for s in sizes)
    names = tuple(map(str, range(len(sizes))))
    return lab.Signals(names, arrays, tuple(a / 10 for a in arrays), {})


def panels(figure):
    return {ax.get_title(loc="left").split(",")[0]: ax for ax in figure.axes}


def test_each_panel_shows_its_quantity():
    figure = show.signals({"a": flow([1, 10, 100])}, return_figure=True)
    axes = panels(figure)
    assert axes["signal"].lines[0].get_ydata().tolist() == [1, 10, 100]
    assert axes["gradient"].lines[0].get_ydata() == pytest.approx([0.1, 1, 10])
    assert axes["signal"].lines[0].get_xdata().tolist() == [1, 2, 3]


def test_the_axes_are_the_same_whatever_is_drawn():
    figures = [
        show.signals({"a": flow(sizes)}, return_figure=True)
        for sizes in ([1, 2], [1e-9, 1e9])
    ]
    limits = [[ax.get_ylim() for ax in figure.axes] for figure in figures]
    assert limits[0] == limits[1]


def test_what_is_zero_is_a_gap():
    figure = show.signals({"a": flow([1, 0, 1])}, return_figure=True)
    drawn = panels(figure)["signal"].lines[0].get_ydata()
    assert np.isnan(drawn).tolist() == [False, True, False]


def test_where_most_is_zero_the_layers_stay_and_a_lone_point_is_marked():
    figure = show.signals({"a": flow([0] * 19 + [1])}, return_figure=True)
    for ax in figure.axes:
        low, high = ax.get_xlim()
        assert 0 < low < 1 and high > 20
        assert ax.lines[0].get_markevery() == [19]
        assert all(tick == int(tick) for tick in ax.get_xticks())


@pytest.mark.parametrize("flows", [{}, [1], {str(i): None for i in range(8)}])
def test_bad_flows(flows):
    with pytest.raises(TypeError, match="dict label -> Signals"):
        show.signals(flows, return_figure=True)


def test_histograms():
    rng = np.random.default_rng(0)
    arrays = tuple(rng.normal(size=(50, 4)) for _ in range(3))
    gradients = (arrays[0], 0 * arrays[1], 1e-9 * arrays[2])
    spread = lab.Signals(("a", "b", "c"), arrays, gradients, {})
    figure = show.histograms(spread, [1, 2, 3], return_figure=True)
    titles = [ax.get_title(loc="left") for ax in figure.axes]
    assert titles[:3] == ["layer 1", "layer 2", "layer 3"]
    figure.canvas.draw()
    below = [ax.get_xticklabels()[-1].get_text() for ax in figure.axes[3:]]
    assert below[1] == "all 0" and below[2] == r"$4\cdot 10^{-9}$"


def test_histograms_of_the_smallest_numbers_that_there_are():
    least = np.float32(1e-44) * np.arange(6, dtype=np.float32).reshape(3, 2)
    spread = lab.Signals(("a",), (least,), (least,), {})
    figure = show.histograms(spread, [1], return_figure=True)
    for ax in figure.axes:
        (bars,) = ax.patches
        assert bars.get_data().values.sum() == pytest.approx(1)


@pytest.mark.parametrize("layers", [[], [0], [4], [1] * 7])
def test_histograms_of_layers_that_are_not_there(layers):
    spread = flow([1, 2, 3])
    with pytest.raises(ValueError, match="layers expects 1 to 6"):
        show.histograms(spread, layers, return_figure=True)
