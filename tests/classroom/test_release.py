"""The notebooks of an assignment: for students, and for nbgrader."""

import json
import os
import shutil
import subprocess

import nbformat
import pytest
from jsonschema import validate
from submissions import assigned

from dlcourse.classroom.assignment import FILE, read
from dlcourse.classroom.command import main
from dlcourse.classroom.posed import Posed
from dlcourse.classroom.release import release
from dlcourse.teach.checker import examine
from dlcourse.teach.exercise import all_exercises, all_variants
from dlcourse.whole import write_whole

NAMES = ["he_std", "hand_back", "training_step", "inputs_first_std"]
EVERY = {each.__name__: each for each in (*all_exercises(), *all_variants())}

CELL = {  # nbgrader's own schema, version 3
    "type": "object",
    "properties": {
        "schema_version": {"const": 3},
        "grade_id": {"type": "string", "pattern": r"^[a-zA-Z0-9_\-]+$"},
        "cell_type": {"enum": ["code", "markdown"]},
        "grade": {"type": "boolean"},
        "solution": {"type": "boolean"},
        "locked": {"type": "boolean"},
        "task": {"const": False},
        "points": {"type": "number", "minimum": 0},
        "checksum": {"type": "string"},
    },
    "required": ["grade", "grade_id", "locked", "schema_version", "solution", "task"],
    "additionalProperties": False,
}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course") / "hw"
    points = {"he_std": 2, **dict.fromkeys(NAMES[1:], 1)}
    text = (assigned(folder, **points).folder / FILE).read_text()
    due = 'seed = 71947\ndue = 2026-12-06T23:59:00\ntime_zone = "Europe/Berlin"'
    (folder / FILE).write_text(text.replace("seed = 7", due))
    release(read(folder))
    return read(folder)


def book(made, twin):
    return nbformat.read(made.folder / twin / "hw" / "hw.ipynb", 4)


@pytest.mark.parametrize("twin", ["release", "source"])
def test_they_are_notebooks_with_nbgraders_metadata(made, twin):
    nbformat.validate(book(made, twin))
    told = [cell.metadata.nbgrader for cell in book(made, twin).cells]
    for each in told:
        validate(each, CELL)
        assert each.grade == ("points" in each)
    assert len({each.grade_id for each in told}) == len(told)
    assert {each.grade_id: each.points for each in told if each.grade} == {
        **{"he_std-check": 2, "hand_back-check": 1, "training_step-check": 1},
        "inputs_first_std-check": 1,
    }


def test_what_is_for_students_says_nothing_that_it_should_not(made):
    text = (made.folder / "release/hw/hw.ipynb").read_text()
    assert str(made.seed) not in text
    assert str(made.seed) in (made.folder / "source/hw/hw.ipynb").read_text()
    assert "SOLUTION" not in text and "HIDDEN" not in text
    assert "fan_in = shape" not in text
    head = book(made, "release").cells[0].source
    assert "4 exercises, 5 points." in head
    assert text.count("*1 point. ") == 3 and text.count("*2 points. ") == 1
    assert "Due Sunday 6 December 2026, 23:59 (Europe/Berlin)." in head
    assert "Each day late costs 10%; after 3 days nothing is left." in head


def test_students_change_what_is_theirs_alone(made):
    cells = {c.id: c for c in book(made, "release").cells}
    assert list(cells)[:6] == [
        *("head", "setup", "he_std-text", "he_std", "he_std-check", "he_std-hints")
    ]
    for name, cell in cells.items():
        theirs = name in made.points
        assert cell.metadata.get("editable", True) == theirs
        assert not cell.metadata.deletable
    assert cells["he_std"].source.endswith(
        '    """\n    # YOUR CODE HERE\n    raise NotImplementedError()'
    )
    assert cells["hand_back-given"].source == 'summed_to = reference("unbroadcast")'
    assert "loss.backward()" in cells["training_step-text"].source
    assert "Another library stores" in cells["inputs_first_std-text"].source
    assert "](" not in cells["he_std-text"].source


def test_it_runs_from_top_to_bottom_and_the_solutions_pass(made, capsys):
    """As nbgrader runs them: stubs are not started, solutions pass hidden tests."""
    for twin, verdict in (("release", "not started"), ("source", "right on")):
        space = {"__name__": "__main__"}
        for cell in book(made, twin).cells:
            if cell.cell_type == "code":
                exec(cell.source, space)
        times = 1 if twin == "release" else 2
        assert capsys.readouterr().out.count(verdict) == 4 * times


def test_a_hidden_test_fails_a_wrong_answer(made):
    cells = {c.id: c.source for c in book(made, "source").cells}
    space = {}
    exec(cells["setup"] + "\ndef he_std(shape):\n    return 7.0", space)
    with pytest.raises(AssertionError):
        exec(cells["he_std-check"], space)


@pytest.mark.parametrize("each", EVERY.values(), ids=EVERY)
def test_every_exercise_can_be_posed(each):
    posed = Posed(each)
    assert posed.solution.count("### BEGIN SOLUTION") == 1
    assert posed.text.startswith(f"Lesson {each.lesson.title}")
    space = {}
    exec("\n".join([*posed.imports, posed.given, posed.solution]), space)
    assert examine(each, space[each.__name__]).passed


OWN = """'''Twice as much, please.'''
from dlcourse.teach.exercise import exercise

@exercise(section="Uniform or normal", lesson="04", inputs=lambda rng: (rng.normal(),))
def doubled_number(x):
    '''Twice x.'''
    return 2 * x

doubled_number.mistake("no 2", once=lambda x: x)
doubled_number.mistake("a square", square=lambda x: x * x)
doubled_number.mistake("a half", half=lambda x: x / 2)
"""


def test_an_own_exercise_is_posed_and_not_checked_where_nobody_has_it(tmp_path):
    write_whole(tmp_path / "hw" / "exercises" / "doubled_number.py", OWN)
    made = assigned(tmp_path / "hw", doubled_number=1)
    release(made)
    for twin in ("release", "source"):
        cells = {c.id: c.source for c in book(made, twin).cells}
        assert cells["doubled_number-check"] == "# It is checked when it is graded."
        assert "Twice as much, please." in cells["doubled_number-text"]
    assert "    return 2 * x\n" in cells["doubled_number"]


def test_the_command_says_where_they_are(made, capsys):
    assert main(["release", str(made.folder)]) == 0
    assert "release/hw/hw.ipynb" in capsys.readouterr().out


@pytest.fixture(scope="session")
def nbgrader():
    """The command; DLCOURSE_NBGRADER names one that is in another environment."""
    found = os.environ.get("DLCOURSE_NBGRADER") or shutil.which("nbgrader")
    return found or pytest.skip("nbgrader is not installed (DLCOURSE_NBGRADER=path)")


def test_nbgraders_generate_assignment_makes_the_same(nbgrader, made, tmp_path):
    course = tmp_path / "course"
    shutil.copytree(made.folder / "source", course / "source")
    command = [nbgrader, "generate_assignment", "hw", f"--course-dir={course}"]
    path = f"{os.path.dirname(nbgrader)}{os.pathsep}{os.environ['PATH']}"  # alembic
    done = subprocess.run(
        command,
        **{"capture_output": True, "text": True, "cwd": tmp_path},
        env={**os.environ, "PATH": path, "PYTHONPATH": ""},
    )
    assert done.returncode == 0, done.stderr
    theirs = json.loads((course / "release/hw/hw.ipynb").read_text())
    ours = json.loads((made.folder / "release/hw/hw.ipynb").read_text())
    assert len(theirs["cells"]) == len(ours["cells"])
    for mine, other in zip(ours["cells"], theirs["cells"], strict=True):
        assert mine | {"source": ""} == other | {"source": ""}
        assert mine["source"] == "".join(other["source"])
    assert ours["metadata"] == theirs["metadata"]
