"""Small plots side by side."""

import numpy as np
import pytest

from dlcourse import show

x = np.arange(4.0)
PLOTS = {
    "up": {"value": (x, x), "slope": (x, x * 0 + 1)},
    "down": {"value": (x, -2 * x)},
    "flat": {"slope": (x, x * 0)},
}


def draw(plots=PLOTS, **options):
    return show.panels(plots, x="z", return_figure=True, **options)


def test_each_plot_has_its_heading_and_lines():
    axes = draw(columns=2).axes
    assert [ax.get_title(loc="left") for ax in axes] == ["up", "down", "flat"]
    assert axes[1].lines[0].get_ydata().tolist() == [0, -2, -4, -6]


def test_a_label_looks_the_same_everywhere_and_is_named_once():
    figure = draw()
    up, down, flat = figure.axes[:3]
    assert up.lines[0].get_color() == down.lines[0].get_color()
    assert up.lines[1].get_linestyle() == flat.lines[0].get_linestyle()
    assert up.lines[0].get_color() != up.lines[1].get_color()
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["value", "slope"]


def test_all_axes_have_the_same_ends_and_all_lines_between_them():
    assert len({(ax.get_xlim(), ax.get_ylim()) for ax in draw().axes}) == 1
    low, high = draw().axes[0].get_ylim()
    assert low < -6 and high > 3
    assert draw(ylim=(-1, 2)).axes[1].get_ylim() == (-1, 2)


def test_rows_and_empty_places():
    axes = draw(columns=2).axes
    assert [bool(ax.get_xlabel()) for ax in axes] == [False, True, True]


def test_a_mark_stands_where_it_is_asked_for():
    up, down, _ = draw(marks={"down": 1.5}, columns=3).axes
    assert len(up.lines) == 2 and len(down.lines) == 2
    assert down.lines[1].get_xdata()[0] == 1.5


@pytest.mark.parametrize(
    ("plots", "options", "error"),
    [
        ([x], {}, TypeError),
        ({"up": x}, {}, TypeError),
        ({"up": {}}, {}, TypeError),
        ({}, {}, ValueError),
        ({"up": {str(k): (x, x) for k in range(8)}}, {}, ValueError),
        (PLOTS, {"marks": {"left": 0}}, ValueError),
    ],
)
def test_bad_plots(plots, options, error):
    with pytest.raises(error, match=r"panels|marks names"):
        draw(plots, **options)


def test_noise_is_drawn_with_a_thinner_line():
    noise = np.random.default_rng(0).normal(size=300)
    plots = {"calm": {"value": (x, x)}, "wild": {"value": (np.arange(300), noise)}}
    calm, wild = (ax.lines[0].get_linewidth() for ax in draw(plots).axes)
    assert wild < calm
