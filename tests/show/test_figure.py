"""Every figure carries its description, and is the same picture each time."""

import base64
import io
import sys

import matplotlib
import pytest
from drawings import DRAWINGS
from matplotlib.figure import Figure
from PIL import Image

from dlcourse import show
from dlcourse.show import style
from dlcourse.show.figure import png


@pytest.fixture(params=DRAWINGS)
def drawing(request):
    return DRAWINGS[request.param]


def test_the_description_is_in_the_notebook_and_on_the_page(drawing, outputs):
    assert drawing(alt="Two <lines>\n   cross.") is None
    (data, metadata), (caption, _) = outputs
    assert data["text/plain"] == "Figure: Two <lines> cross."
    assert metadata["image/png"]["alt"] == "Two <lines> cross."
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert "Figure: Two &lt;lines&gt; cross." in caption["text/html"]
    assert "jp-sr-only" in caption["text/html"]


@pytest.mark.parametrize("alt", [None, "", "  \n ", 3])
def test_no_figure_without_a_description(drawing, outputs, alt):
    with pytest.raises(ValueError, match="a figure needs alt="):
        drawing(alt=alt)
    with pytest.raises(ValueError, match="a figure needs alt="):
        show.figure(Figure(), alt)
    assert not outputs


def test_the_same_bytes_every_time(drawing):
    first, again = (png(drawing(return_figure=True)) for _ in range(2))
    assert first == again
    assert Image.open(io.BytesIO(first)).info.keys() <= {"transparency", "gamma"}
    chunks = (b"tEXt", b"iTXt", b"zTXt", b"tIME", b"eXIf")
    assert not any(chunk in first for chunk in chunks)


def test_a_learners_settings_neither_enter_nor_change(drawing):
    expected = png(drawing(return_figure=True))
    with matplotlib.rc_context({"font.size": 20, "axes.facecolor": "pink"}):
        before = dict(matplotlib.rcParams)
        assert png(drawing(return_figure=True)) == expected
        assert dict(matplotlib.rcParams) == before


def test_two_pixels_for_one_of_the_page(outputs):
    DRAWINGS["lines"](alt="Two lines cross.")
    data, metadata = outputs[0]
    width = Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).width
    assert metadata["image/png"]["width"] == width / 2 == 720
    assert "height" not in metadata["image/png"]  # a narrow window keeps the shape


@pytest.mark.parametrize(
    "inches, pixels, scrolls",
    [(4, 384, False), (10, 835, False), (16, 1152, True)],
)
def test_wide_figures_shrink_very_wide_ones_scroll(outputs, inches, pixels, scrolls):
    show.figure(style.new(1, inches), "Nothing.")
    metadata = outputs[0][1]["image/png"]
    assert metadata["width"] == pixels
    assert metadata.get("unconfined", False) is scrolls


def test_a_figure_of_pyplot_is_closed(outputs):
    pyplot = pytest.importorskip("matplotlib.pyplot")
    fig, _ = pyplot.subplots()
    show.figure(fig, "An empty frame.")
    assert len(outputs) == 2
    assert not pyplot.fignum_exists(fig.number)


def test_in_a_terminal_the_description_is_printed(capsys):
    DRAWINGS["lines"](alt="Two lines cross.")
    assert capsys.readouterr().out == "Figure: Two lines cross.\n"


def test_what_is_no_figure():
    with pytest.raises(TypeError, match="expected a matplotlib Figure, got list"):
        show.figure([1, 2], "A list.")


def test_pyplot_is_not_imported_for_it():
    import subprocess

    code = "import sys, dlcourse.show; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
