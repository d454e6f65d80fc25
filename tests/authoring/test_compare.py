"""What may differ between two runs: numbers behind ≈, and hardly anything else."""

import base64
import io
import re

import numpy as np
import pytest
from matplotlib.figure import Figure
from nbval.plugin import get_sanitize_patterns

from dlcourse.authoring.compare import RULE, difference, sanitised
from dlcourse.lab import Sample
from dlcourse.teach import measured

HIDDEN = [
    ("≈ 95.3 %", "≈ # %"),
    ("≈ 95.3. Then", "≈ #. Then"),
    ("≈ 95.3, 7", "≈ #, 7"),
    ("≈ 1.2e-07", "≈ #"),
    ("≈ −1,024 steps", "≈ # steps"),
    ("≈ -3", "≈ #"),
    ("≈ [94.8, 95.6] (5 seeds)", "≈ # (5 seeds)"),
    ("≈ [−1.5e-07, 2]", "≈ #"),
    ("a ≈ 1, b ≈ 2", "a ≈ #, b ≈ #"),
]
KEPT = [
    "95.3 %",
    "≈",
    "≈ about 3",
    "≈ nan",
    "≈ [a, 3]",
    "≈ x = 3",
    "[1, 2] ≈ [x]",
    "~ 3",
]


def as_nbval_does(text):
    for regex, replace in get_sanitize_patterns(RULE.read_text("ascii")):
        text = re.sub(regex, replace, text)
    return text


@pytest.mark.parametrize("sanitise", [sanitised, as_nbval_does])
@pytest.mark.parametrize(("text", "expected"), [*HIDDEN, *zip(KEPT, KEPT, strict=True)])
def test_only_measured_numbers_are_hidden(sanitise, text, expected):
    assert sanitise(text) == expected


@pytest.mark.parametrize(
    "value",
    [0.123456, -5, 1e-12, 123456.7, [1.5, -2e-9], Sample(np.array([1.0, 1.5, 2.5]))],
)
def test_what_measured_prints_is_hidden_whole(value):
    text = sanitised(measured(value, unit="nats"))
    assert not re.search(
        r"\d", text.replace("95 % interval", "").replace("3 seeds", "")
    )
    assert text.startswith("≈ #") and "nats" in text


def picture(slope=1.0, font=10, dpi=72):
    figure = Figure(figsize=(6, 4))
    axes = figure.add_subplot()
    x = np.linspace(0, 1, 50)
    axes.plot(x, slope * x**2)
    axes.set(ylim=(0, 2), xlabel="x")
    axes.xaxis.label.set_fontsize(font)
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=dpi)
    return base64.b64encode(file.getvalue()).decode()


def test_pictures_may_differ_in_fonts_resolution_and_by_less_than_a_field():
    assert difference([picture()], [picture(slope=1.05)]) is None
    assert difference([picture()], [picture()]) is None
    assert difference([picture()], [picture(font=11)]) is None
    assert difference([picture()], [picture(dpi=75)]) is None


def test_pictures_may_not_differ_in_what_they_show():
    said = difference([picture(), picture()], [picture(), picture(slope=1.5)])
    assert said.startswith("picture 2 differs in ")
    assert difference([picture()], []) == "1 pictures are committed, 0 were drawn"
