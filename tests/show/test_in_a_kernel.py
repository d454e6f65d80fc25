"""In a real kernel: what a notebook keeps is the same again on the next run."""

import nbclient
import nbformat
import pytest

CELLS = [
    """from dlcourse import show, tensor
def draw(slope):
    return show.lines({"line": ([0, 1], [0, slope])}, x="x", y="y", return_figure=True)
show.explore(draw, alt="A line.", slope=(1, 3, 1))""",
    """w = tensor(2.0, requires_grad=True)
show.graph(w * w, alt="A square.")""",
    """show.lines({"line": ([0, 1], [0, 1])}, x="x", y="y", alt="A line.")""",
]


def executed():
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    notebook = nbformat.v4.new_notebook(cells=cells)
    nbclient.NotebookClient(notebook, kernel_name="python3", timeout=60).execute()
    nbformat.validate(notebook)
    return [output for cell in notebook.cells for output in cell.outputs]


@pytest.fixture(scope="module")
def runs():
    return executed(), executed()


def test_two_runs_agree(runs):
    first, again = runs
    assert len(first) == len(again) == 3 + 2 + 2
    for one, other in zip(first, again, strict=True):
        assert one.output_type == other.output_type == "display_data"
        assert one.metadata == other.metadata
        view = "application/vnd.jupyter.widget-view+json"  # its id is random
        assert one.data.pop(view, None) is None or other.data.pop(view)
        assert one.data == other.data, "pictures included"


def test_every_picture_has_its_description(runs):
    pictures = [output for output in runs[0] if "image/png" in output.data]
    assert len(pictures) == 3
    for output in pictures:
        alt = output.metadata["image/png"]["alt"]
        assert output.data["text/plain"] == f"Figure: {alt}"
