"""The frames of an explorable."""

import json
import re

import matplotlib.figure
import numpy as np
import pytest
from PIL import Image

from dlcourse.authoring import frames
from dlcourse.show.explorable import Explorable


def draw(curve, x, marked=False):
    figure = matplotlib.figure.Figure((2, 2))
    figure.set_label(f"{curve} at {x}")
    ax = figure.add_subplot()
    ax.plot([0, 1, 2], [0, x, x**2])
    if marked:
        ax.plot([x], [x], "o")
    return figure


@pytest.fixture
def explorable():
    labels = {"x": "x (m)"}
    controls = {"curve": ["a", "b"], "x": (0, 2, 0.1, 0.7), "marked": False}
    return Explorable(draw, "A curve.", labels, controls)


def text_of(packed, index):
    runs = packed["frames"][index]
    pairs = zip(runs[::2], runs[1::2], strict=True)
    return [packed["lines"][i] for a, n in pairs for i in range(a, a + n)]


def test_every_frame_is_the_figure_at_its_values(explorable):
    values = {"curve": ["a", "b"], "x": [0.2, 0.7], "marked": [False, True]}
    packed = frames.pack(explorable, values)
    assert len(packed["frames"]) == 8
    assert text_of(packed, 0) == frames.svg(draw("a", 0.2))
    assert text_of(packed, 3) == frames.svg(draw("a", 0.7, marked=True))
    assert packed["alts"][3] == "curve a, x (m) 0.7, marked on. a at 0.7"
    assert packed["controls"][1] == {
        "kind": "slider",
        "label": "x (m)",
        "values": ["0.2", "0.7"],
        "start": 1,
    }
    assert packed["controls"][2]["values"] == ["off", "on"]


def test_a_line_of_many_frames_is_kept_once(explorable):
    values = frames.grid(explorable, {})
    packed = frames.pack(explorable, values)
    written = json.loads(frames.written(packed))
    assert written == packed
    drawn = sum(len(text_of(packed, i)) for i in range(len(packed["frames"])))
    assert len(packed["lines"]) < drawn / 20
    assert sum(map(len, packed["frames"])) < drawn / 2


def test_a_thinned_slider_keeps_its_ends_and_its_start(explorable, monkeypatch):
    assert len(frames.grid(explorable, {})["x"]) == 21
    monkeypatch.setattr(frames, "FRAMES", 20)
    assert frames.grid(explorable, {}) == {
        "curve": ["a", "b"],
        "x": [0.0, 0.7, 1.3, 2.0],
        "marked": [False, True],
    }


def test_two_sliders_have_200_frames_at_most_and_their_starts():
    controls = {"curve": ["a", "b"], "x": (0, 2, 0.01, 0.71), "marked": (0, 50, 1, 7)}
    grid = frames.grid(Explorable(draw, "Curves.", {}, controls), {})
    assert 150 < len(grid["curve"]) * len(grid["x"]) * len(grid["marked"]) <= 200
    assert 0.71 in grid["x"] and 7 in grid["marked"]


def test_a_line_is_drawn_to_a_tenth_of_a_point():
    figure = draw("a", 0.71)
    drawn = re.findall(r' d="([^"]*)"', "\n".join(frames.svg(figure)))
    assert {*map(len, re.findall(r"\.(\d+)", " ".join(drawn)))} == {1}
    (axes,) = figure.axes
    there = axes.transData.transform(axes.lines[0].get_xydata()) * 72 / figure.dpi
    there = np.array([0, 144]) + there * [1, -1]
    found = [np.array(re.findall(r"[\d.]+", each), float) for each in drawn]
    (line,) = [each for each in found if each.size == 6]
    assert line == pytest.approx(there.ravel(), abs=0.051)


def test_what_the_text_asks_for_is_drawn(explorable):
    grid = frames.grid(explorable, {"x": [0.3, 1.2], "marked": [True]})
    assert grid == {"curve": ["a", "b"], "x": [0.3, 0.7, 1.2], "marked": [False, True]}


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [({"y": [1]}, r"\['y'\] is not among"), ({"x": [0.25]}, r"x is never \[0.25\]")],
)
def test_what_is_asked_for_and_is_not_there(explorable, asked, complaint):
    with pytest.raises(ValueError, match=complaint):
        frames.grid(explorable, asked)


def test_each_explorable_is_drawn_once_and_kept(explorable, tmp_path, monkeypatch):
    monkeypatch.setattr(frames, "widgets", {"its own": explorable})
    lesson = tmp_path / "dlcourse" / "lessons" / "90_small"
    lesson.mkdir(parents=True)
    (tmp_path / ".github").mkdir()
    (lesson / "frames.toml").write_text('[draw]\nx = [0, 2]\nmoving = "marked"\n')
    frames.draw(lesson, "digest")
    kept = frames.path_of(lesson, "draw")
    assert frames.kept_digest(lesson, "draw") == "digest"
    assert len(json.loads(kept.read_text())["frames"]) == 2 * 3 * 2
    with Image.open(tmp_path / frames.PICTURE) as picture:
        assert picture.n_frames == 2
    kept.unlink()
    frames.draw(lesson, "digest")
    assert frames.kept_digest(lesson, "draw") is None


def test_what_a_lesson_explores():
    text = "show.explore(\n    draw_all,\n    a=[1])\n\nshow.explore(f, b=True)\n"
    assert frames.explored(text) == ["draw_all", "f"]
