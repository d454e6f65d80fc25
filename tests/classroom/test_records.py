"""Nothing is lost, nothing is graded twice, and one student harms no other."""

import csv
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest
from submissions import notebook

from dlcourse.classroom import draft, records
from dlcourse.classroom.alone import each_alone
from dlcourse.classroom.bubble import visible
from dlcourse.classroom.command import main
from dlcourse.classroom.remote import prepared
from dlcourse.classroom.table import table, write_tables
from dlcourse.shipped import PACKAGE
from dlcourse.teach.course import LESSONS
from dlcourse.teach.exercise import all_exercises, find

RIGHT = "def he_std(shape):\n    return (2 / shape[1]) ** 0.5"
SWAPPED = "def he_std(shape):\n    return (2 / shape[0]) ** 0.5"


@pytest.fixture
def hw(tmp_path):
    made = draft.new(tmp_path / "hw", ["he_std"])
    for student, cell in {"ada": RIGHT, "bob": SWAPPED, "eve": "x = 1"}.items():
        hand_in(made, student, notebook(cell))
    return made


def hand_in(made, student, raw):
    room = made.folder / "submitted" / student
    room.mkdir(parents=True, exist_ok=True)
    (room / "hw.ipynb").write_bytes(raw)


def run(made, **options):
    count, *done = records.grade(made, "bubblewrap", **options)
    assert count == len(done)
    return dict(done)


def test_a_class_is_graded_into_a_table(isolated, hw, capsys):
    assert main(["grade", str(hw.folder), "--jobs", "2"]) == 0
    assert "3 students" in capsys.readouterr().out
    text = (hw.folder / "grades.csv").read_text()
    rows = list(csv.DictReader(text.splitlines()))
    assert [(r["student"], r["points"], r["he_std: verdict"]) for r in rows] == [
        ("ada", "1", "passed"),
        ("bob", "0.5", "known mistake"),
        ("eve", "0", "missing"),
    ]
    record = records.record_of(hw, "bob")
    assert record["exercises"]["he_std"]["mistake"] == "fans_swapped"
    assert "which of the two counts" in record["exercises"]["he_std"]["text"]


def test_only_what_changed_is_graded_again(isolated, hw):
    assert run(hw) == dict.fromkeys(["ada", "bob", "eve"])
    assert run(hw) == {}
    hand_in(hw, "bob", notebook(RIGHT))
    assert run(hw) == {"bob": None}
    assert table(hw)[1]["points"] == 1
    assert len(run(hw, again=True)) == 3


def test_what_is_expected_is_worked_out_before_anybody_is_graded(
    isolated, hw, monkeypatch, tmp_path
):
    each, seen = find("he_std"), tmp_path / "processes"
    right = each.reference

    def noting(shape):
        with seen.open("a") as file:
            print(os.getpid(), file=file)
        return right(shape)

    monkeypatch.setattr(each, "reference", noting)
    prepared.cache_clear()
    run(hw, students=["ada"])
    assert {*seen.read_text().split()} == {str(os.getpid())}


def test_a_reference_that_fails_is_told_of_each(isolated, hw, monkeypatch):
    def fails(shape):
        raise ArithmeticError("not at this seed")

    monkeypatch.setattr(find("he_std"), "reference", fails)
    prepared.cache_clear()
    failed = run(hw)
    assert failed.pop("eve") is None  # who has no such function
    assert {*failed.values()} == {"ArithmeticError: not at this seed"}


def test_who_hands_in_the_public_solution_of_a_variant_is_told_so(isolated, tmp_path):
    made = draft.new(tmp_path / "hw", ["he_std:inputs_first_std"])
    assert made.points == {"inputs_first_std": 1}
    hand_in(made, "eve", notebook(RIGHT + "\ninputs_first_std = he_std"))
    hand_in(made, "ada", notebook(SWAPPED.replace("he_std", "inputs_first_std")))
    run(made)
    eve, ada = (
        records.record_of(made, who)["exercises"]["inputs_first_std"]
        for who in ("eve", "ada")
    )
    assert (eve["verdict"], eve["mistake"]) == ("known mistake", "public_solution")
    assert ada["verdict"] == "passed"


def test_a_grade_hangs_on_the_answers_that_an_exercise_is_made_of():
    exercise = find("affine_grid")
    folder = PACKAGE / "lessons" / exercise.lesson.folder / "answers"
    digests = {hashlib.sha256(f.read_bytes()).hexdigest() for f in folder.glob("*.py")}
    assert len(digests) > 3
    assert digests < set(records._source(exercise))
    assert not any("answers" in there.parts for _, there in visible())


def test_a_half_written_record_is_none(isolated, hw):
    run(hw)
    file = hw.folder / "graded" / "ada.json"
    file.write_text(file.read_text()[:99])
    assert run(hw) == {"ada": None}


def test_links_and_pipes_are_not_read(hw, tmp_path):
    secret = tmp_path / "secret.ipynb"
    secret.write_bytes(notebook(RIGHT))
    room = hw.folder / "submitted" / "eve"
    (room / "link.ipynb").symlink_to(secret)
    os.mkfifo(room / "pipe.ipynb")
    (hw.folder / "submitted" / "mallory").symlink_to(hw.folder / "submitted" / "ada")
    assert list(hw.notebooks("eve")) == ["hw.ipynb"]
    assert hw.students() == ["ada", "bob", "eve"]


def test_names_are_no_formulas_and_steer_no_terminal(hw):
    hand_in(hw, "=cmd()\x1b[2J", notebook(RIGHT))
    write_tables(hw)
    assert (
        "'=cmd()\N{REPLACEMENT CHARACTER}[2J" in (hw.folder / "grades.csv").read_text()
    )


def test_the_graders_own_failure_is_no_zero(isolated, hw, monkeypatch, capsys):
    def fails(*_, **__):
        raise OSError("no space")

    monkeypatch.setattr(records, "graded", fails)
    assert main(["grade", str(hw.folder)]) == 1
    assert table(hw)[0]["points"] is None
    assert "not graded" in (hw.folder / "grades.csv").read_text()
    monkeypatch.undo()
    assert run(hw) == dict.fromkeys(["ada", "bob", "eve"])  # it is tried again


def test_after_kill_9_grading_goes_on(isolated, hw):
    for i in range(12):
        hand_in(hw, f"s{i}", notebook(RIGHT))
    command = [
        sys.executable,
        "-m",
        "dlcourse.classroom",
        "grade",
        hw.folder,
        "--jobs=1",
    ]
    graded = hw.folder / "graded"
    with subprocess.Popen(command, stdout=-3, stderr=-3) as process:
        while not len(list(graded.glob("*.json"))) >= 2:
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    before = {f.stem: f.read_bytes() for f in graded.glob("*.json")}
    assert 2 <= len(before) < 15
    assert all(json.loads(raw)["key"] for raw in before.values())
    assert (
        run(hw).keys()
        == {f.name for f in hw.folder.glob("submitted/*")} - before.keys()
    )
    assert all((graded / f"{s}.json").read_bytes() == raw for s, raw in before.items())


def test_two_graders_at_once_corrupt_nothing(isolated, hw):
    for i in range(6):
        hand_in(hw, f"s{i}", notebook(SWAPPED))
    command = [sys.executable, "-m", "dlcourse.classroom", "grade", hw.folder]
    both = [subprocess.Popen(command, stdout=-3, stderr=-3) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    assert run(hw) == {}  # each record is whole, and has its key
    left = [f.name for f in (hw.folder / "graded").iterdir()]
    assert sorted(left) == sorted(f"{s}.json" for s in hw.students())


def test_nothing_isolates_is_refused(hw, monkeypatch, capsys):
    monkeypatch.setattr("dlcourse.classroom.doctor.missing", lambda kind: "not here")
    assert main(["grade", str(hw.folder)]) == 1
    assert "say --trust" in capsys.readouterr().err


def test_trusted_submissions_are_graded_in_the_same_words(hw):
    _, *done = records.grade(hw, "none")
    assert dict(done) == dict.fromkeys(["ada", "bob", "eve"])
    assert [row["points"] for row in table(hw)] == [1, 0.5, 0]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["new", "{}", "he_sdt"], "Did you mean he_std"),
        (["new", "{}", "he_std:gain_from"], "no variant of he_std"),
        (["new", "{}"], "Which exercises"),
        (["new", "{}", "--lesson", "77"], "no lesson"),
        (["grade", "{}"], "makes one"),
    ],
)
def test_a_problem_is_told_in_a_sentence(arguments, words, tmp_path, capsys):
    arguments = [each.format(tmp_path / "hw") for each in arguments]
    assert main(arguments) == 1
    assert words in capsys.readouterr().err


def test_a_piece_of_work_that_dies_or_hangs_harms_no_other():
    work = {
        "right": lambda: 7,
        "raises": lambda: 1 / 0,
        "dies": lambda: os._exit(3),
        "is killed": lambda: os.kill(os.getpid(), 9),
        "hangs": lambda: time.sleep(999),
    }
    done = {k: (r, p) for k, r, p in each_alone(work, lambda k: work[k](), 3, 3)}
    assert done["right"] == (7, None)
    assert done["raises"] == (None, "ZeroDivisionError: division by zero")
    assert "exit status 3" in done["dies"][1]
    assert "signal 9" in done["is killed"][1]
    assert "signal 9" in done["hangs"][1]


def test_doctor_finds_that_a_submission_can_do_nothing(isolated, capsys):
    assert main(["doctor"]) == 0
    out = capsys.readouterr().out
    assert out.count("✓ not") == 12
    assert "✗" not in out


def test_the_instructors_plan_has_lessons_and_exercises_that_there_are():
    page = (PACKAGE.parent / "INSTRUCTORS.md").read_text("utf-8")
    plan = page.partition("## A semester of 14 weeks")[2]
    titles = {each.title: each for each in LESSONS}
    lines = re.findall(r"^\| \d+ \|.*", plan, re.M)
    rows = [[each.strip() for each in line.split("|")[1:5]] for line in lines]
    assert [int(week) for week, *_ in rows] == list(range(1, 15))
    for _, lessons, homework, others in rows:
        for italic, title in re.findall(r"(\*?)(\d\d [A-Z][\w ]+)", lessons):
            assert bool(italic) != bool(titles[title.strip()].source), title
        for name in re.findall(r"\b[a-z]+_[a-z_]+\b", f"{homework} {others}"):
            assert find(name)


def test_the_instructors_page_lists_all_variants():
    page = (PACKAGE.parent / "INSTRUCTORS.md").read_text("utf-8")
    for each in all_exercises():
        if names := ", ".join(sorted(each.variants)):
            row = f"| {each.lesson.number} | {each.__name__} | {names} |"
            assert row in page
