"""The progress file: kept, damaged, missing, in a folder that cannot be written."""

import json
import os
import subprocess
import sys
from importlib import import_module

import pytest
from filelock import FileLock

from dlcourse.teach import book as module
from dlcourse.teach import course, progress
from dlcourse.teach.book import change, look_up, record
from dlcourse.teach.course import Lesson
from dlcourse.teach.quiz import load

table_of = import_module("dlcourse.teach.progress")


def test_what_is_recorded_is_recalled(progress_file):
    assert look_up("predictions", "q") is None
    record("predictions", "q", "yes")
    record("quizzes", "00_start_here/1", True)
    assert look_up("predictions", "q") == "yes"
    assert json.loads(progress_file.read_text()) == {
        "exercises": {},
        "predictions": {"q": "yes"},
        "claims": {},
        "quizzes": {"00_start_here/1": True},
        "before": {},
    }


def test_what_is_recorded_may_grow_from_what_is_there(progress_file):
    for _ in range(3):
        change("quizzes", "q", lambda count: (count or 0) + 1)
    assert look_up("quizzes", "q") == 3


def test_what_a_newer_version_wrote_stays(progress_file):
    newer = {"version": 7, "notes": {"a": 1}, "exercises": {"sweep": {"tries": 2}}}
    progress_file.write_text(json.dumps(newer))
    record("exercises", "chain_rule", True)
    book = json.loads(progress_file.read_text())
    assert (book["version"], book["notes"]) == (7, {"a": 1})
    assert book["exercises"] == {"sweep": {"tries": 2}, "chain_rule": True}


def test_a_section_that_is_missing_is_empty(progress_file, capsys):
    progress_file.write_text('{"exercises": {"sweep": true}}')
    assert look_up("predictions", "q") is None
    record("predictions", "q", "yes")
    assert look_up("exercises", "sweep") is True
    assert capsys.readouterr().out == ""


def test_two_notebooks_share_the_file(progress_file):
    record("predictions", "mine", "yes")
    book = json.loads(progress_file.read_text())
    book["predictions"]["theirs"] = "no"  # written by another kernel
    progress_file.write_text(json.dumps(book))
    record("predictions", "mine", "no")
    assert look_up("predictions", "theirs") == "no"


def kernel(code, folder, **variables):
    """Another Python that has the course, begun in ``folder``."""
    environment = {k: v for k, v in os.environ.items() if k[:9] != "DLCOURSE_"}
    return subprocess.Popen(
        [sys.executable, "-c", "from dlcourse.teach.book import *\n" + code],
        cwd=folder,
        env=environment | variables,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


ELSEWHERE = """
import os
record("exercises", "softmax", True)
os.mkdir("x")
os.chdir("x")
record("exercises", "sigmoid", True)
print(sorted(recorded("exercises")))
"""


@pytest.mark.parametrize("variables", [{}, {"DLCOURSE_PROGRESS": "mine.json"}])
def test_it_lies_where_the_kernel_began(variables, tmp_path):
    said, _ = kernel(ELSEWHERE, tmp_path, **variables).communicate()
    assert said == "['sigmoid', 'softmax']\n"
    file = tmp_path / variables.get("DLCOURSE_PROGRESS", ".dlcourse-progress.json")
    assert set(tmp_path.iterdir()) == {file, file.with_suffix(".lock"), tmp_path / "x"}
    assert list((tmp_path / "x").iterdir()) == []


MANY = """
print("ready", flush=True)
name = input()
for i in range(300):
    record("predictions", f"{name}{i}", i)
"""


def test_two_kernels_that_write_at_once_lose_nothing(tmp_path):
    kernels = [kernel(MANY, tmp_path) for _ in range(2)]
    for each in kernels:
        assert each.stdout.readline() == "ready\n"
    for name, each in zip("ab", kernels, strict=True):
        each.stdin.write(f"{name}\n")
        each.stdin.flush()
    for each in kernels:
        assert each.communicate()[0] == ""
        assert each.returncode == 0
    book = json.loads((tmp_path / ".dlcourse-progress.json").read_text())
    assert len(book["predictions"]) == 600


def test_who_keeps_the_lock_keeps_nobody_from_going_on(monkeypatch, progress_file):
    monkeypatch.setattr(module, "PATIENCE", 0.05)
    with FileLock(progress_file.with_suffix(".lock")):
        record("exercises", "softmax", True)
    assert look_up("exercises", "softmax")
    assert module.PATIENCE <= 2


def test_where_there_are_no_locks_it_is_written_without(monkeypatch, progress_file):
    for error in (NotImplementedError, PermissionError(13, "Permission denied")):

        def refuse(*args, error=error):
            raise error

        monkeypatch.setattr(module.FileLock, "acquire", refuse)
        change("exercises", "tries", lambda count: (count or 0) + 1)
    assert look_up("exercises", "tries") == 2


def test_a_build_reads_and_writes_nothing(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "FOLDER", tmp_path)
    file = tmp_path / module.NAME
    file.write_text('{"exercises": {"old": true}, "predictions": {}, "quizzes": {}}')
    before = file.read_bytes()
    record("exercises", "new", True)
    assert look_up("exercises", "old") is None
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    "damage",
    ["", "{", "[]", "null", '{"exercises": 3}', "\x00\xff", '{"quizzes": []}'],
)
def test_a_damaged_file_is_kept_aside_and_said(damage, progress_file, capsys):
    progress_file.write_text(damage, "latin-1")
    assert look_up("exercises", "softmax") is None
    said = capsys.readouterr().out
    assert "`progress.json` is damaged. It is kept as `progress.damaged.json`" in said
    aside = progress_file.with_name("progress.damaged.json")
    assert aside.read_text("latin-1") == damage
    record("exercises", "softmax", True)
    assert look_up("exercises", "softmax")
    assert capsys.readouterr().out == ""


def test_a_second_damaged_file_does_not_replace_the_first(progress_file):
    for damage in ("first", "second"):
        progress_file.write_text(damage)
        look_up("exercises", "softmax")
    kept = sorted(f.read_text() for f in progress_file.parent.glob("*damaged*"))
    assert kept == ["first", "second"]


def read_only(*args, **options):
    raise OSError(30, "Read-only file system")


def test_a_folder_that_cannot_be_written_is_said_once(
    monkeypatch, progress_file, capsys
):
    monkeypatch.setattr(module.FileLock, "acquire", read_only)
    monkeypatch.setattr(module, "write_whole", read_only)
    record("exercises", "softmax", True)
    record("exercises", "sigmoid", True)
    said = capsys.readouterr().out
    assert said.count("`progress.json` cannot be written (Read-only file system)") == 1
    assert look_up("exercises", "softmax")
    assert look_up("exercises", "sigmoid")


def test_a_place_that_cannot_be_read_is_said_once(monkeypatch, tmp_path, capsys):
    (tmp_path / "file").touch()
    monkeypatch.setenv("DLCOURSE_PROGRESS", str(tmp_path / "file" / "p.json"))
    record("exercises", "softmax", True)
    record("exercises", "sigmoid", True)
    assert capsys.readouterr().out.count("`p.json` cannot be read") == 1
    assert look_up("exercises", "softmax")
    assert look_up("exercises", "sigmoid")


def test_a_crash_while_writing_leaves_the_old_file(monkeypatch, progress_file):
    record("exercises", "softmax", True)
    before = progress_file.read_bytes()

    def crash(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module.os, "replace", crash)
    record("exercises", "sigmoid", True)
    assert progress_file.read_bytes() == before
    assert {file.suffix for file in progress_file.parent.iterdir()} == {
        ".json",
        ".lock",
    }
    assert look_up("exercises", "sigmoid")


# ------------------------------------------------------------------------- the table

CELL = "```{{code-cell}} ipython3\n{}\n```\n"
SOURCE = (
    CELL.format('predict(\n    "p", "How much?"\n)\ncheck(f)\nclaim("c", 1)')
    + "In prose, `check(g)` is not one.\n## Deeper: more\n"
    + CELL.format('predict("q", "?")\nmine = check(g).usable\ncheck(h)\ngradcheck(i)')
    + CELL.format('claim("d", 2)')
)
NOTHING = "Nothing is done yet: no exercise, no prediction, no claim, no quiz."


class Fake(Lesson):
    source = SOURCE

    def toml(self, name):
        return {}


@pytest.fixture
def table(monkeypatch, progress_file, capsys):
    """What progress() prints, line by line, for a lesson that has a deeper part."""
    lessons = (Fake("50_fake", "Fake"), course.lesson("00"))
    monkeypatch.setattr(table_of, "LESSONS", lessons)

    def printed():
        progress()
        return capsys.readouterr().out.splitlines()

    return printed


def test_the_core_and_all_are_counted(table):
    assert table() == [NOTHING]
    record("exercises", "g", True)
    record("exercises", "of_another_course", True)
    assert table() == [
        "lesson | core exercises | core predictions | core claims | all exercises "
        "| all predictions | all claims | quiz: before → after",
        "50 Fake | 0 of 1 | 0 of 1 | 0 of 1 | 1 of 3 | 0 of 2 | 0 of 2 | ",
    ]
    record("exercises", "f", True)
    record("predictions", "p", {"a newer": "form"})
    record("claims", "d", "holds")
    assert table()[1:] == [
        "50 Fake | 1 of 1 | 1 of 1 | 0 of 1 | 2 of 3 | 1 of 2 | 1 of 2 | "
    ]


def test_a_claim_alone_is_something_done(table):
    record("claims", "c", "does not hold")
    assert table()[1:] == [
        "50 Fake | 0 of 1 | 0 of 1 | 1 of 1 | 0 of 3 | 0 of 2 | 1 of 2 | "
    ]


def test_a_quiz_counts_before_and_after(table):
    one, *others = questions = load("00")
    one.keep(True, explained=False)
    assert table() == [NOTHING]
    for each in others:
        each.keep(False, explained=False)
    row = "00 Start here | 0 of 1 | 0 of 1 | 0 of 0 | 0 of 1 | 0 of 1 | 0 of 0 | "
    assert table()[1] == row + f"1 of {len(questions)}"
    for each in questions:
        record("before", each.key, min(each.wrong))
    assert table()[1] == row + f"0 → 1 of {len(questions)}"


def test_a_quiz_that_was_taken_before_only(table):
    questions = load("00")
    for each in questions:
        record("before", each.key, min(each.wrong))
    assert table()[1].endswith(f" | 0 → ? of {len(questions)}")
