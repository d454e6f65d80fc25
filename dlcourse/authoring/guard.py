"""For pytest: what nbval does not check, that cells were executed, and the figures.

nbval runs a notebook again and compares its text; pictures it ignores, and a cell that
was committed without having been executed it passes. (What nbval cannot reproduce at
all, the lint of lessons reports.)
"""

import pytest

from dlcourse.authoring.compare import difference


def pictures(outputs):
    """The PNGs among a cell's outputs."""
    found = (output.get("data", {}).get("image/png") for output in outputs or ())
    return [picture for picture in found if picture]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """After nbval's comparison of a cell, ours, with the pictures just drawn."""
    result = yield
    if type(item).__name__ == "IPyNbCell" and item.options["check"]:
        if item.cell.execution_count is None and item.cell.source.strip():
            pytest.fail("this cell was never executed: `make build`", pytrace=False)
        committed, drawn = map(pictures, (item.cell.outputs, item.test_outputs))
        if complaint := difference(committed, drawn):
            pytest.fail(complaint, pytrace=False)
    return result
