"""nbval with the guard of the notebooks: what it must not let pass."""

import asyncio
import os
import re
import subprocess
import sys

import nbformat
import pytest
from small_lesson import code, write

from dlcourse.authoring.compare import RULE
from dlcourse.authoring.convert import chosen
from dlcourse.authoring.execute import execute

LINE = "show.lines({{'a': ([0, 1], {})}}, x='x', y='y', alt='A line.')"

# A cell, what is done to it after the build, and what nbval must then say of it
CASES = {
    "as built": (
        "from dlcourse import show\nfrom dlcourse.teach import measured",
        lambda cell: None,
        None,
    ),
    "another measured number": (
        "print(measured(0.5), 'of', 7)",
        lambda cell: cell.outputs[0].update(text="≈ 0.6 of 7\n"),
        None,
    ),
    "another number": (
        "print(measured(0.5), 'of', 8)",
        lambda cell: cell.outputs[0].update(text="≈ 0.5 of 9\n"),
        "'≈ # of 9\\n' == '≈ # of 8\\n'",
    ),
    "not executed": (
        "1 + 1",
        lambda cell: cell.update(execution_count=None, outputs=[]),
        "never executed",
    ),
    # With nbval's tag it passes: the lint wants to see the reason.
    "escaped": (
        "1 + 2",
        lambda cell: cell.update(
            outputs=[], metadata={"tags": ["nbval-ignore-output"]}
        ),
        None,
    ),
    "the same figure": (LINE.format("[0, 1]"), lambda cell: None, None),
    "another figure": (
        LINE.format("[1, 0]"),
        lambda cell: cell.outputs[0].data.update(RISING),
        "picture 1 differs",
    ),
    "no figure": (
        LINE.format("[1, 1]"),
        lambda cell: cell.outputs[0].data.pop("image/png"),
        "0 pictures are committed, 1 were drawn",
    ),
}
RISING = {}


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """What nbval says of a notebook after it was edited."""
    root = tmp_path_factory.mktemp("harness")
    write(root, "90_small", code(*(cell for cell, *_ in CASES.values())))
    lesson = chosen(root=root)[0]
    running = execute(lesson.notebook("learner"), lesson.path("learner"))
    notebook, *_ = asyncio.run(running)
    cells = dict(zip(CASES, notebook.cells[2:], strict=True))
    RISING["image/png"] = cells["the same figure"].outputs[0].data["image/png"]
    for name, (_, edit, _) in CASES.items():
        edit(cells[name])

    tried = root / "tried"
    tried.mkdir()
    nbformat.write(notebook, tried / "edited.ipynb")
    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env", "-v"]
    command += ["--nbval-sanitize-with", str(RULE), "-p", "no:cacheprovider"]
    command += ["-p", "dlcourse.authoring.guard"]
    done = subprocess.run(
        [*command, "-c", os.devnull, "--rootdir", str(tried), "--color=no", "."],
        cwd=tried,
        capture_output=True,
        text=True,
        env={**os.environ, "DLCOURSE_BUILD": "1", "COLUMNS": "200"},
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize("name", CASES)
def test_nbval_with_our_guards(report, name):
    *_, said = CASES[name]
    number = list(CASES).index(name) + 1  # after the cell for Colab
    results = re.findall(rf"::Cell {number} (PASSED|FAILED|ERROR)", report)
    assert results == ["FAILED" if said else "PASSED"], report
    if said:
        assert said in report
