"""The progress file: kept, damaged, missing, in a folder that cannot be written."""

import json

import pytest

from dlcourse.teach import book as module
from dlcourse.teach import progress
from dlcourse.teach.book import look_up, record


def test_what_is_recorded_is_recalled(progress_file):
    assert look_up("predictions", "q") is None
    record("predictions", "q", "yes")
    record("quizzes", "00_start_here/1", True)
    assert look_up("predictions", "q") == "yes"
    assert json.loads(progress_file.read_text()) == {
        "exercises": {},
        "predictions": {"q": "yes"},
        "quizzes": {"00_start_here/1": True},
    }


def test_two_notebooks_share_the_file(progress_file):
    record("predictions", "mine", "yes")
    book = json.loads(progress_file.read_text())
    book["predictions"]["theirs"] = "no"  # written by another kernel
    progress_file.write_text(json.dumps(book))
    record("predictions", "mine", "no")
    assert look_up("predictions", "theirs") == "no"


def test_it_lies_in_the_learners_folder(monkeypatch, tmp_path):
    monkeypatch.delenv("DLCOURSE_BUILD")
    monkeypatch.chdir(tmp_path)
    record("exercises", "softmax", True)
    assert [file.name for file in tmp_path.iterdir()] == [".dlcourse-progress.json"]


def test_a_build_reads_and_writes_nothing(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    file = tmp_path / module.NAME
    file.write_text('{"exercises": {"old": true}, "predictions": {}, "quizzes": {}}')
    before = file.read_bytes()
    record("exercises", "new", True)
    assert look_up("exercises", "old") is None
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    "damage",
    ["", "{", "[]", "null", '{"exercises": 3}', "\x00\xff", '{"exercises": {}}'],
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


def test_a_folder_that_cannot_be_written_is_said_once(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("DLCOURSE_PROGRESS", str(tmp_path / "nowhere" / "p.json"))
    record("exercises", "softmax", True)
    record("exercises", "sigmoid", True)
    assert capsys.readouterr().out.count("`p.json` cannot be written") == 1
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
    assert list(progress_file.parent.iterdir()) == [progress_file]
    assert look_up("exercises", "sigmoid")


def test_the_table(progress_file, capsys):
    progress()
    assert capsys.readouterr().out == (
        "No exercise is solved yet. Predictions committed: 0.\n"
    )
    record("exercises", "mean_squared_error", True)
    record("predictions", "scatter", "10 times smaller")
    record("quizzes", "00_start_here/2", True)
    progress()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "lesson | exercises | quiz questions"
    assert lines[1] == "00 Start here | 1 of 1 | 1"
    assert lines[-1] == "Predictions committed: 1."
    assert len(lines) == 3
