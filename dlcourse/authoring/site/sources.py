"""What Sphinx reads: the executed notebooks, made fit for a page, and the other pages.

A page has no kernel. Outputs of widgets become HTML (panels.py), an explorable the
place of its frames; each lesson says where it can be run, each exercise where to solve
it.
"""

import json
import re
import shutil
from pathlib import Path

import nbformat

from dlcourse.authoring import ledger, readme
from dlcourse.authoring.anywhere import REPOSITORY, open_in_colab, without_head
from dlcourse.authoring.convert import lessons
from dlcourse.authoring.execute import BuildError
from dlcourse.authoring.frames import explored, path_of
from dlcourse.authoring.site import mathematics, panels

FILES = f"https://github.com/{REPOSITORY}/blob/main"
REFERENCE = ("autograd", "nn", "optim", "compress", "lab", "show", "teach", "classroom")
STUB = "# YOUR CODE HERE"


def write(root, folder):
    """Write the sources of the site of the project in ``root`` into ``folder``."""
    found = lessons(root)
    static = folder / "_static"
    (folder / "lessons").mkdir(parents=True)
    shutil.copytree(Path(__file__).parent / "static", static)
    (static / "notebooks").mkdir()
    mathematics.write_font(static)
    for lesson in found:
        path = lesson.path("learner")
        shutil.copy(path, static / "notebooks")
        notebook = page(lesson, nbformat.read(path, 4))
        nbformat.write(notebook, folder / "lessons" / path.name)
        for name in explored(lesson.text):
            _frames(lesson, name, static / "frames" / lesson.name)
    claims, errata = ledger.page(root).split("## What the slides have wrong\n")
    _page(folder / "claims.md", claims)
    _page(folder / "errata.md", f"# What the slides have wrong\n{errata}")
    _page(folder / "instructors.md", (root / "INSTRUCTORS.md").read_text("utf-8"))
    _index(folder, found, readme.lessons_table(root))
    _reference(folder / "reference")


def page(lesson, notebook):
    """The notebook as a page: ``lesson`` is its source."""
    notebook.metadata.pop("widgets", None)
    head, notebook.cells = without_head(notebook.cells)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = links(cell.source)
        else:
            cell.outputs = [
                output for output in map(_static, cell.outputs) if output is not None
            ]
            panels.fill(cell, lesson)
            if panels.asks_only(cell):
                cell.metadata.setdefault("tags", []).append("remove-input")
            if STUB in cell.source:
                cell.outputs.append(panels.html(_solve(lesson, cell)))
    head.source += f"\n\n{_run(lesson)}"
    notebook.cells.insert(0, head)
    return notebook


def _static(output):
    """The output without what only a kernel or JupyterLab can use."""
    data = output.get("data", {})
    text = "".join(data.get("text/html", ""))
    if text.startswith('<p class="jp-sr-only"'):  # the figure says it itself
        return None
    if text:
        data["text/html"] = mathematics.within(text)
    return output


def _places(lesson):
    path = f"notebooks/{lesson.name}.ipynb"
    return {
        "Binder": "https://mybinder.org/v2/gh/"
        f"{REPOSITORY}/main?urlpath=lab/tree/{path}",
        "Colab": open_in_colab(path),
        "download": f"../_static/{path}",
    }


def _run(lesson):
    binder, colab, download = _places(lesson).values()
    return (
        f'<p class="dl-run"><a href="{binder}">Run on Binder</a> '
        f'<a href="{colab}">Open in Colab</a> '
        f'<a href="{download}" download>Download the notebook</a></p>'
    )


def _solve(lesson, cell):
    links = [f'<a href="{link}">{name}</a>' for name, link in _places(lesson).items()]
    solution = f"{FILES}/notebooks/solutions/{lesson.name}.ipynb"
    return (
        f'<p class="dl-solve">Solve it where there is a kernel: {" · ".join(links)}. '
        f'Its <a href="{solution}">solution</a>.</p>'
    )


def _frames(lesson, name, folder):
    """An explorable's frames as a script, which a page from a disk can load as well."""
    path = path_of(lesson.folder, name)
    if not path.exists():
        raise BuildError(f"{lesson.name}: no frames of {name!r}: run `make build`")
    frames = json.loads(path.read_text("utf-8"))
    del frames["digest"]
    text = json.dumps(frames, ensure_ascii=False, separators=(",", ":"))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.js").write_text(
        f"dlcourse.frames[{json.dumps(f'{lesson.name}/{name}')}] = {text};\n", "utf-8"
    )


PAGES = {
    "CLAIMS.md": "claims.md",
    "INSTRUCTORS.md": "instructors.md",
    "README.md": "index.md",
}


def links(text, at=".."):
    """``text`` with its links to files of the project leading to pages or to GitHub."""

    def lead(found):
        target, _, anchor = found[1].partition("#")
        path = re.sub(r"^(\.\./)+", "", target)
        if re.match(r"[a-z]+:", target) or not target:
            return found[0]
        if re.fullmatch(r"(notebooks/)?\d\d_\w+\.ipynb", path):
            path = f"{at}/lessons/{Path(path).name}"
        elif path in PAGES:
            path = f"{at}/{PAGES[path]}"
        elif path.startswith("solutions/"):
            path = f"{FILES}/notebooks/{path}"
        else:
            path = f"{FILES}/{path}"
        return f"]({path}{anchor and '#' + anchor})"

    return re.sub(r"\]\(([^)\s]+)\)", lead, text)


def _page(path, text):
    path.write_text(links(text, at="."), "utf-8")


def _index(folder, found, table):
    entries = "\n".join(f"lessons/{lesson.name}" for lesson in found)
    text = (Path(__file__).parent / "index.md").read_text("utf-8")
    text = text.replace("LESSONS_TABLE", table).replace("LESSONS", entries)
    _page(folder / "index.md", text)


def _reference(folder):
    """A page for each room: its public names, as its own docstrings have them."""
    folder.mkdir()
    listed = "\n".join(f"   {name}" for name in REFERENCE)
    head = "The package\n===========\n\nEach room's public names, with their sources.\n"
    (folder / "index.rst").write_text(f"{head}\n.. toctree::\n\n{listed}\n", "utf-8")
    for name in REFERENCE:
        module = f"dlcourse.{name}"
        text = f"{module}\n{'=' * len(module)}\n\n.. automodule:: {module}\n"
        (folder / f"{name}.rst").write_text(text, "utf-8")
