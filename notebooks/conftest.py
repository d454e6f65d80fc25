"""What nbval alone does not check: that every cell was executed, and the figures.

nbval runs a notebook again and compares its text; pictures it ignores. Here each
picture that it has just drawn is compared with the committed one, by a coarse
signature: fonts and antialiasing may differ between machines, curves may not.
"""

import base64
import io

import numpy as np
import pytest
from PIL import Image

GRID = 32  # a signature is the mean grey of GRID x GRID fields
LIMIT = 0.02  # largest root mean square difference of two signatures, of 1


def signature(picture):
    """The mean grey, from 0 to 1, of each field of a base64-encoded PNG."""
    image = Image.open(io.BytesIO(base64.b64decode(picture)))
    grey = Image.alpha_composite(
        Image.new("RGBA", image.size, "white"), image.convert("RGBA")
    ).convert("L")
    return np.asarray(grey.resize((GRID, GRID), Image.Resampling.BOX)) / 255


def pictures(outputs):
    """The PNGs among a cell's outputs."""
    found = [output.get("data", {}).get("image/png") for output in outputs or ()]
    return [picture for picture in found if picture]


def difference(committed, drawn):
    """What differs between the pictures of two runs of a cell; None where nothing."""
    committed, drawn = pictures(committed), pictures(drawn)
    if len(committed) != len(drawn):
        return f"{len(committed)} pictures are committed, {len(drawn)} were drawn"
    for i, pair in enumerate(zip(committed, drawn, strict=True)):
        one, other = map(signature, pair)
        distance = float(np.sqrt(np.mean((one - other) ** 2)))
        if distance > LIMIT:
            return f"picture {i} differs: {distance:.3f} in grey, {LIMIT} is allowed"
    return None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """After nbval's comparison of a cell, ours."""
    result = yield
    if type(item).__name__ == "IPyNbCell":
        cell = item.cell
        if cell.execution_count is None and cell.source.strip():
            pytest.fail("this cell was committed without having been executed")
        if complaint := difference(cell.outputs, item.test_outputs):
            pytest.fail(complaint)
    return result
