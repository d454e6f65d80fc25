"""What varies between two runs of a notebook, and may: measured numbers, and pixels.

Measured numbers stand behind the sign ``≈``; ``notebooks/sanitize.cfg`` says exactly
how, for nbval and for the build alike. Pictures are the same where a coarse signature
is: fonts and antialiasing may differ between machines, curves may not.
"""

import base64
import configparser
import io
import re

import numpy as np
from PIL import Image

from dlcourse.authoring.convert import NOTEBOOKS

GRID = 32  # a signature is the mean grey of GRID x GRID fields
LIMIT = 0.02  # largest root mean square difference of two signatures, of 1


def _rule():
    config = configparser.ConfigParser(interpolation=None)
    config.read(NOTEBOOKS / "sanitize.cfg", "utf-8")
    return re.compile(config["measured"]["regex"]), config["measured"]["replace"]


def sanitised(text):
    """``text`` with its measured numbers hidden, as nbval compares it."""
    pattern, replacement = _rule()
    return pattern.sub(replacement, text)


def signature(picture):
    """The mean grey, from 0 to 1, of each field of a base64-encoded PNG."""
    image = Image.open(io.BytesIO(base64.b64decode(picture)))
    grey = Image.alpha_composite(
        Image.new("RGBA", image.size, "white"), image.convert("RGBA")
    ).convert("L")
    return np.asarray(grey.resize((GRID, GRID), Image.Resampling.BOX)) / 255


def difference(committed, drawn):
    """What differs between two lists of base64-encoded PNGs; None where nothing."""
    if len(committed) != len(drawn):
        return f"{len(committed)} pictures are committed, {len(drawn)} were drawn"
    for number, pair in enumerate(zip(committed, drawn, strict=True), start=1):
        one, other = map(signature, pair)
        distance = float(np.sqrt(np.mean((one - other) ** 2)))
        if distance > LIMIT:
            return (
                f"picture {number} differs: {distance:.3f} in grey, {LIMIT} is allowed"
            )
    return None
