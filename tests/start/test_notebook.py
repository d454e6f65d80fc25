"""What counts as written, and what Jupyter or the build has made."""

import json

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from dlcourse.shipped import shipped
from dlcourse.start.notebook import as_built, cell_id, linked, moved, written

BUILT = sorted(shipped("notebooks").glob("**/[0-9]*.ipynb"))


def notebook(*sources):
    """A notebook of code cells as the build writes them, with their ids."""
    used = {}
    cells = [new_code_cell(s, id=cell_id("code", s, used)) for s in sources]
    return new_notebook(cells=[new_markdown_cell("# 01", id="x"), *cells])


def as_bytes(nb):
    return nbformat.writes(nb).encode()


def opened(nb):
    nb.metadata["language_info"] = {"name": "python", "version": "3.13.1"}
    nb.metadata["widgets"] = {"state": {"a": 1}}


def run(nb):
    cell = nb.cells[1]
    cell.execution_count = 7
    cell.outputs = [new_output("stream", text="1\n")]
    cell.metadata["execution"] = {"iopub.execute_input": "2026-01-01"}
    nb.cells.append(new_code_cell(""))  # Shift-Enter in the last cell


def given_other_ids(nb):
    nb.nbformat_minor = 4
    for cell in nb.cells:
        del cell["id"]


@pytest.mark.parametrize("done", [opened, run, given_other_ids])
def test_opening_and_running_is_not_writing(done):
    nb = notebook("a = 1", "a")
    before = written(as_bytes(nb))
    done(nb)
    assert written(json.dumps(nb).encode()) == before


def edited(nb):
    nb.cells[1].source = "a = 2"


def with_a_note(nb):
    nb.cells.insert(1, new_markdown_cell("mine"))


def less_a_cell(nb):
    del nb.cells[1]


def in_another_order(nb):
    nb.cells[1:] = nb.cells[:0:-1]


def of_another_kind(nb):
    nb.cells[1].cell_type = "raw"


def with_a_picture(nb):
    nb.cells[0]["attachments"] = {"sketch.png": {"image/png": "iVBORw0KGgo="}}


@pytest.mark.parametrize(
    "change",
    [
        edited,
        with_a_note,
        less_a_cell,
        in_another_order,
        of_another_kind,
        with_a_picture,
    ],
)
def test_a_change_of_the_text_is_writing(change):
    nb = notebook("a = 1", "a")
    before = written(as_bytes(nb))
    change(nb)
    assert written(json.dumps(nb).encode()) != before


@pytest.mark.parametrize(
    "damage", [b"", b"<<<<<<< HEAD\n{}", b"[]", b"{}", b'{"cells": [1]}', b"\xff"]
)
def test_of_a_damaged_notebook_every_byte_counts(damage):
    assert written(damage) != written(damage + b" ")
    assert not as_built(damage)


@pytest.mark.parametrize("path", BUILT, ids=lambda path: path.name)
def test_the_built_notebooks_are_known_as_such(path):
    content = path.read_bytes()
    assert as_built(content)
    nb = nbformat.reads(content.decode(), 4)
    nb.cells[3].source += "\n"
    assert not as_built(as_bytes(nb))


def test_a_cell_that_was_added_is_not_as_built():
    nb = notebook("a = 1")
    nb.cells.pop(0)
    run(notebook("a = 1"))
    assert as_built(as_bytes(nb))
    with_a_note(nb)
    assert not as_built(as_bytes(nb))


def test_links_to_the_package_are_found_and_moved():
    learner = b"see [it](../dlcourse/autograd/tape.py#L3) or [01](01_backprop.ipynb)"
    solved = b"see [it](../../dlcourse/nn/linear.py), not ../dlcourse/x.py"
    assert linked(learner) == ["autograd/tape.py"]
    assert linked(solved) == ["nn/linear.py"]
    assert b"[it](source/autograd/tape.py#L3) or [01](01_b" in moved(learner)
    assert moved(solved) == b"see [it](../source/nn/linear.py), not ../dlcourse/x.py"
