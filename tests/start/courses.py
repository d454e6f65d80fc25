"""A small course as the build leaves it, and what a learner does with a notebook."""

import json

import nbformat
from nbformat.v4 import new_code_cell, new_notebook, new_output

from dlcourse.start.notebook import cell_id

LESSON = "01_lesson.ipynb"


def notebook(text, output="1\n"):
    """A built notebook of one cell that says ``text``."""
    outputs = [new_output("stream", text=output)]
    name = cell_id("code", text, {})
    cell = new_code_cell(text, id=name, execution_count=1, outputs=outputs)
    return nbformat.writes(new_notebook(cells=[cell])) + "\n"


def build(source, text, output="1\n", names=(LESSON, f"solutions/{LESSON}")):
    """Build the lesson anew: each of its notebooks says ``text``."""
    for name in names:
        path = source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(notebook(f"{text} of {name}", output), "utf-8", newline="\n")


def edit(path, text="my answer"):
    """What a learner does: write, run, save. Returns the file's bytes."""
    content = json.loads(path.read_text("utf-8"))
    content["cells"][0]["source"] = [text]
    return _save(path, content)


def run(path):
    """Run all with Shift-Enter, as JupyterLab saves it then."""
    content = json.loads(path.read_text("utf-8"))
    content["cells"][0] |= {"execution_count": 9, "outputs": []}
    content["cells"].append(new_code_cell(""))
    content["metadata"]["language_info"] = {"name": "python", "version": "3.13.1"}
    return _save(path, content)


def _save(path, content):
    path.write_text(json.dumps(content, indent=1), "utf-8")
    return path.read_bytes()


def says(path):
    """The text of the first cell."""
    return "".join(json.loads(path.read_text("utf-8"))["cells"][0]["source"])
