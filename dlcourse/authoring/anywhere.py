"""What the build adds to a lesson, so that it runs in Colab and without PyTorch.

Below the title a link, *Open in Colab*, and the cell that installs the course there.
Cells that need PyTorch are marked: where there is none, the learner is shown what the
build recorded of them (``dlcourse.teach.without_torch``).
"""

import dis
from types import CodeType

import nbformat
from IPython.core.inputtransformer2 import TransformerManager

REPOSITORY = "dlcourse/dlcourse"
COLAB = f"https://colab.research.google.com/github/{REPOSITORY}/blob/main"
INSTALL = f"""\
# In Colab this installs the course beside what is there; elsewhere it does nothing.
if "google.colab" in str(get_ipython()):
    print("Installing the course; Colab's own packages stay as they are.")
    %pip install --quiet --no-deps git+https://github.com/{REPOSITORY}"""

NEEDS_TORCH = {"needs": "torch"}
IN_DISGUISE = {"torch_twin", "against_torch"}  # of the laboratory; they import it


def open_in_colab(path):
    """The address at which Colab opens the notebook at this path of the repository."""
    return f"{COLAB}/{path}"


def with_head(cells, path):
    """``cells``, which begin with the title, with link and first cell below it."""
    first, *others = cells
    title, _, rest = first.source.partition("\n")
    link = f"[Open in Colab]({open_in_colab(path)})"
    head = nbformat.v4.new_markdown_cell(f"{title}\n\n{link}")
    install = nbformat.v4.new_code_cell(INSTALL, metadata={"tags": ["hide-input"]})
    first.source = rest.strip("\n")
    return [head, install, *([first] if first.source else []), *others]


def without_head(cells):
    """(the title's cell, those below it), without what :func:`with_head` has added."""
    head, install, *others = cells
    if install.source != INSTALL:
        raise ValueError("a built notebook begins with a title and the cell for Colab")
    head.source = head.source.partition("\n")[0]
    return head, others


def mark(cells):
    """Mark the code cells that need PyTorch, themselves or by a name that they use."""
    tainted = {"torch"}
    for cell in cells:
        if cell.cell_type != "code":
            continue
        taken, made = _names(cell.source)
        if taken & tainted:
            cell.metadata["dlcourse"] = NEEDS_TORCH
            tainted |= made
        else:
            tainted -= made


def _names(source):
    """The names that a cell takes from those before it, and those that it makes."""
    taken, made = set(), set()

    def visit(code):
        for step in dis.get_instructions(code):
            name = step.argval
            if step.opname == "STORE_NAME":
                made.add(name)
            elif step.opname in ("LOAD_NAME", "LOAD_GLOBAL") and name not in made:
                taken.add(name)
            elif isinstance(name, CodeType):
                visit(name)
            elif step.opname == "IMPORT_NAME" and name.split(".")[0] == "torch":
                taken.add("torch")
            elif name in IN_DISGUISE:
                taken.add("torch")

    try:
        visit(compile(TransformerManager().transform_cell(source), "cell", "exec"))
    except SyntaxError:  # the run of the cell will say it
        pass
    return taken, made
