"""Exercises of an instructor's own: proved before they count, graded as all others."""

import re

import pytest
from submissions import notebook

from dlcourse.classroom import assignment, draft, records
from dlcourse.classroom.command import main
from dlcourse.classroom.grade import graded
from dlcourse.classroom.proofs import faults
from dlcourse.classroom.table import table
from dlcourse.shipped import PACKAGE
from dlcourse.teach.exercise import find

PAGE = (PACKAGE.parent / "INSTRUCTORS.md").read_text("utf-8")
EXAMPLE = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)[1]
RIGHT = """import numpy as np
def clipped_step(w, g, limit, lr):
    length = (g**2).sum() ** 0.5
    return w - lr * g / max(1, length / limit)"""
NEVER = "def clipped_step(w, g, limit, lr):\n    return w - lr * g"
TWICE = "def clipped_step(w, g, limit, lr):\n    return w - 2 * lr * g"


@pytest.fixture
def folder(tmp_path):
    file = tmp_path / "hw" / "exercises" / "clipped_step.py"
    file.parent.mkdir(parents=True)
    file.write_text(EXAMPLE)
    return tmp_path / "hw"


def change(folder, old, new):
    assert old in EXAMPLE
    (folder / "exercises" / "clipped_step.py").write_text(EXAMPLE.replace(old, new))


def verdicts(made):
    count, *done = records.grade(made, "bubblewrap")
    assert (count, dict(done)) == (len(done), dict.fromkeys(dict(done)))
    rows = table(made)
    return count, {
        row["student"]: row["parts"]["clipped_step"]["verdict"] for row in rows
    }


def test_the_example_of_the_instructors_page_is_proved_and_graded(isolated, folder):
    made = draft.new(folder, ["clipped_step", "he_std"])
    for student, cell in {"ada": RIGHT, "bob": NEVER, "eve": TWICE}.items():
        room = made.folder / "submitted" / student
        room.mkdir()
        (room / "hw.ipynb").write_bytes(notebook(cell))
    expected = {"ada": "passed", "bob": "known mistake", "eve": "wrong"}
    assert verdicts(made) == (3, expected)
    text = records.record_of(made, "bob")["exercises"]["clipped_step"]["text"]
    assert "It is not clipped at all." in text
    assert "One direction at a time in 02 Gradient descent" in text
    # A changed exercise, and it alone, is graded anew.
    assert verdicts(assignment.read(folder))[0] == 0
    change(folder, "return w - lr * g *", "return w - 2 * lr * g *")
    assert verdicts(assignment.read(folder))[0] == 3


def test_the_reference_of_an_own_exercise_is_not_handed_out(isolated):
    cell = "from dlcourse.teach import reference\n"
    cell += "def clipped_step(w, g, limit, lr):\n"
    cell += "    return reference('clipped_step')(w, g, limit, lr)"
    own = {"clipped_step": EXAMPLE}
    record = graded({"hw.ipynb": notebook(cell)}, ["clipped_step"], 7, own=own)
    about = record["exercises"]["clipped_step"]
    assert about["verdict"] == "wrong"
    assert "there is no exercise named" in about["text"]


FAULTY = {
    "a solution that changes": (
        "length = np.linalg.norm(g)",
        "length = np.linalg.norm(g) + np.random.rand()",
        "its own solution is told",
    ),
    "a mistake that is none": (
        "lr * g * limit / np.linalg.norm(g)",
        "lr * g * min(1, limit / np.linalg.norm(g))",
        "the mistake always is told: right on all",
    ),
    "two mistakes that are one": (
        "never=lambda w, g, limit, lr: w - lr * g,",
        "never=clipped,",
        "the mistake never is told: Short gradients",
    ),
    "inputs without rng": (
        "rng.uniform(0.5, 2), rng",
        "np.random.rand(), rng",
        "not the same for the same seed",
    ),
    "a run that takes all": (
        'lesson="02",',
        'lesson="02",\n    run=lambda f, w, g, limit, lr: (f(w, g, limit, lr), 1)[1],',
        "an answer passes that needs no thought: always 0",
    ),
    "a run that breaks": (
        'lesson="02",',
        'lesson="02",\n    run=lambda f, w, g, limit, lr: f(w, g, limit, lr).nothing,',
        "AttributeError",
    ),
    "no mistake": ("never=", "", "TypeError"),
    "no lesson": ('lesson="02"', 'lesson="77"', "belongs to no lesson: '77'"),
    "no section": ('section="One ', 'section="Two ', "no section of 02 Gradient"),
    "another name": ("def clipped_step", "def cut_step", "NameError"),
    "what cannot be sent": (
        "rng.uniform(0.5, 2), rng",
        "__import__('fractions').Fraction(3, 2), rng",
        "cannot be graded: it is given a Fraction",
    ),
}


@pytest.mark.parametrize("name", FAULTY)
def test_an_exercise_that_judges_wrongly_is_refused(isolated, folder, name, capsys):
    old, new, words = FAULTY[name]
    change(folder, old, new)
    assert main(["new", str(folder), "clipped_step"]) == 1
    assert words in capsys.readouterr().err
    assert not (folder / assignment.FILE).exists()


FUNCTION = """
from dlcourse.teach.exercise import exercise

@exercise(lesson="02", section="One direction at a time",
          inputs=lambda rng: (rng.uniform(2, 3),), run=lambda f, x: f(x)(2.0))
def times(k):
    \'\'\'A function that multiplies by k.\'\'\'
    return lambda x: x * k

times.mistake("less", less=lambda k: lambda x: x - k)
times.mistake("more", more=lambda k: lambda x: x + k)
times.mistake("over", over=lambda k: lambda x: x / k)
"""


def test_an_answer_that_is_a_function_is_refused(isolated, folder, capsys):
    (folder / "exercises" / "times.py").write_text(FUNCTION)
    assert main(["new", str(folder), "times"]) == 1
    assert "its answer is a function or a class" in capsys.readouterr().err


def test_an_answer_is_called_with_names_as_the_exercise_calls_it(isolated, folder):
    change(folder, 'lesson="02",', 'lesson="02",\n    run=by_name,')
    file = folder / "exercises" / "clipped_step.py"
    named = "def by_name(f, w, g, limit, lr):\n    return f(w, g, lr=lr, limit=limit)"
    file.write_text(file.read_text().replace("def inputs", f"{named}\n\n\ndef inputs"))
    assert draft.new(folder, ["clipped_step"]).points


def test_a_name_of_the_course_is_refused(folder, capsys):
    (folder / "exercises" / "he_std.py").write_text(EXAMPLE)
    assert main(["new", str(folder), "he_std"]) == 1
    assert "the course has an exercise of that name" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_named(folder, capsys):
    assert main(["new", str(folder), "cliped_step"]) == 1
    assert f"Your own go to {folder / 'exercises'}" in capsys.readouterr().err


def test_an_exercise_of_the_course_has_no_faults():
    assert not [*faults(find("mean_squared_error"))]
