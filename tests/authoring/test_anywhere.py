"""What every lesson is given: a link to Colab, its first cell, marks for PyTorch."""

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager
from small_lesson import SMALL, code, source, write

from dlcourse.authoring import anywhere
from dlcourse.authoring.convert import Lesson, lessons


def cells(root, text, twin="learner"):
    return Lesson.read(write(root, "90_small", text)).notebook(twin).cells


@pytest.mark.parametrize(
    ("twin", "path"),
    [("learner", "notebooks"), ("solved", "notebooks/solutions")],
)
def test_a_lesson_begins_with_its_title_a_link_and_the_cell_for_colab(root, twin, path):
    title, install, text, *_ = cells(root, source(SMALL), twin)
    place = f"/github/dlcourse/dlcourse/blob/main/{path}/90_small.ipynb"
    link = f"[Open in Colab](https://colab.research.google.com{place})"
    assert title.source == f"# 90 Small\n\n{link}"
    assert install.source == anywhere.INSTALL
    assert install.metadata["jupyter"] == {"source_hidden": True}
    assert text.source.startswith("It links to")


def test_a_title_alone_leaves_no_empty_cell(root):
    kinds = [cell.cell_type for cell in cells(root, code("1"))]
    assert kinds == ["markdown", "code", "code"]


def test_what_was_added_can_be_taken_away(root):
    title, others = anywhere.without_head(cells(root, source(SMALL)))
    assert title.source == "# 90 Small"
    assert others[0].source.startswith("It links to")
    with pytest.raises(ValueError, match="begins with a title"):
        anywhere.without_head(others)


class Shell:
    """What a cell sees of IPython: in Colab its class is Colab's."""

    def __init__(self, place):
        self.place, self.magics = place, []

    def __str__(self):
        return f"<{self.place}._shell.Shell object at 0x7f>"

    def run_line_magic(self, name, line):
        self.magics.append((name, line))


@pytest.mark.parametrize("place", ["google.colab", "ipykernel"])
def test_the_first_cell_installs_in_colab_only_and_nothing_besides(place, capsys):
    shell, kept = Shell(place), {}
    program = TransformerManager().transform_cell(anywhere.INSTALL)
    exec(program, {"get_ipython": lambda: shell}, kept)
    assert not kept, "a name of its own would come into the learner's way"
    said = capsys.readouterr().out
    if place == "ipykernel":
        assert (shell.magics, said) == ([], "")
        return
    ((magic, line),) = shell.magics
    assert magic == "pip" and "--no-deps" in line.split()
    assert line.endswith("git+https://github.com/dlcourse/dlcourse")
    assert "Installing the course" in said


def marked(*sources):
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    anywhere.mark(cells)
    return [cell.metadata.get("dlcourse") == {"needs": "torch"} for cell in cells]


@pytest.mark.parametrize(
    "needs",
    [
        "import torch",
        "from torch import nn",
        "import torch.nn as tnn",
        "twin = lab.torch_twin(model)",
        "from dlcourse.lab import against_torch",
        "def f():\n    return torch.zeros(1)",
        "x = [torch.tensor(v) for v in y]",
    ],
)
def test_what_needs_torch(needs):
    assert marked("import numpy as np", needs) == [False, True]


def test_what_such_a_cell_makes_is_missing_until_it_is_made_anew():
    assert marked(
        "import torch\ntheirs = 1",
        "print(theirs)",
        "theirs = 2",
        "def show():\n    return theirs",
        "for theirs in [1]:\n    print(theirs)",
    ) == [True, True, False, False, False]


def test_a_cell_of_magics_or_with_a_mistake_needs_nothing():
    assert marked("%time 1", "def f(:", "%%bash\nls") == [False, False, False]


def test_only_cells_that_compare_with_pytorch_are_marked():
    """Few enough of each lesson, and every one that imports it."""
    for lesson in lessons():
        cells = lesson.notebook("solved").cells
        needing = [cell for cell in cells if "dlcourse" in cell.metadata]
        assert len(needing) <= 10, f"{lesson.name}: who depends on these?"
        imports = [cell for cell in cells if "import torch" in cell.source]
        for cell in imports:
            assert cell in needing or cell.cell_type == "markdown"
