"""Lines that can be told apart without colour, and labels that do not collide."""

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from tidy import assert_tidy, boxes, labels, texts

from dlcourse import lab, show, tensor
from dlcourse.show import style

N = len(style.LINES)
X = np.linspace(0, 10, 11)


def draw(series, **options):
    options = {"x": "x (s)", "y": "y (m)", "return_figure": True} | options
    fig = show.lines(series, **options)
    fig.canvas.draw()
    return fig


# ------------------------------------------------------------------------- the style


def test_no_two_lines_share_a_dash_or_a_marker():
    fig = draw({f"line {i}": (X, X + i) for i in range(N)})
    drawn = fig.axes[0].lines
    dashes = {str(line._unscaled_dash_pattern) for line in drawn}
    assert len(dashes) == len({line.get_marker() for line in drawn}) == N


def test_long_lines_keep_markers_at_different_places():
    x = np.linspace(0, 1, 400)
    fig = draw({"a": (x, x), "b": (x, x), "c": (x, x)})
    starts = [line.get_markevery()[0] for line in fig.axes[0].lines]
    assert len(set(starts)) == 3


def test_chosen_lines_have_a_marker_at_every_point_and_the_others_none():
    x = np.linspace(0, 1, 40)
    path, ring = draw({"path": (x, x), "ring": (x, x)}, markers=["path"]).axes[0].lines
    assert path.get_marker() != "None" and path.get_markevery()[1] == 1
    assert ring.get_marker() == "None"
    with pytest.raises(ValueError, match="markers names"):
        draw({"path": (x, x)}, markers=["paths"])


def luminance(color):
    rgb = np.array(to_rgb(color))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


@pytest.mark.parametrize("color", [*(s.color for s in style.LINES), style.MUTED])
def test_text_in_a_colour_of_the_style_has_contrast(color):
    assert 1.05 / (luminance(color) + 0.05) >= 4.5  # WCAG 2.2, AA


# ------------------------------------------------------------------------ the labels


@pytest.mark.parametrize("count", [1, 2, 4, N])
@pytest.mark.parametrize("spread", [0, 0.02, 1])
def test_labels_at_the_ends_do_not_overlap(count, spread):
    series = {f"quite a long label {i}": (X, i * spread * X) for i in range(count)}
    fig = draw(series, title="A title above", hlines={"reference": 0})
    assert_tidy(fig)
    assert set(series) | {"reference", "x (s)", "y (m)"} <= labels(fig)
    assert not fig.legends


def test_each_label_wears_its_lines_colour():
    fig = draw({"up": (X, X), "down": (X, -X)})
    colors = {t.get_text(): t.get_color() for t in texts(fig)}
    for line in fig.axes[0].lines:
        assert colors[line.get_label()] == line.get_color()


def test_a_line_that_ends_early_is_named_where_it_ends():
    fig = draw({"whole": (X, X), "early": (X[:5], 10 - X[:5])})
    assert_tidy(fig)
    early = next(box for t, box in boxes(fig).items() if t.get_text() == "early")
    assert fig.axes[0].bbox.contains(*early.p0)
    assert not fig.legends


def test_where_labels_would_hide_lines_there_is_a_legend():
    zigzag = np.tile([0.0, 10.0], 50)
    series = {
        "early": (X[:5], X[:5]),
        "everywhere": (np.linspace(0, 10, 100), zigzag),
        "points": (X, X),
    }
    for options in ({}, {"points": ["points"]}):
        fig = draw(series, hlines={"half": 5}, title="A title", **options)
        assert len(fig.legends) == 1
        assert {t.get_text() for t in fig.legends[0].get_texts()} == {*series, "half"}
        assert_tidy(fig)


def test_many_lines_with_long_names_in_a_legend():
    series = {f"an even longer label, no. {i}": (X, X * i) for i in range(N)}
    assert_tidy(draw(series, labels="legend"))


def test_lines_that_leave_the_frame_and_gaps():
    fig = draw({"off": (X, X**3), "in": (X, X), "nan": (X, X * np.nan)}, ylim=(0, 10))
    assert_tidy(fig)
    assert {"off", "in"} <= labels(fig)


def test_labels_where_they_are_asked_for():
    series = {"a": (X, X), "b": (X, -X)}
    assert draw(series, labels="legend").legends
    assert not draw(series, labels="direct", points=["b"]).legends


# -------------------------------------------------------------------------- the axes


def ticks(axis):
    return [t.get_text() for t in axis.get_ticklabels()]


def test_numbers_on_the_axes():
    ax = draw({"a": ([0, 6000], [0, -2.5])}).axes[0]
    assert "6,000" in ticks(ax.xaxis)
    assert "−2.5" in ticks(ax.yaxis) and "0.0" in ticks(ax.yaxis)
    ax = draw({"a": ([1, 2, 3], [1, 2, 3])}).axes[0]
    assert not any("." in t for t in ticks(ax.xaxis)), "no half layers"


def test_hyphens_before_numbers_become_minus_signs():
    fig = draw({"step -1": (X, X)}, title="z = -6, f-1, 1e-8", y="on [-1, 1]")
    assert {"step −1", "z = −6, f-1, 1e-8", "on [−1, 1]"} <= labels(fig)


def test_logarithmic_axes():
    ax = draw({"a": ([1, 1000], [1e-9, 1.0])}, logx=True, logy=True).axes[0]
    assert {"1", "10", "100", "1,000"} <= set(ticks(ax.xaxis))
    assert "$10^{-8}$" in ticks(ax.yaxis) or "$10^{-9}$" in ticks(ax.yaxis)
    ax = draw({"a": ([1, 2], [0.2, 0.6])}, logy=True).axes[0]
    assert {"0.2", "0.5"} <= set(ticks(ax.yaxis)), "less than a decade has ticks, too"


def test_bands_and_marks():
    fig = draw({"a": (X, X)}, band={"a": (X - 1, X + 1)}, marks=[(5, 5)])
    ax = fig.axes[0]
    assert len(ax.collections) == 1
    assert [5, 5] in [line.get_xydata()[0].tolist() for line in ax.lines]


def test_tensors_can_be_drawn():
    line = draw({"a": (tensor([1.0, 2.0]), tensor([3.0, 4.0]))}).axes[0].lines[0]
    assert line.get_ydata().tolist() == [3, 4]


# -------------------------------------------------------------------- bars and images


def test_bars_start_at_zero_and_say_their_numbers():
    sample = lab.Sample(np.array([92.2, 93.2, 94.2]))
    fig = show.bars(
        {"sigmoid": sample, "a long name": -4}, x="accuracy (%)", return_figure=True
    )
    fig.canvas.draw()
    assert_tidy(fig)
    assert {"93.2", "−4", "sigmoid", "a long name"} <= labels(fig)
    assert all(bar.get_x() == 0 for bar in fig.axes[0].patches)
    whiskers = {tuple(line.get_xdata()) for line in fig.axes[0].lines}
    assert whiskers == {sample.interval}


def test_a_whisker_is_whole_on_either_side_of_zero():
    sample = lab.Sample(np.array([-1.0, 0.5, 2.0]))
    assert sample.mean > 0 > sample.interval[0]
    (ax,) = show.bars({"a": sample}, x="x", return_figure=True).axes
    assert ax.get_xlim()[0] <= sample.interval[0]


def test_a_sample_of_one_has_no_whisker():
    one = lab.Sample(np.array([3.0]))
    assert not show.bars({"a": one}, x="x", return_figure=True).axes[0].lines


def test_losses_are_means_over_steps_and_over_runs():
    runs = {"one": [4.0, 2, 0, 0], "two": [[4.0, 4, 2, 2], [2.0, 2, 0, 0]]}
    fig = show.losses(runs, window=2, return_figure=True)
    one, two = (line.get_xydata().tolist() for line in fig.axes[0].lines)
    assert one == [[2, 3], [3, 1], [4, 0]]
    assert two == [[2, 3], [3, 2], [4, 1]]
    assert "loss (nats), mean of 2 batches" in labels(fig)
    assert "loss (nats)" in labels(show.losses(runs, return_figure=True))


@pytest.mark.parametrize(
    "runs, window, message",
    [
        ({"a": [[1, 2], [1]]}, 1, "'a' expects runs of one length"),
        ({"a": [1, 2]}, 3, "'a' has 2 steps, window is 3"),
        ({"a": [1, 2]}, 0, "'a' has 2 steps, window is 0"),
    ],
)
def test_bad_losses(runs, window, message):
    with pytest.raises(ValueError, match=message):
        show.losses(runs, window=window, return_figure=True)


def test_images_are_on_one_scale():
    pictures = np.stack([np.zeros((4, 6)), np.ones((4, 6))])
    fig = show.images(pictures, titles=["no", "yes"], return_figure=True)
    fig.canvas.draw()
    assert_tidy(fig)
    assert [ax.images[0].get_clim() for ax in fig.axes] == [(0, 1)] * 2
    signed = show.images(pictures - 0.5, return_figure=True)
    assert signed.axes[0].images[0].get_clim() == (-0.5, 0.5)


def test_images_from_rows_in_a_grid():
    rows = np.arange(5 * 12.0).reshape(5, 12)
    fig = show.images(rows, shape=(3, 4), columns=2, title="Five", return_figure=True)
    assert len(fig.axes) == 5
    assert np.array_equal(fig.axes[4].images[0].get_array(), rows[4].reshape(3, 4))
    assert len({round(ax.get_position().y0, 6) for ax in fig.axes}) == 3
    ax = fig.axes[0].get_window_extent()
    assert ax.width / ax.height == pytest.approx(4 / 3, rel=0.05)


# ---------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    "series, options, error, message",
    [
        ([1, 2], {}, TypeError, "series expects a dict with at least one label, got"),
        ({}, {}, TypeError, "series expects a dict with at least one label"),
        ({"a": [1, 2, 3]}, {}, TypeError, r"'a' expects a pair \(x, y\)"),
        ({"a": ("no", "no")}, {}, TypeError, r"'a' expects a pair \(x, y\)"),
        ({"a": ([1, 2], [1, 2, 3])}, {}, ValueError, r"one length, got \(2,\) and"),
        ({"a": ([1], [0.0])}, {"logy": True}, ValueError, "'a': a log.* for y = 0"),
        ({"a": ([-1], [1])}, {"logx": True}, ValueError, "'a': a log.* for x = -1"),
        ({"a": ([1], [1])}, {"points": ["b"]}, ValueError, "points names"),
        ({"a": ([1], [1])}, {"band": {"b": 0}}, ValueError, "band names 'b'"),
        ({"a": ([1], [1])}, {"band": {"a": (X, X)}}, ValueError, "the band of"),
        ({"a": ([1], [1])}, {"labels": "yes"}, ValueError, "labels is one of"),
        ({f"{i}": ([1], [1]) for i in range(8)}, {}, ValueError, "8 lines in one"),
        ({"a": ([1], [1])}, {"colour": "red"}, TypeError, "colour"),
    ],
)
def test_bad_lines(series, options, error, message):
    with pytest.raises(error, match=message):
        draw(series, **options)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ((np.ones(10),), "give shape="),
        ((np.ones((2, 10)), (3, 3)), r"shape \(2, 10\) cannot be cut into \(3, 3\)"),
        ((np.ones((2, 3, 3)), None, ["one"]), "1 titles for 2 images"),
    ],
)
def test_bad_images(arguments, message):
    with pytest.raises(ValueError, match=message):
        show.images(*arguments, alt="Nothing.")
