"""The figure follows its controls, and no error is lost."""

import ipywidgets
import pytest
from matplotlib.figure import Figure

from dlcourse import show


def line(slope=1.0, **others):
    return show.lines(
        {"line": ([0, 1], [0, slope])},
        x="x",
        y="y",
        title=f"slope {slope}",
        return_figure=True,
    )


def explore(draw=line, alt="A line through the origin.", **controls):
    return show.explore(draw, alt=alt, **controls or {"slope": (-2.0, 2.0, 0.5, 1.0)})


def test_a_static_figure_stands_before_the_widget(outputs):
    explorable = explore()
    (_, metadata), (caption, _), (widget, _) = outputs
    assert metadata["image/png"]["alt"] == "A line through the origin."
    assert "A line through the origin." in caption["text/html"]
    assert widget["application/vnd.jupyter.widget-view+json"]
    # nbval compares this text, so neither an id nor the picture's bytes may be in it.
    assert widget["text/plain"] == "Run this cell in JupyterLab to change: slope."
    assert explorable.picture.value[:4] == b"\x89PNG"


def test_the_figure_follows_the_control(outputs):
    explorable = explore()
    first = explorable.picture.value
    explorable.controls["slope"].value = -0.5
    moved = explorable.picture.value
    assert moved != first
    assert "slope = -0.5. slope −0.5" in explorable.caption.value
    explorable.controls["slope"].value = 1.0
    assert explorable.picture.value == first


def test_it_is_shown_once_and_again_in_a_later_cell(outputs):
    from dlcourse.show.explorable import get_ipython

    explorable = explore()
    explorable._ipython_display_()  # the last line of its cell
    assert len(outputs) == 3
    get_ipython().execution_count += 1
    explorable._ipython_display_()
    assert len(outputs) == 6


def test_an_error_is_shown_and_goes_away(outputs):
    def draw(n):
        if n == 2:
            raise ValueError("two is <not> drawn")
        return line(n)

    explorable = explore(draw, n=(1, 3, 1))
    before = explorable.picture.value
    explorable.controls["n"].value = 2
    assert "draw(n=2) raised ValueError: two is &lt;not&gt; drawn" in (
        explorable.message.value
    )
    assert "in draw" in explorable.message.value, "says where"
    assert explorable.message.layout.display is None
    assert explorable.picture.value == before
    explorable.controls["n"].value = 3
    assert explorable.message.value == ""
    assert explorable.message.layout.display == "none"
    assert explorable.picture.value != before


def test_an_error_at_the_first_values_is_the_cells(outputs):
    with pytest.raises(ZeroDivisionError):
        explore(lambda n: line(1 / n), n=(0, 3, 1))
    assert not outputs


def test_what_is_no_figure(outputs):
    with pytest.raises(TypeError, match="draw returned NoneType, explore expects"):
        explore(lambda n: None, n=(0, 3, 1))
    explorable = explore(lambda n: line() if n < 3 else "no", n=(0, 3, 1))
    explorable.controls["n"].value = 3
    assert "draw returned str" in explorable.message.value


def test_the_kinds_of_controls(outputs):
    given = {
        "width": (1, 32, 1, 4),
        "rate": (0.0, 1.0, 0.05),
        "function": ["sin 3x", "|x|"],
        "with_bias": True,
        "log": ipywidgets.FloatLogSlider(value=0.1, min=-3, description="rate"),
    }
    seen = []

    def draw(**values):
        seen.append(values)
        return line()

    controls = explore(draw, **given).controls
    kinds = ["IntSlider", "FloatSlider", "ToggleButtons", "Checkbox", "FloatLogSlider"]
    assert [type(control).__name__ for control in controls.values()] == kinds
    descriptions = [control.description for control in controls.values()]
    assert descriptions == ["width", "rate", "function", "with bias", "rate"]
    assert controls["rate"].readout_format == ".2f"
    assert all(c.style.description_width == "initial" for c in controls.values())
    assert list(seen[0].values()) == [4, 0.0, "sin 3x", True, 0.1]
    assert type(seen[0]["width"]) is int


def test_names_with_units(outputs):
    labels = {"slope": "slope (m/s)"}
    explorable = show.explore(line, alt="A line.", slope=(0, 3, 1), labels=labels)
    assert explorable.controls["slope"].description == "slope (m/s)"
    with pytest.raises(ValueError, match="labels names"):
        show.explore(line, alt="A line.", slope=(0, 3, 1), labels={"slop": "x"})


def test_the_browsers_arithmetic_is_rounded(outputs):
    explorable = explore()
    explorable.controls["slope"].value = 1.5000000000000018
    assert explorable.values == {"slope": 1.5}


def test_a_figure_of_ones_own(outputs):
    explorable = explore(lambda n: Figure((n, 1)), n=(1, 3, 1))
    first = explorable.picture.value
    explorable.controls["n"].value = 3
    assert explorable.picture.value != first


@pytest.mark.parametrize(
    "control, error, message",
    [
        ((1, 2), TypeError, r"slope: a slider is \(low, high, step\)"),
        (("a", "b", "c"), TypeError, "all numbers"),
        ((2, 1, 1), ValueError, "low < high"),
        ((1, 2, 0), ValueError, "step above 0"),
        ((1, 2, 1, 3), ValueError, "a start between low and high"),
        ([], TypeError, "a list of options"),
        ("sin", TypeError, "slope expects .* got 'sin'"),
        (ipywidgets.Output(), TypeError, "a Output has no value"),
    ],
)
def test_bad_controls(outputs, control, error, message):
    with pytest.raises(error, match=message):
        explore(slope=control)
    assert not outputs


def test_without_controls_or_description(outputs):
    with pytest.raises(TypeError, match="explore needs a control"):
        show.explore(line, alt="A line.")
    with pytest.raises(ValueError, match="a figure needs alt="):
        explore(alt=" ")
    with pytest.raises(TypeError, match="alt"):
        show.explore(line, slope=(0, 3, 1))
