"""Executing lessons: the same source, the same notebook, byte for byte.

What may differ between two runs, numbers behind ``≈`` and the pixels of pictures, does
not rewrite a notebook: where nothing else has changed, the committed one is kept.
"""

import copy
import hashlib
import json
import os
import re
import time
from pathlib import Path

import nbclient
import nbformat
from tqdm import tqdm

from dlcourse.authoring.convert import NOTEBOOKS, TWINS, lessons

ROOT = NOTEBOOKS.parent
TIMEOUT = 600  # seconds for one cell

MEASURED_NUMBER = re.compile(r"≈ ?(\[[^\]]*\]|[-+−]?[\d.,]*\d(?:e[-+]?\d+)?)")
_HEX32 = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
_WIDGETS = "application/vnd.jupyter.widget-state+json"
_PEAK = """
import resource as _resource, sys as _sys
_unit = 1 if _sys.platform == "darwin" else 1024
print(_resource.getrusage(_resource.RUSAGE_SELF).ru_maxrss * _unit)
"""


class BuildError(RuntimeError):
    """A lesson that does not run; the message names the cell."""


def build(names=(), folder=NOTEBOOKS, force=False):
    """Build the notebooks of the lessons ``names`` (default: all) that have changed.

    Returns the names of those that were executed.
    """
    folder = Path(folder)
    chosen = _chosen(names, folder)
    record = Measured(folder)
    stale = [
        (lesson, twin)
        for lesson in chosen
        for twin in TWINS
        if force or not record.is_current(lesson, twin)
    ]
    bar = tqdm(stale, unit="notebook", disable=not stale)
    for lesson, twin in bar:
        bar.set_description(f"{lesson.name} ({twin})")
        notebook, seconds, peak = execute(lesson.notebook(twin), lesson.path(twin))
        save(notebook, lesson.path(twin))
        record.note(lesson, twin, seconds, peak)
    return [f"{lesson.name} ({twin})" for lesson, twin in stale]


def execute(notebook, path):
    """Run ``notebook``; returns it with canonical outputs, seconds and peak bytes.

    Raises BuildError where a cell fails.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    environment = {
        **os.environ,
        "DLCOURSE_BUILD": "1",
        **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"),
    }
    notebook = copy.deepcopy(notebook)
    client = nbclient.NotebookClient(
        notebook,
        timeout=TIMEOUT,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
    )
    with client.setup_kernel(env=environment):
        started = time.perf_counter()
        for index, cell in enumerate(notebook.cells):
            try:
                client.execute_cell(cell, index)
            except nbclient.exceptions.CellExecutionError as error:
                raise BuildError(f"{path.name}, cell {index}:\n{error}") from None
        seconds = time.perf_counter() - started
        client.set_widgets_metadata()
        peak = _peak(client)
    return canonical(notebook), seconds, peak


def _peak(client):
    """The most memory, in bytes, that the kernel has held."""
    cell = nbformat.v4.new_code_cell(_PEAK)
    client.nb.cells.append(cell)
    client.execute_cell(cell, len(client.nb.cells) - 1, store_history=False)
    return int(client.nb.cells.pop().outputs[0].text)


def canonical(notebook):
    """The notebook without what differs from run to run: widget ids, split streams."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.metadata.pop("execution", None)
            cell.outputs = _merged(cell.outputs)
    notebook.metadata["language_info"] = {"name": "python"}
    notebook = _renamed_widgets(notebook)
    nbformat.validate(notebook)
    return notebook


def _merged(outputs):
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
    order = []

    def visit(text):
        for found in _HEX32.findall(text):
            if found in state and found not in order:
                order.append(found)
                visit(json.dumps(state[found], sort_keys=True))

    for cell in notebook.cells:
        visit(json.dumps(cell.get("outputs", []), sort_keys=True))
    if not order:
        notebook.metadata.pop("widgets", None)
        return notebook
    widgets["state"] = {old: state[old] for old in order}
    new = {
        old: hashlib.sha256(f"widget {i}".encode()).hexdigest()[:32]
        for i, old in enumerate(order)
    }
    text = _HEX32.sub(lambda m: new.get(m[0], m[0]), json.dumps(notebook))
    notebook = nbformat.from_dict(json.loads(text))
    widgets = notebook.metadata["widgets"][_WIDGETS]
    widgets["state"] = dict(sorted(widgets["state"].items()))
    return notebook


def save(notebook, path):
    """Write ``notebook``, unless only measured numbers and pixels have changed."""
    if path.exists() and _skeleton(nbformat.read(path, 4)) == _skeleton(notebook):
        return
    path.write_text(nbformat.writes(notebook) + "\n", "utf-8")


def _skeleton(notebook):
    """The notebook with its measured numbers and pictures blanked."""
    text = MEASURED_NUMBER.sub("≈ #", nbformat.writes(notebook).replace("\\u2248", "≈"))
    return re.sub(r'("image/png"|"data"|"value"): "(iVBOR)[^"]*"', r'\1: "\2"', text)


class Measured:
    """``measured.json``: for each notebook its run time, memory, and what it is made of.

    A notebook is current while its digest, of source, package and data, is.
    """

    def __init__(self, folder):
        self.path = Path(folder) / "measured.json"
        self.entries = {}
        if self.path.exists():
            self.entries = json.loads(self.path.read_text("utf-8"))

    def is_current(self, lesson, twin):
        entry = self.entries.get(lesson.name, {}).get(twin, {})
        return lesson.path(twin).exists() and entry.get("digest") == digest(lesson)

    def note(self, lesson, twin, seconds, peak):
        self.entries.setdefault(lesson.name, {})[twin] = {
            "seconds": round(seconds, 1),
            "peak_mb": round(peak / 1e6),
            "digest": digest(lesson),
        }
        text = json.dumps(self.entries, indent=1, sort_keys=True) + "\n"
        self.path.write_text(text, "utf-8")


def digest(lesson):
    """A digest of everything that decides a lesson's outputs."""
    whole = hashlib.sha256()
    package = ROOT / "dlcourse"
    parts = [lesson.source, ROOT / "constraints.txt"]
    parts += sorted((ROOT / "data").glob("*.npz"))
    parts += sorted(
        path
        for pattern in ("*.py", "*.toml")
        for path in package.rglob(pattern)
        if "authoring" not in path.parts
    )
    for path in filter(Path.exists, parts):
        whole.update(path.name.encode() + b"\0" + path.read_bytes())
    return whole.hexdigest()[:16]


def check(names=(), folder=NOTEBOOKS):
    """What is wrong with the committed notebooks, as sentences; nothing is executed."""
    problems = []
    for lesson in _chosen(names, Path(folder)):
        for twin in TWINS:
            path = lesson.path(twin)
            where = path.relative_to(folder)
            if not path.exists():
                problems.append(f"{where}: not built yet")
                continue
            problems += [
                f"{where}: {problem}"
                for problem in _differences(
                    nbformat.read(path, 4), lesson.notebook(twin)
                )
            ]
    sources = {lesson.name for lesson in lessons(folder)}
    for path in sorted([*folder.glob("*.ipynb"), *folder.glob("solutions/*.ipynb")]):
        if path.stem not in sources:
            problems.append(f"{path.relative_to(folder)}: has no source")
    return problems


def _differences(committed, expected):
    if [c.id for c in committed.cells] != [c.id for c in expected.cells]:
        yield "its cells are not those of its source: run `make build`"
        return
    count = 0
    for index, (cell, source) in enumerate(
        zip(committed.cells, expected.cells, strict=True)
    ):
        if cell.source != source.source or cell.metadata != source.metadata:
            yield f"cell {index} was edited: edit the source, then run `make build`"
        if cell.cell_type != "code":
            continue
        count += 1
        if cell.execution_count != count:
            yield f"cell {index} was not executed in order"
        if any(output.output_type == "error" for output in cell.outputs):
            yield f"cell {index} ends in an error"


def _chosen(names, folder):
    known = {lesson.name: lesson for lesson in lessons(folder)}
    wanted = [Path(name).stem for name in names] or list(known)
    for name in wanted:
        if name not in known:
            raise BuildError(f"there is no lesson {name!r}: {', '.join(known)}")
    return [known[name] for name in wanted]


__all__ = ["BuildError", "Measured", "build", "check", "execute"]
