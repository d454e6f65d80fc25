"""A lesson without PyTorch: it runs to its end, and says what it lacks."""

import asyncio
import os

import nbclient
import nbformat
import pytest

from dlcourse.authoring.convert import ROOT
from dlcourse.authoring.execute import SETTINGS
from dlcourse.teach import without_torch

LESSON = "notebooks/01_backprop.ipynb"
BLOCK = """
import sys


class Refuses:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "torch":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


sys.meta_path.insert(0, Refuses())
"""


async def run(notebook, settings):
    """Run the notebook in a kernel with these settings; raises where a cell does."""
    resources = {"metadata": {"path": str((ROOT / LESSON).parent)}}
    client = nbclient.NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources=resources
    )
    async with client.async_setup_kernel(env={**os.environ, **settings}):
        for index, cell in enumerate(notebook.cells):
            await client.async_execute_cell(cell, index)


@pytest.fixture(scope="module")
def cells(tmp_path_factory):
    """(the cell as built, as run without PyTorch) of each code cell."""
    place = tmp_path_factory.mktemp("blocked")
    (place / "sitecustomize.py").write_text(BLOCK)
    path = os.pathsep.join([str(place), str(ROOT)])
    built = nbformat.read(ROOT / LESSON, 4)
    ran = nbformat.read(ROOT / LESSON, 4)
    asyncio.run(run(ran, {**SETTINGS, "PYTHONPATH": path}))
    pairs = zip(built.cells, ran.cells, strict=True)
    return [pair for pair in pairs if pair[0].cell_type == "code"]


def needs_torch(cell):
    return cell.metadata.get("dlcourse", {}).get("needs") == "torch"


def said(cell, skip=0):
    """The text of all outputs but the first ``skip``."""
    outputs = cell.outputs[skip:]
    return "".join(o.get("text") or o.data.get("text/plain", "") for o in outputs)


def test_marked_cells_say_it_in_a_sentence_and_show_what_was_recorded(cells):
    marked = [pair for pair in cells if needs_torch(pair[0])]
    assert len(marked) >= 3
    for built, ran in marked:
        first = ran.outputs[0].text
        assert first.startswith("This cell needs PyTorch, which is not installed here")
        assert said(ran).replace(first.split("\n")[0] + "\n", "", 1) == said(built)
    assert any("after 100 steps, largest difference" in said(ran) for _, ran in marked)


def test_the_others_ran(cells):
    for built, ran in cells:
        if not needs_torch(built):
            assert "needs PyTorch" not in said(ran)
            assert bool(said(ran)) == bool(said(built)), built.source


def test_a_changed_cell_is_run_as_it_stands():
    lines = ["import torch  # mine\n"]
    assert without_torch._instead(lines) is lines


def test_where_torch_is_nothing_is_watched(monkeypatch):
    class Shell:
        input_transformers_post = []  # noqa: RUF012

    monkeypatch.setattr(without_torch, "get_ipython", lambda: Shell)
    without_torch.listen()
    assert Shell.input_transformers_post == []
    monkeypatch.setattr(without_torch, "_no_torch", lambda: True)
    without_torch.listen()
    assert Shell.input_transformers_post == [without_torch._instead]
