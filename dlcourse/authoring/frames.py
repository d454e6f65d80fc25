"""An explorable's frames: pictures for a grid of its controls' values.

With them the figure moves on the site, where no kernel runs. The build draws them in
the kernel that runs the lesson, right after the cell that shows the explorable: they
are what its learner would see. They are kept in the folder of the lesson, in
``frames/NAME.json``, where NAME is the drawing function's.

Which values are drawn says ``frames.toml`` there, where the text asks for certain ones;
otherwise each slider is thinned until there are at most ``FRAMES``:

    [draw_edge]
    gain = [0.6, 1, 1.4, 2.5]

An SVG's lines are mostly those of the frame before (axes, ticks, glyphs), so each
distinct line is written once, and a frame is where runs of its lines begin and how long
they are.
"""

import io
import itertools
import json
import math
import re
import tomllib
from collections import Counter
from pathlib import Path

import ipywidgets
import matplotlib
import numpy as np
from ipywidgets.widgets.widget import _instances as widgets
from PIL import Image

from dlcourse.show import style
from dlcourse.show.explorable import Explorable
from dlcourse.show.figure import png

FOLDER, GRIDS = "frames", "frames.toml"  # in the lesson's folder
FRAMES = 200  # at most, unless frames.toml asks for more
MOVING = "moving"  # in frames.toml: the control that a moving picture follows
PICTURE = Path(".github", "moving.gif")

_ATTRIBUTES = re.compile(r'(?: d| points| [xy][12]?)="[^"]*"|translate\([^)]*\)')
_LONG = re.compile(r"-?\d+\.\d{2,}")  # a tenth of a point is a seventh of a pixel


def explored(text):
    """The names of the functions that ``text``, of a lesson or a cell, explores."""
    return re.findall(r"^show\.explore\(\s*(\w+)", text, re.MULTILINE)


def path_of(folder, name):
    """Where the frames of ``name`` are kept, in a lesson's folder."""
    return Path(folder, FOLDER, f"{name}.json")


def kept_digest(folder, name):
    """What the frames that are kept were drawn from; None where there are none."""
    path = path_of(folder, name)
    return json.loads(path.read_text("utf-8"))["digest"] if path.exists() else None


def drawing_code(folder, digest):
    """Code that draws, in the kernel that runs a lesson, what its cell explores."""
    return f"import {__name__} as _f; _f.draw({str(folder)!r}, {digest!r}); del _f"


def draw(folder, digest):
    """Draw the frames of the explorables that were shown since the last call.

    Args:
        folder: the lesson's.
        digest: of what they are drawn from; kept with them.
    """
    folder = Path(folder)
    for explorable in [w for w in widgets.values() if isinstance(w, Explorable)]:
        if not hasattr(explorable, "framed"):
            explorable.framed = True
            _draw(explorable, folder, digest)


def _draw(explorable, folder, digest):
    name = explorable.draw.__name__
    grids = folder / GRIDS
    asked = tomllib.loads(grids.read_text("utf-8")) if grids.exists() else {}
    asked = asked.get(name, {})
    moving = asked.pop(MOVING, None)
    frames = {"digest": digest, **pack(explorable, grid(explorable, asked))}
    path = path_of(folder, name)
    path.parent.mkdir(exist_ok=True)
    path.write_text(written(frames), "utf-8", newline="\n")
    if moving:
        animate(explorable, moving, folder.parents[2] / PICTURE)


def grid(explorable, asked):
    """The values of each control that frames are drawn for; name -> list.

    ``asked`` gives those of some. The values at which an explorable starts are added.
    Raises ValueError where ``asked`` names what is no control, or a value that it has
    not.
    """
    controls = explorable.controls
    if unknown := set(asked) - set(controls):
        raise ValueError(f"{GRIDS}: {sorted(unknown)} is not among {[*controls]}")
    every = {name: _every(control) for name, control in controls.items()}
    for name, values in asked.items():
        if missing := [v for v in values if v not in every[name]]:
            raise ValueError(f"{GRIDS}: {name} is never {missing}")
    sliders = [n for n in controls if n not in asked and _is_slider(controls[n])]
    chosen = {n: asked.get(n, values) for n, values in every.items()}
    left = FRAMES / math.prod(len(chosen[n]) for n in controls if n not in sliders)
    for rank, name in enumerate(sorted(sliders, key=lambda n: len(every[n]))):
        share = max(2, int(left ** (1 / (len(sliders) - rank))))
        chosen[name] = _thinned(every[name], share, explorable.values[name])
        left /= len(chosen[name])
    return {
        name: [v for v in every[name] if v in chosen[name] or v == at]
        for name, at in explorable.values.items()
    }


def _is_slider(control):
    return hasattr(control, "step")


def _every(control):
    """All the values that a control can have."""
    if _is_slider(control):
        count = math.floor((control.max - control.min) / control.step + 1e-9)
        steps = [control.min + k * control.step for k in range(count + 1)]
        return [float(f"{v:.12g}") if isinstance(v, float) else v for v in steps]
    if isinstance(control, ipywidgets.Checkbox):
        return [False, True]
    return [value for _, value in control._options_full]


def _thinned(values, count, start):
    """At most ``count`` of the values, evenly, both ends and the start among them."""
    if len(values) <= count:
        return values
    places = np.linspace(0, len(values) - 1, count - (count > 2)).round()
    return sorted({values[int(k)] for k in places} | {start})


def pack(explorable, values):
    """The frames for all combinations of ``values``: name -> list.

    Returns {"controls": [...], "alts": [...], "lines": [...], "frames": [...]}; the
    values of the last control change fastest.
    """
    lines, frames, alts = {}, [], []
    for combination in itertools.product(*values.values()):
        at = dict(zip(values, combination, strict=True))
        figure = explorable.draw(**at)
        frames.append(_runs(svg(figure), lines))
        where = ", ".join(
            f"{explorable.controls[n].description} {_text(explorable.controls[n], v)}"
            for n, v in at.items()
        )
        alts.append(f"{where}. {figure.get_label()}".strip())
    controls = [_told(explorable, n, v) for n, v in values.items()]
    distinct = [line for line, _ in lines]
    return {"controls": controls, "alts": alts, "lines": distinct, "frames": frames}


def _runs(text, lines):
    """``text`` as [start, length, start, length, ...] in ``lines``, which grows by it.

    What is there twice, as each </g>, counts as two lines, or it would end every run.
    """
    runs, times = [], Counter()
    for line in text:
        number = lines.setdefault((line, times[line]), len(lines))
        times[line] += 1
        if runs and sum(runs[-2:]) == number:
            runs[-1] += 1
        else:
            runs += [number, 1]
    return runs


def _told(explorable, name, values):
    """A control as the page needs it."""
    control = explorable.controls[name]
    return {
        "kind": "slider" if _is_slider(control) else "buttons",
        "label": control.description,
        "values": [_text(control, value) for value in values],
        "start": values.index(explorable.values[name]),
    }


def _text(control, value):
    if isinstance(value, bool):
        return "on" if value else "off"
    return format(value, control.readout_format) if _is_slider(control) else str(value)


def svg(figure):
    """The lines of ``figure`` as an SVG; the same figure, the same lines."""
    settings = {"svg.fonttype": "path", "svg.hashsalt": "dlcourse"}
    file = io.StringIO()
    with style.applied(), matplotlib.rc_context(settings):
        nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        figure.savefig(file, format="svg", metadata=nothing)
    text = file.getvalue()
    text = text[text.index("<svg") :]
    return _ATTRIBUTES.sub(lambda found: _LONG.sub(_short, found[0]), text).split("\n")


def _short(number):
    return f"{float(number[0]):.1f}".removesuffix(".0")


def written(frames):
    """The frames as JSON, an entry of each list on a line of its own."""
    parts = []
    for key, value in frames.items():
        entries = value if isinstance(value, list) else None
        text = json.dumps(value, ensure_ascii=False)
        if entries is not None:
            dumped = (
                json.dumps(e, ensure_ascii=False, separators=(",", ":"))
                for e in entries
            )
            text = "[\n" + ",\n".join(dumped) + "\n]"
        parts.append(f"{json.dumps(key)}: {text}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def animate(explorable, name, path):
    """A moving picture, GIF, of what the control ``name`` does, all colours alike."""
    pictures = []
    for value in _every(explorable.controls[name]):
        figure = explorable.draw(**{**explorable.values, name: value})
        picture = Image.open(io.BytesIO(png(figure))).convert("RGB")
        pictures.append(picture.resize((picture.width // 2, picture.height // 2)))
    colours = pictures[len(pictures) // 2].quantize(32)
    pictures = [p.quantize(palette=colours, dither=0) for p in pictures]
    times = [700] * (len(pictures) - 1) + [2500]  # milliseconds
    pictures[0].save(
        path, save_all=True, append_images=pictures[1:], duration=times, loop=0
    )
