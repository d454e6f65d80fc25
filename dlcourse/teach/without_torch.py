"""Where PyTorch is not installed: cells that need it show what the build recorded.

The build marks them in the notebooks, ``{"dlcourse": {"needs": "torch"}}`` in their
metadata. The package holds the built notebooks, and with them what each cell showed. A
cell that was changed is run as it stands, and says what it misses.
"""

import functools
import importlib.util
import json

from IPython import get_ipython
from IPython.display import publish_display_data

from dlcourse.shipped import shipped

__all__ = ["listen", "show_recorded"]

MISSING = "This cell needs PyTorch, which is not installed here, and was not run"
WIDGET = "application/vnd.jupyter.widget-view+json"  # it has no kernel any more


def listen():
    """In a notebook whose kernel has no PyTorch, watch for cells that need it."""
    shell = get_ipython()
    if shell is not None and _no_torch():
        shell.input_transformers_post.append(_instead)


def show_recorded(source):
    """Say that a cell was not run, and show what it showed when it was built."""
    outputs = _recorded()[source]
    print(MISSING + ("; it showed, when the course was built:" if outputs else "."))
    for output in outputs:
        if "text" in output:
            print("".join(output["text"]), end="")
        else:
            data = {k: _joined(v) for k, v in output["data"].items() if k != WIDGET}
            publish_display_data(data, output["metadata"])


def _no_torch():
    try:
        return importlib.util.find_spec("torch") is None
    except (ImportError, ValueError):  # something refuses it
        return True


def _instead(lines):
    """For IPython: the lines of a cell, or those that are run in its place."""
    source = "".join(lines).strip()
    if source not in _recorded():
        return lines
    return [f'__import__("sys").modules[{__name__!r}].show_recorded({source!r})\n']


@functools.cache
def _recorded():
    """{source of a marked cell: the outputs that it had}."""
    folder, found = shipped("notebooks"), {}
    for path in sorted([*folder.glob("solutions/*.ipynb"), *folder.glob("*.ipynb")]):
        for cell in json.loads(path.read_text("utf-8"))["cells"]:
            if cell["metadata"].get("dlcourse", {}).get("needs") == "torch":
                found["".join(cell["source"]).strip()] = cell["outputs"]
    return found


def _joined(value):
    """A notebook's file may keep a text as a list of its lines."""
    return "".join(value) if isinstance(value, list) else value
