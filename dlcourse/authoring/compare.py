"""What varies between two runs of a notebook, and may: measured numbers, and pixels.

Measured numbers stand behind the sign ``≈``; ``sanitize.cfg`` beside this file says
exactly how, for nbval and for the build alike. Pictures are the same where a coarse
signature is: fonts and antialiasing may differ between machines, curves may not.
"""

import base64
import configparser
import io
import re
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

RULE = Path(__file__).with_name("sanitize.cfg")
GRID = 32  # a signature is the mean grey of GRID x GRID fields
LIMIT = 0.05  # how much darker or lighter, of 1, a field may be than all near it
STRANGE = 3  # how many fields may exceed it: a point of a curve made of rounding errors


def _rule():
    config = configparser.ConfigParser(interpolation=None)
    config.read(RULE, "utf-8")
    return re.compile(config["measured"]["regex"]), config["measured"]["replace"]


def sanitised(text):
    """``text`` with its measured numbers hidden, as nbval compares it."""
    pattern, replacement = _rule()
    return pattern.sub(replacement, text)


def signature(picture):
    """A base64-encoded PNG as a grey image of GRID x GRID pixels."""
    image = Image.open(io.BytesIO(base64.b64decode(picture))).convert("RGBA")
    white = Image.new("RGBA", image.size, "white")
    grey = Image.alpha_composite(white, image).convert("L")
    return grey.resize((GRID, GRID), Image.Resampling.BOX)


def difference(committed, drawn):
    """What differs between two lists of base64-encoded PNGs; None where nothing."""
    if len(committed) != len(drawn):
        return f"{len(committed)} pictures are committed, {len(drawn)} were drawn"
    for number, pair in enumerate(zip(committed, drawn, strict=True), start=1):
        one, other = map(signature, pair)
        strange = _strange(one, other) + _strange(other, one)
        if strange > STRANGE:
            return f"picture {number} differs in {strange} fields, {STRANGE} may"
    return None


def _strange(one, other):
    """How many fields of ``one`` leave the range of ``other``'s fields around them.

    What moves by less than a field stays in the range; a line that appears where there
    was none leaves it.
    """
    value, low, high = (
        np.asarray(image, float) / 255
        for image in (
            one,
            other.filter(ImageFilter.MinFilter(3)),
            other.filter(ImageFilter.MaxFilter(3)),
        )
    )
    return int(np.sum(np.maximum(low - value, value - high) > LIMIT))
