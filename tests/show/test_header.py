"""One header for all kinds of figures: title, legend, what stands below them."""

import numpy as np
import pytest
from drawings import DRAWINGS, flow
from matplotlib.lines import Line2D
from tidy import assert_tidy, boxes, labels, texts

from dlcourse import show
from dlcourse.show import style
from dlcourse.show.header import PAD, Header

LONG = "A title of many words that says what was found: " + "it is rather long, " * 6


def drawn(kind, **options):
    fig = DRAWINGS[kind](return_figure=True, **options)
    fig.canvas.draw()
    return fig


def from_the_top_left(fig, artist):
    """Inches from the figure's upper left corner to the artist's."""
    box = artist.get_window_extent()
    return box.x0 / style.DPI, (fig.bbox.height - box.y1) / style.DPI


@pytest.mark.parametrize("kind", DRAWINGS)
def test_the_title_stands_at_the_same_place_in_every_kind(kind):
    fig = drawn(kind, title="A title")
    (title,) = (text for text in texts(fig) if text.get_text() == "A title")
    assert from_the_top_left(fig, title) == pytest.approx((PAD, PAD), abs=0.03)
    assert title.get_fontsize() == 11
    assert fig.get_label() == "A title"
    assert_tidy(fig)


@pytest.mark.parametrize("kind", DRAWINGS)
def test_a_long_title_takes_the_lines_that_it_needs(kind):
    fig = drawn(kind, title=LONG)
    assert LONG.strip() in labels(fig)
    assert_tidy(fig)


@pytest.mark.parametrize("kind", ["points", "panels", "signals"])
def test_legends_stand_flush_left_below_the_title(kind):
    fig = drawn(kind, title="A title")
    (legend,) = fig.legends
    left, top = from_the_top_left(fig, legend)
    assert left == pytest.approx(PAD, abs=0.01)
    assert 0.2 < top < 0.4
    bare = drawn(kind)
    assert from_the_top_left(bare, bare.legends[0])[1] == pytest.approx(PAD, abs=0.01)


@pytest.mark.parametrize("kind", ["panels", "signals", "histograms", "images"])
def test_axes_keep_their_size_below_a_taller_header(kind):
    sizes = [
        drawn(kind, title=title).axes[0].get_window_extent().size
        for title in ("", "A title", LONG)
    ]
    for size in sizes[1:]:
        np.testing.assert_allclose(size, sizes[0], rtol=1e-3)


def legend(names):
    header = Header(style.new(3))
    header.legend([Line2D([], []) for _ in names], names)
    header.fig.canvas.draw()
    assert_tidy(header.fig)
    return [(t.get_text(), box) for t, box in boxes(header.fig).items()]


@pytest.mark.parametrize(
    "names",
    [
        ["one"],
        [f"tanh, scale {k}" for k in range(1, 6)],
        ["a", "sigmoid, the default weights of PyTorch", *"bcde", "all, a way round"],
        [f"an even longer label that needs its room, no. {k}" for k in range(7)],
    ],
)
def test_a_legend_is_read_row_by_row_and_stays_inside(names):
    places = sorted(legend(names), key=lambda item: (-round(item[1].y0), item[1].x0))
    assert [name for name, _ in places] == names


def test_a_legend_has_no_more_rows_than_it_needs_and_fills_them_evenly():
    rows = [round(box.y0) for _, box in legend([f"label {k}" for k in range(7)])]
    assert sorted(map(rows.count, set(rows))) == [3, 4]


def test_seven_labels_of_signals_all_stay_inside():
    names = [f"sigmoid with the default weights of layer {k}" for k in range(7)]
    fig = show.signals(dict.fromkeys(names, flow()), return_figure=True)
    fig.canvas.draw()
    assert set(names) <= labels(fig)
    assert_tidy(fig)
