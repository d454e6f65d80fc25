"""Executed notebooks: the same again when repeated, rebuilt only where changed."""

import asyncio
import base64
import io
import json

import nbformat
import pytest
from PIL import Image
from small_lesson import SMALL, code, source, write

from dlcourse.authoring import build, frames, pace
from dlcourse.authoring.__main__ import main
from dlcourse.authoring.convert import SOURCES
from dlcourse.authoring.execute import execute

TWINS = ("notebooks/90_small.ipynb", "notebooks/solutions/90_small.ipynb")


def outputs(path, index):
    return nbformat.read(path, 4).cells[index].outputs


def measured(root, name="90_small"):
    path = root / SOURCES / name / "measured.json"
    return json.loads(path.read_text("utf-8")) if path.exists() else {}


# Repeated ----------------------------------------------------------------------------


def test_the_same_source_gives_the_same_bytes(built, root):
    write(root, "90_small", source(SMALL))
    build.build(root=root)
    for twin in TWINS:
        assert (root / twin).read_bytes() == (built / twin).read_bytes(), twin


def test_streams_come_in_one_piece_and_without_timestamps(built):
    cell = nbformat.read(built / TWINS[0], 4).cells[5]
    assert [o.text for o in cell.outputs if o.output_type == "stream"] == ["stream"]
    assert "execution" not in cell.metadata


def test_widgets_are_kept_under_names_of_their_own(built):
    notebook = nbformat.read(built / TWINS[0], 4)
    (widgets,) = notebook.metadata.widgets.values()
    kinds = {state["model_name"] for state in widgets["state"].values()}
    assert {"IntSliderModel", "ImageModel", "VBoxModel"} <= kinds
    view = "application/vnd.jupyter.widget-view+json"
    shown = [
        o.data[view] for o in outputs(built / TWINS[0], 5) if view in o.get("data", {})
    ]
    assert [each["model_id"] in widgets["state"] for each in shown] == [True]


def test_learners_are_not_started_and_solved_ones_pass(built):
    said = [outputs(built / twin, 4)[0].data["text/plain"] for twin in TWINS]
    assert "not started" in said[0]
    assert "right on all" in said[1]


# Only what changed -------------------------------------------------------------------


@pytest.fixture
def no_kernel(monkeypatch):
    """Notebooks are 'executed' at once: the cells are counted, and nothing is run."""

    async def execute(notebook, path, step, **also):
        path.parent.mkdir(parents=True, exist_ok=True)
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        for count, cell in enumerate(code, start=1):
            cell.execution_count = count
        return notebook, 1.0, 100e6

    monkeypatch.setattr(build, "execute", execute)


def test_only_what_changed_is_rebuilt(root, no_kernel, monkeypatch):
    write(root, "90_small", code("print(1)"))
    write(root, "91_other", code("print(2)"))
    other = ["91_other (learner)", "91_other (solved)"]
    assert build.build(root=root) == [
        "90_small (learner)",
        "90_small (solved)",
        *other,
    ]
    assert build.build(root=root) == []

    write(root, "91_other", code("print(3)"))
    assert build.build(root=root) == other
    (root / TWINS[0]).unlink()
    assert build.build(root=root) == ["90_small (learner)"]
    assert build.build(["91_other"], root) == []
    assert build.build(["91_other"], root, force=True) == other
    assert build.check(root=root) == []


OWN = "dlcourse/lessons/90_small"


def digests(root, file, *contents):
    """The lesson's digest after each of these contents of a file of the project."""
    lesson = build.chosen([write(root, "90_small", code("1"))], root)[0]
    path = root / file
    path.parent.mkdir(parents=True, exist_ok=True)
    for content in contents:
        path.write_text(content)
        yield build.digest(lesson)


@pytest.mark.parametrize(
    "file",
    [
        "dlcourse/nn/x.py",
        "data/x.npz",
        "constraints.txt",
        f"{OWN}/exercises/x.py",
        f"{OWN}/claims.toml",
        "dlcourse/lessons/course.toml",
        "dlcourse/lessons/89_earlier/quiz.toml",
    ],
)
def test_the_mechanisms_and_the_own_folder_count_as_changes(file, root):
    assert len({*digests(root, file, "", "1", "22")}) == 3


@pytest.mark.parametrize(
    "file",
    [
        "dlcourse/lessons/91_other/exercises/x.py",
        "dlcourse/lessons/91_other/lesson.md",
        "dlcourse/lessons/91_other/quiz.toml",
        "dlcourse/lessons/89_earlier/exercises/x.py",
        "dlcourse/authoring/x.py",
        f"{OWN}/exercises/variants/x.py",
        f"{OWN}/measured.json",
    ],
)
def test_what_belongs_to_another_lesson_leaves_it_fresh(file, root):
    assert len({*digests(root, file, "1", "22")}) == 1


def test_words_about_a_program_do_not_count(root):
    said = "def f(x):\n    'Half of x.'\n    return x / 2"
    again = '# f\n\ndef f(x):\n    """A half."""\n    return (x / 2)'
    other = "def f(x):\n    'Half of x.'\n    return x / 3"
    assert len({*digests(root, "dlcourse/nn/x.py", said, again)}) == 1
    assert len({*digests(root, "dlcourse/nn/x.py", said, other)}) == 2


def grey_picture(grey):
    file = io.BytesIO()
    Image.new("L", (40, 40), grey).save(file, "png")
    return base64.b64encode(file.getvalue()).decode()


def notebook(text="same", number="1.5", grey=127):
    data = {"image/png": grey_picture(grey), "text/plain": f"{text} ≈ {number} %"}
    output = nbformat.v4.new_output("display_data", data)
    cell = nbformat.v4.new_code_cell("1", outputs=[output], id="code-1")
    return nbformat.v4.new_notebook(cells=[cell])


@pytest.mark.parametrize(
    ("change", "written"),
    [
        ({}, False),
        ({"number": "1.6"}, False),
        ({"grey": 128}, False),  # other bytes, the same to look at
        ({"grey": 200}, True),
        ({"text": "other"}, True),
    ],
)
def test_what_may_vary_does_not_rewrite_a_notebook(tmp_path, change, written):
    path = tmp_path / "n.ipynb"
    assert build.save(notebook(), path)
    before = path.read_bytes()
    changed = notebook(**change)
    assert build.save(changed, path) is written
    assert (path.read_bytes() != before) is written
    assert build.save(changed, path, force=True)
    assert nbformat.read(path, 4).cells == changed.cells


# What fails --------------------------------------------------------------------------


def run(root, text):
    """Execute the learner's notebook of a lesson with this text."""
    lesson = build.chosen([write(root, "90_small", text)], root)[0]
    return asyncio.run(execute(lesson.notebook("learner"), lesson.path("learner")))


def test_a_failing_cell_is_named(root):
    with pytest.raises(build.BuildError) as caught:
        run(root, code("print(1)", "def f():\n    return 1 / 0\n\n\nf()"))
    said = str(caught.value)
    assert said.startswith("notebooks/90_small.ipynb, cell 3 does not run:")
    assert "return 1 / 0" in said and "ZeroDivisionError" in said
    assert "\x1b" not in said


def test_what_was_built_is_kept_when_a_later_lesson_fails(root, no_kernel, monkeypatch):
    write(root, "90_small", code("1"))
    write(root, "91_fails", code("1"))
    works = build.execute

    async def fails(notebook, path, step):
        if path.stem == "91_fails":
            raise build.BuildError("no")
        return await works(notebook, path, step)

    monkeypatch.setattr(build, "execute", fails)
    with pytest.raises(build.BuildError):
        build.build(root=root)
    assert all((root / twin).exists() for twin in TWINS)
    assert set(measured(root)) == {"learner", "solved"}
    assert measured(root, "91_fails") == {}


def test_a_kernel_that_dies_is_reported(root):
    with pytest.raises(build.BuildError, match="cell 2 does not run"):
        run(root, code("import os\nos._exit(1)"))


# What it cost ------------------------------------------------------------------------


def test_time_memory_and_announced_errors_are_the_kernels(root):
    here = b"x" * 500_000_000  # in this process: not to be counted
    waits = "import time\nbig = b'x' * 120_000_000\ntime.sleep(0.3)"
    text = code(waits, "1 / 0").replace(
        "ipython3\n1 /", "ipython3\n:tags: [raises-exception]\n\n1 /"
    )
    notebook, seconds, peak = run(root, text)
    assert seconds >= 0.3
    assert 120e6 <= peak < len(here)
    assert notebook.cells[3].outputs[0].ename == "ZeroDivisionError"
    path = root / TWINS[0]
    build.save(notebook, path)
    assert [p for p in build.check(root=root) if p.startswith(TWINS[0])] == []


def test_small_changes_of_time_and_memory_are_not_noted(root):
    lesson = build.chosen([write(root, "90_small", code("1"))], root)[0]
    record = build.Measured(lesson)
    for seconds, peak, noted in [
        (10.0, 100e6, (10.0, 100)),
        (12.0, 90e6, (10.0, 100)),
        (13.0, 130e6, (13.0, 130)),
    ]:
        record.note("solved", seconds, peak)
        entry = measured(root)["solved"]
        assert (entry["seconds"], entry["peak_mb"]) == noted


def test_seconds_are_those_of_one_machine(root, monkeypatch):
    async def two_minutes(notebook, *others, **options):
        return notebook, 120.0, 100e6

    write(root, "90_small", code("1"))
    monkeypatch.setattr(build, "execute", two_minutes)
    monkeypatch.setattr(build, "save", lambda *_: None)
    monkeypatch.setattr(build, "pace", lambda: 4.0)
    build.build(root=root)
    assert {entry["seconds"] for entry in measured(root).values()} == {30.0}


def test_a_machine_that_is_slower_has_a_larger_pace(monkeypatch):
    ticks = iter([0, 0.9, 1, 1.7, 2, 2.56])
    monkeypatch.setattr(pace, "work", lambda: None)
    monkeypatch.setattr(pace.time, "perf_counter", lambda: next(ticks))
    assert pace.pace(tries=3) == pytest.approx(0.56 / pace.REFERENCE)


# Checked -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda nb: nb.cells[1].update(source="2"), "cell 1 is not its source's"),
        (lambda nb: nb.cells[1].update(id="other"), "cell 1 is not its source's"),
        (
            lambda nb: nb.cells[1].metadata.update(tags=["x"]),
            "cell 1 is not its source",
        ),
        (lambda nb: nb.cells.pop(), "it has 3 cells, its source 4"),
        (
            lambda nb: nb.cells[2].update(execution_count=None),
            "cell 2 was not executed",
        ),
        (lambda nb: nb.cells[2].update(execution_count=7), "cell 2 was not executed"),
        (
            lambda nb: nb.cells[2].outputs.append(
                nbformat.v4.new_output("error", ename="E", evalue="", traceback=[])
            ),
            "cell 2 ends in an error",
        ),
    ],
)
def test_check_finds_what_was_edited(root, no_kernel, change, said):
    write(root, "90_small", code("1", "2"))
    build.build(root=root)
    assert build.check(root=root) == []

    edited = nbformat.read(root / TWINS[1], 4)
    change(edited)
    nbformat.write(edited, root / TWINS[1])
    (problem,) = build.check(root=root)
    assert problem.startswith(f"{TWINS[1]}: {said}")


def test_check_finds_frames_that_older_code_has_drawn(root, no_kernel):
    write(root, "90_small", code("1", "show.explore(draw, x=(0, 1))"))
    build.build(root=root)
    (lesson,) = build.chosen(["90_small"], root)
    path = frames.path_of(lesson.folder, "draw")
    path.parent.mkdir()
    path.write_text(json.dumps({"digest": build.frames_digest(lesson)}))
    assert build.check(root=root) == []

    write(root, "90_small", code("2", "show.explore(draw, x=(0, 1))"))
    build.build(root=root)
    (problem,) = build.check(root=root)
    assert problem.startswith(f"{SOURCES}/90_small/frames/draw.json: missing, or drawn")
    path.unlink()
    assert build.check(root=root) == [problem]


def test_check_finds_frames_that_no_cell_draws(root, no_kernel):
    write(root, "90_small", code("1"))
    build.build(root=root)
    (lesson,) = build.chosen(["90_small"], root)
    path = frames.path_of(lesson.folder, "renamed")
    path.parent.mkdir()
    path.write_text("{}")
    (problem,) = build.check(root=root)
    assert problem.startswith(f"{SOURCES}/90_small/frames/renamed.json: no cell")


def test_check_finds_what_is_missing_and_what_has_no_source(root):
    write(root, "90_small", code("1"))
    (root / "notebooks").mkdir()
    (root / "notebooks/89_old.ipynb").write_text("{}")
    assert [problem.split(":")[0] for problem in build.check(root=root)] == [
        *TWINS,
        "notebooks/89_old.ipynb",
    ]


# The commands ------------------------------------------------------------------------


def test_commands_say_what_is_wrong_and_return_1(capsys):
    for command in (["build"], ["build", "--check"], ["lint"]):
        assert main([*command, "no_such_lesson"]) == 1
        assert "there is no lesson 'no_such_lesson': 00_start_here" in (
            capsys.readouterr().err
        )


@pytest.mark.parametrize("command", ["build", "lint", "readme"])
def test_each_command_explains_itself(command, capsys):
    with pytest.raises(SystemExit, match="0"):
        main([command, "--help"])
    assert len(capsys.readouterr().out.splitlines()) > 5
