"""Running a notebook so that the same source gives the same bytes.

One thread, no timestamps; widgets, whose names are random, are named by their order;
streams, which kernels split at random, are joined.
"""

import copy
import hashlib
import json
import os
import re
import time

import nbclient
import nbformat
from nbclient.exceptions import (
    CellExecutionError,
    CellTimeoutError,
    DeadKernelError,
)
from traitlets.config import Config

TIMEOUT = 600  # seconds for one cell
SETTINGS = {
    "DLCOURSE_BUILD": "1",
    "DLCOURSE_PROGRESS": "",  # whoever builds has done something: not to be shown
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_HEX32 = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
_WIDGETS = "application/vnd.jupyter.widget-state+json"

# Linux's getrusage counts the memory of the process that started the kernel, too.
_PEAK = """
import sys
if sys.platform == "linux":
    with open("/proc/self/status") as status:
        print(next(1024 * int(l.split()[1]) for l in status if l.startswith("VmHWM")))
elif sys.platform == "win32":
    import psutil
    print(psutil.Process().memory_info().peak_wset)
else:
    import resource
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


class BuildError(RuntimeError):
    """A lesson that does not run; the message names the cell."""


async def execute(notebook, path, step=lambda: None, also=lambda cell: ""):
    """Run ``notebook`` where ``path`` is, with ``step()`` called after each cell.

    ``also(cell)`` is code that runs after that cell without being of the notebook: it
    leaves no output there, and takes none of its time.

    Returns the executed notebook, the seconds that its cells took, and the kernel's
    peak memory in bytes. Raises BuildError where a cell fails.
    """
    notebook = copy.deepcopy(notebook)
    path.parent.mkdir(parents=True, exist_ok=True)
    client = nbclient.NotebookClient(
        notebook,
        timeout=TIMEOUT,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
        config=Config({"KernelManager": {"transport_encryption": "auto"}}),
    )
    async with client.async_setup_kernel(env={**os.environ, **SETTINGS}):
        started = time.perf_counter()
        for index, cell in enumerate(notebook.cells):
            try:
                await client.async_execute_cell(cell, index)
                if code := also(cell):
                    apart = time.perf_counter()
                    await _aside(client, code)
                    started += time.perf_counter() - apart
            except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
                where = f"{path.parent.name}/{path.name}, cell {index}"
                said = _ANSI.sub("", str(error))
                raise BuildError(f"{where} does not run:\n\n{said}") from None
            step()
        seconds = time.perf_counter() - started
        client.set_widgets_metadata()
        peak = int((await _aside(client, _PEAK))[0].text)
    return canonical(notebook), seconds, peak


async def _aside(client, code):
    """The outputs of ``code``, run in the kernel as no cell of the notebook."""
    cells = client.nb.cells
    cells.append(nbformat.v4.new_code_cell(code))
    try:
        await client.async_execute_cell(cells[-1], len(cells) - 1, store_history=False)
    finally:
        cell = cells.pop()
    return cell.outputs


def canonical(notebook):
    """The notebook without what differs from run to run but says nothing."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.metadata.pop("execution", None)
            cell.outputs = _merged(cell.outputs)
    notebook.metadata["language_info"] = {"name": "python"}  # less its version
    notebook = _renamed_widgets(notebook)
    nbformat.validate(notebook)
    return notebook


def _merged(outputs):
    """The outputs, with neighbours of one stream joined."""
    merged = []
    for output in outputs:
        last = merged[-1] if merged else {}
        if output.output_type == last.get("output_type") == "stream" and (
            output.name == last.name
        ):
            last.text += output.text
        else:
            merged.append(output)
    return merged


def _renamed_widgets(notebook):
    """Widgets named by their order of appearance; those that nothing shows dropped."""
    widgets = notebook.metadata.get("widgets", {}).get(_WIDGETS, {})
    state = widgets.get("state", {})
    order = {}

    def visit(text):
        for found in _HEX32.findall(text):
            if found in state and found not in order:
                name = hashlib.sha256(f"widget {len(order)}".encode()).hexdigest()
                order[found] = name[:32]
                visit(json.dumps(state[found], sort_keys=True))

    for cell in notebook.cells:
        visit(json.dumps(cell.get("outputs", []), sort_keys=True))
    if not order:
        notebook.metadata.pop("widgets", None)
        return notebook
    widgets["state"] = {old: state[old] for old in order}
    text = _HEX32.sub(lambda m: order.get(m[0], m[0]), json.dumps(notebook))
    notebook = nbformat.from_dict(json.loads(text))
    widgets = notebook.metadata["widgets"][_WIDGETS]
    widgets["state"] = dict(sorted(widgets["state"].items()))
    return notebook
