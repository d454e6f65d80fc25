"""What comes out: tables, pages, the class, and the files of Canvas and Moodle."""

import csv
import json
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from submissions import assigned, notebook

from dlcourse.classroom import lms
from dlcourse.classroom.alike import pairs, shape
from dlcourse.classroom.assignment import read
from dlcourse.classroom.command import main
from dlcourse.classroom.insight import insight, separates
from dlcourse.classroom.overrides import overrides
from dlcourse.classroom.report import page, report
from dlcourse.classroom.table import table
from dlcourse.start.problem import Problem
from dlcourse.whole import write_whole

SOURCES = {
    "he_std": "def he_std(shape):\n    return (2 / shape[{}]) ** 0.5",
    "uniform_bound": "def uniform_bound(std):\n    return {} ** 0.5 * std",
}


@pytest.fixture
def hw(tmp_path):
    """An assignment of two exercises: 1 point and 3."""
    return assigned(tmp_path / "hw", he_std=1, uniform_bound=3)


def graded(made, student, received=None, notes=(), late=False, **exercises):
    """A record, as grade writes it: {exercise: (verdict, mistake, source)}."""
    top = made.folder / "submitted" / student / "handed-in-001"
    write_whole(top / "hw.ipynb", notebook("x = 1"))
    told = {"origin": "a test", "received": received, "late": late}
    write_whole(top / "handed-in.json", json.dumps(told))
    about = {
        name: {
            "verdict": verdict,
            "mistake": mistake,
            "source": source,
            "text": f"{name} is {verdict}.",
            "notes": [],
            "cell": 3,
        }
        for name, (verdict, mistake, source) in exercises.items()
    }
    record = {
        "student": student,
        "exercises": about,
        "notes": list(notes),
        "notebooks": {"hw.ipynb": "digest"},
    }
    write_whole(made.folder / "graded" / f"{student}.json", json.dumps(record))


PASSED = ("passed", None, "def f(): pass")
KNOWN = ("known mistake", "xavier", "def f(): 1")
WRONG = ("wrong", None, "def f(): 2")


def changed(made, before, after):
    file = made.folder / "assignment.toml"
    file.write_text(file.read_text().replace(before, after))
    return read(made.folder)


def rows_of(made):
    return {row["student"]: row for row in table(made)}


def test_credit_and_lateness_count_without_grading_again(hw):
    due = 'seed = 7\ndue = 2026-12-06T23:59:00\ntime_zone = "Europe/Berlin"'
    hw = changed(hw, "seed = 7", due)
    graded(hw, "ada", "2026-12-06T22:58:00+00:00", he_std=PASSED, uniform_bound=PASSED)
    graded(hw, "bob", "2026-12-07T12:00:00+00:00", he_std=KNOWN, uniform_bound=PASSED)
    graded(hw, "eve", "2026-12-20T00:00:00+00:00", he_std=PASSED, uniform_bound=PASSED)
    graded(hw, "jo", late=True, he_std=PASSED, uniform_bound=WRONG)
    rows = rows_of(hw)
    assert [row["points"] for row in rows.values()] == [4, 3.15, 0, 1]
    assert [row["days_late"] for row in rows.values()] == [0, 1, 14, 0]
    assert "Canvas says late" in rows["jo"]["notes"][0]
    hw = changed(hw, "points = 1", "points = 1\ncredit.xavier = 0.2")
    assert rows_of(hw)["bob"]["points"] == pytest.approx(0.9 * 3.2)


def test_who_is_not_graded_has_no_points(hw):
    graded(hw, "ada", he_std=PASSED, uniform_bound=PASSED)
    (hw.folder / "submitted" / "bob").mkdir()
    rows = report(hw)
    assert [row["points"] for row in rows] == [4, None]
    text = (hw.folder / "grades.csv").read_text()
    first, second = csv.DictReader(text.splitlines())
    assert first["points"] == "4" and first["uniform_bound: verdict"] == "passed"
    assert second["points"] == "not graded" and second["remarks"] == "not graded yet"
    assert "The fault is the grader's" in page(hw, rows[1])


# ------------------------------------------------------------------------------ by hand


def test_points_by_hand_have_a_reason_and_can_be_taken_back(hw, capsys):
    graded(hw, "ada", he_std=WRONG, uniform_bound=PASSED)
    command = ["override", str(hw.folder), "ada"]
    assert main([*command, "he_std=0.75"]) == 1
    assert "Say why" in capsys.readouterr().err
    assert main([*command, "he_std=0.75", "--reason", "as agreed"]) == 0
    row = rows_of(hw)["ada"]
    assert (row["points"], row["parts"]["he_std"]["reason"]) == (3.75, "as agreed")
    assert "Decided by hand: as agreed" in page(hw, row)
    assert "To read again" not in page(hw, row)
    assert main([*command, "he_std=graded", "--reason", "a slip"]) == 0
    assert rows_of(hw)["ada"]["points"] == 3
    said = json.loads((hw.folder / "overrides.json").read_text())
    assert [each["reason"] for each in said] == ["as agreed", "a slip"]


def test_a_later_hand_in_keeps_the_points_by_hand_and_is_told(hw):
    graded(hw, "ada", he_std=WRONG, uniform_bound=PASSED)
    main(["override", str(hw.folder), "ada", "he_std=1", "--reason", "x"])
    file = hw.folder / "graded" / "ada.json"
    file.write_text(file.read_text().replace("digest", "another"))
    row = rows_of(hw)["ada"]
    assert row["points"] == 4
    assert row["notes"] == ["he_std was decided by hand for an earlier hand-in"]


def test_another_due_time_and_a_time_of_receipt(hw):
    hw = changed(hw, "seed = 7", "seed = 7\ndue = 2026-12-06T23:59:00Z")
    graded(hw, "ada", "2026-12-08T12:00:00+00:00", he_std=PASSED, uniform_bound=PASSED)
    assert rows_of(hw)["ada"]["days_late"] == 2
    command = ["override", str(hw.folder), "ada", "--reason", "ill"]
    main([*command, "--due", "2026-12-07T23:59"])
    assert rows_of(hw)["ada"]["days_late"] == 1
    main([*command, "--received", "2026-12-07T12:00"])
    row = rows_of(hw)["ada"]
    assert (row["days_late"], row["points"]) == (0, 4)
    assert "due 2026-12-07T23:59:00+00:00: ill" in page(hw, row)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["bob", "he_std=1"], "no student 'bob'"),
        (["ada", "he_sdt=1"], "no exercise of this assignment"),
        (["ada", "he_std=2"], "1 point at most"),
        (["ada", "he_std=nan"], "1 point at most"),
        (["ada", "he_std=-1"], "1 point at most"),
        (["ada"], "What is decided?"),
        (["ada", "--due", "tomorrow"], "is no time"),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused(hw, capsys, arguments, words):
    graded(hw, "ada", he_std=WRONG, uniform_bound=PASSED)
    assert main(["override", str(hw.folder), *arguments, "--reason", "x"]) == 1
    assert words in capsys.readouterr().err
    assert overrides(hw) == {}


@pytest.mark.parametrize("text", ["{", "{}", '[{"student": "ada"}]', "[3]"])
def test_decisions_that_cannot_be_read_stop_the_report(hw, text):
    graded(hw, "ada", he_std=WRONG, uniform_bound=PASSED)
    (hw.folder / "overrides.json").write_text(text)
    with pytest.raises(Problem, match=r"overrides\.json"):
        table(hw)


# -------------------------------------------------------------------------------- pages


def test_a_page_says_what_is_wrong_and_what_to_read_again(hw):
    graded(hw, "ada", he_std=KNOWN, uniform_bound=PASSED)
    text = page(hw, rows_of(hw)["ada"])
    assert "3.5 of 4 points" in text and "he_std: 0.5 of 1 point<" in text
    assert "tried on other inputs than those of <code>check</code>" in text
    assert "he_std is known mistake." in text and "cell 3" in text
    assert "Debug this: fine for a year, in 04 Initialisation: for he_std" in text
    assert "for uniform_bound" not in text


MARKUP = "<script>alert(1)</script>\"'&\N{RIGHT-TO-LEFT OVERRIDE}"


def test_markup_of_a_submission_is_text_everywhere(hw):
    graded(
        hw, "<b>x", notes=[MARKUP], he_std=("wrong", None, MARKUP), uniform_bound=PASSED
    )
    file = hw.folder / "graded" / "<b>x.json"
    file.write_text(file.read_text().replace("is wrong.", "<img src=x>"))
    main(["override", str(hw.folder), "<b>x", "he_std=1", "--reason", "<u>"])
    report(hw)
    for path in hw.folder.glob("reports/**/*.html"):
        tags = set(re.findall(r"<(\w+)", path.read_text()))
        assert tags.isdisjoint({"script", "u"}), path
        assert "src=x" not in re.sub(r"&lt;.*?&gt;", "", path.read_text())
        assert "default-src 'none'" in path.read_text()
    assert len(list(hw.folder.glob("reports/**/*.html"))) == 2


# ---------------------------------------------------------------------------- the class


def test_mistakes_are_counted_with_their_diagnosis(hw):
    for i in range(12):
        he_std = PASSED if i < 6 else KNOWN if i < 10 else WRONG
        graded(hw, f"s{i}", he_std=he_std, uniform_bound=PASSED if i < 7 else WRONG)
    found = insight(hw, table(hw))
    assert found["exercises"]["he_std"]["passed"] == 0.5
    verdicts = found["exercises"]["he_std"]["verdicts"]
    assert [(v["what"], v["students"]) for v in verdicts] == [
        ("passed", 6), ("xavier", 4), ("wrong", 2),
    ]  # fmt: skip
    assert "Xavier's compromise" in verdicts[1]["diagnosis"]
    r, low, high = found["exercises"]["he_std"]["separates"]
    passed = np.arange(12) < 6
    assert r == pytest.approx(np.corrcoef(passed, np.arange(12) < 7)[0, 1], abs=1e-3)
    assert low < r < high
    alike = {student for pair in found["pairs"] for student in pair["students"]}
    assert alike == {"s7", "s8", "s9", "s10", "s11"}  # wrong in both exercises
    main(["override", str(hw.folder), "s11", "he_std=1", "--reason", "as agreed"])
    assert table(hw)[3]["student"] == "s11" and table(hw)[3]["points"] == 1
    assert insight(hw, table(hw)) == found


def test_what_does_not_vary_separates_nothing():
    assert separates(np.ones(20), np.arange(20.0)) is None
    assert separates(np.arange(20) % 2.0, np.ones(20)) is None
    assert separates(np.arange(9) % 2.0, np.arange(9.0)) is None
    r, low, high = separates((np.arange(20) > 9) * 1.0, (np.arange(20) > 9) * 1.0)
    assert r == 1 and 0.9 < low <= high <= 1
    assert separates((np.arange(20) > 9) * 1.0, -np.arange(20.0))[2] < 0


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("def f(a):\n    return a + 1", "def f(b):  # mine\n    return b+1", True),
        (
            "def f(a):\n  'doc'\n  return a",
            "def f(a):\n\n    return (a)"[:-3] + "a",
            True,
        ),
        ("def f(a):\n    return np.sin(a)", "def f(a):\n    return np.cos(a)", False),
        ("def f(a):\n    return a + 1", "def f(a):\n    return a + 2", False),
        ("def f(a, b):\n    return a - b", "def f(a, b):\n    return b - a", False),
        ("def f(a):\n    return len(a)", "def f(a):\n    return sum(a)", False),
        ("def f(a):\n  return 'x'", "def f(a):\n  return 'y'", False),
        ("def f(", "def   f(", True),
        ("'''", "'", False),
    ],
)
def test_code_is_alike_but_for_names_comments_and_layout(one, other, alike):
    assert (shape(one) == shape(other)) == alike


def test_deep_code_does_no_harm():
    assert shape("(" * 19_000) != shape("[" * 19_000)


def test_a_pair_with_rare_wrong_code_stands_out():
    """60 students: two share in four exercises what nobody else has."""
    rng = np.random.default_rng(0)
    wrong = {}
    for exercise in "abcdef":
        frequent = rng.choice(5, size=60, p=[0.4, 0.3, 0.1, 0.1, 0.1])
        wrong[exercise] = {f"s{i:02}": f"{exercise}{frequent[i]}" for i in range(60)}
        if exercise in "abcd":
            wrong[exercise] |= {"s07": f"{exercise}rare", "s31": f"{exercise}rare"}
    found, chance = pairs(wrong, 60)
    assert found[0]["students"] == ["s07", "s31"]
    assert found[0]["bits"] > chance
    assert found[0]["bits"] >= 4 * np.log2(30) - 0.01
    assert found[0]["exercises"][:4] == list("abcd")


def test_one_exercise_makes_no_pair_and_one_class_in_50_no_chance():
    """Dealt anew, the same two of ten share both codes in 1 of 45 classes."""
    same = {name: {f"s{i}": max(i, 1) for i in range(10)} for name in "ab"}
    found, chance = pairs(same, 30)
    assert [pair["students"] for pair in found] == [["s0", "s1"]]
    assert chance == 0
    assert pairs({"a": same["a"]}, 30) == ([], 0)


def test_a_class_without_copies_is_above_chance_as_rarely_as_chance_says():
    above = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        wrong = {
            exercise: {f"s{i}": int(rng.geometric(0.3)) for i in range(30)}
            for exercise in "abcde"
        }
        found, chance = pairs(wrong, 30)
        above += any(pair["bits"] > chance for pair in found)
    assert above <= 6  # 5 % of 40 are 2; more than 6 come in one of 300 runs


def test_the_class_has_a_page_and_a_picture(hw, capsys):
    for i in range(12):
        mine = KNOWN if i % 3 else PASSED
        graded(hw, f"$s_{i}$", he_std=mine, uniform_bound=WRONG if i % 2 else PASSED)
    assert main(["report", str(hw.folder)]) == 0
    assert "class.html" in capsys.readouterr().out
    room = hw.folder / "reports"
    root = ET.parse(room / "class.svg").getroot()
    assert root.tag.endswith("svg")
    text = (room / "class.html").read_text()
    assert "Graded: 12 of 12 students;" in text
    assert "Xavier&#39;s compromise" in text
    assert json.loads((room / "class.json").read_text())["students"] == 12
    assert len(list((room / "students").iterdir())) == 12


def test_a_class_of_nobody_has_a_report(hw):
    (hw.folder / "submitted" / "ada").mkdir(parents=True)
    assert main(["report", str(hw.folder)]) == 1
    assert (
        "Graded: 0 of 1 student;" in (hw.folder / "reports" / "class.html").read_text()
    )


# -------------------------------------------------------------------- Canvas and Moodle

CANVAS = """\
\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,hw (4711),other (4712),Final Score
,,,,,Manual Posting,,(read only)
    Points Possible,,,,,4.0,10,(read only)
"Doe, Jane",12345,777,jane,S1,,9,80
"Roe, Jo",777,12345,jo,S1,1,8,70
"=Student, Test",9,,test,S1,,,
"""
MOODLE = """\
Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,\
Last modified (submission),Last modified (grade),Feedback comments
Participant 12345,Jane Doe,jane@x.edu,Submitted,,4.00,Yes,"Sunday, 6 December",-,
Participant 777,Jo Roe,jo@x.edu,Submitted,,4.00,Yes,-,-,
Participant 9,Al Poe,al@x.edu,No submission,,4.00,Yes,-,-,
"""


@pytest.fixture
def rows(hw):
    """Of three students: the first is a day late, the last has handed in nothing."""
    hw = changed(hw, "seed = 7", "seed = 7\ndue = 2026-12-06T23:59:00Z")
    late = "2026-12-07T12:00:00+00:00"
    graded(hw, "12345", late, he_std=KNOWN, uniform_bound=PASSED)
    graded(hw, "777", he_std=PASSED, uniform_bound=WRONG)
    (hw.folder / "submitted" / "9").mkdir()
    return table(hw)


def test_canvas_own_file_is_filled_in(hw, rows):
    """By its ID: the other numbers of each are those of the other."""
    text, notes = lms.canvas(CANVAS, hw, rows)
    head, posting, possible, jane, jo, test = csv.reader(text.splitlines())
    assert head[0].lstrip("\ufeff") == "Student" and head[-1] == "hw (4711)"
    assert len(head) == 6 and posting[-1] == "Manual Posting" and possible[-1] == "4.0"
    assert (jane[0], jane[-1], jo[-1], test[-1]) == ("Doe, Jane", "3.15", "1", "")
    assert notes == []


def test_a_roster_leads_to_the_students_own_names(hw):
    graded(hw, "jane.doe", he_std=PASSED, uniform_bound=PASSED)
    graded(hw, "al", he_std=PASSED, uniform_bound=PASSED)
    text, notes = lms.canvas(CANVAS, hw, table(hw), {"12345": "jane.doe"})
    assert list(csv.reader(text.splitlines()))[3][-1] == "4"
    assert notes == ["1 graded student is not in the file: al"]
    text, notes = lms.moodle(MOODLE, hw, table(hw), {"12345": "jane.doe", "9": "al"})
    assert [line["Grade"] for line in csv.DictReader(text.splitlines())] == [
        "4",
        "",
        "4",
    ]
    assert notes == []


def test_moodles_own_file_is_filled_in(hw, rows):
    rows[1]["parts"]["he_std"]["verdict"] = "right & <b>done</b>"
    text, notes = lms.moodle(MOODLE, hw, rows)
    jane, jo, al = csv.DictReader(text.splitlines())
    assert [line["Grade"] for line in (jane, jo, al)] == ["3.15", "1", ""]
    said = "he_std: 0.5 (known mistake)<br>uniform_bound: 3 (passed)<br>1 day late"
    assert jane["Feedback comments"] == said
    said = "he_std: 1 (right &amp; &lt;b&gt;done&lt;/b&gt;)<br>uniform_bound: 0 (wrong)"
    assert jo["Feedback comments"] == said
    assert jane["Last modified (submission)"] == "Sunday, 6 December"
    assert notes == []
    text, _ = lms.moodle(MOODLE.replace(",", ";").replace("y; 6", "y, 6"), hw, rows)
    assert next(csv.DictReader(text.splitlines(), delimiter=";"))["Grade"] == "3.15"


def test_other_maxima_are_scaled_and_told(hw, rows):
    text, notes = lms.canvas(CANVAS.replace("4.0", "100"), hw, rows)
    assert list(csv.reader(text.splitlines()))[3][-1] == "78.75"
    assert notes == [
        "Canvas counts up to 100, this assignment up to 4: the points are scaled"
    ]
    assert lms.moodle(MOODLE.replace("4.00", "8,00".replace(",", ".")), hw, rows)[1]


CANVAS_FORMS = {
    "semicolons and decimal commas": (
        "Student;ID;SIS Login ID;Section;hw (4711)\n;;;;Manual Posting\n"
        "    Points Possible;;;;8,00\nDoe, Jane;12345;jane;S1 and S2;\n"
    ),
    "two columns of names": (
        "LastName,FirstName,ID,SIS User ID,SIS Login ID,Root Account,Section,"
        "hw (4711)\n    Points Possible,,,,,,,8.00\nDoe,Jane,12345,,j,x.edu,S,\n"
    ),
    "columns of the course's own, muted, with CRLF": (
        "Student,ID,SIS Login ID,Integration ID,Section,Notes,hw (4711),hw 2 (4712),"
        "Final Score\r\n,,,,,,Muted,,\r\n    Points Possible,,,,,(read only),8,10,"
        '(read only)\r\n"=""=x""",12345,jane,,S,a note,,,\r\n'
    ),
    "a name with a space too many": (
        "Student,ID,Section,hw  (4711)\nPoints Possible,,,8\nDoe,12345,S,-\n"
    ),
}


@pytest.mark.parametrize("form", CANVAS_FORMS)
def test_canvas_own_file_in_its_forms(hw, rows, form):
    text, notes = lms.canvas(CANVAS_FORMS[form], hw, rows[:1])
    line = list(csv.reader(text.splitlines(), delimiter=",;"[form[0] == "s"]))[-1]
    assert line[-1] == "6.3" and "12345" in line
    assert notes[0].startswith("Canvas counts up to 8") and len(notes) == 1
    head = text.splitlines()[0]
    assert ("Root Account" in head) == ("FirstName" in head) == (form[:3] == "two")
    assert "Notes" not in head and "hw 2" not in head


def test_who_is_excused_in_canvas_stays_so_and_is_told(hw, rows):
    excused = CANVAS.replace("S1,,9", "S1,EX,9").replace("S1,1,8", "S1,N/A,8")
    text, notes = lms.canvas(excused, hw, rows)
    assert [line[-1] for line in csv.reader(text.splitlines())][3:5] == ["EX", "N/A"]
    assert notes == [
        "2 graded students are left as they are there: 12345 (EX), 777 (N/A)"
    ]


GROUPS = (
    MOODLE.replace("Status,Grade", "Status,Group,Grade")
    .replace("Submitted,", "Submitted,Team A,")
    .replace("No submission,", "No submission,Default group,")
)


def test_a_group_of_moodles_has_one_grade_and_no_number_is_mistaken(hw, rows):
    """The number of a group can be that of a participant of another."""
    text, notes = lms.moodle(GROUPS, hw, rows)
    assert {line["Grade"] for line in csv.DictReader(text.splitlines())} == {""}
    assert "--roster" in notes[-1]
    roster = {"Team A": "777", "Default group": "12345"}
    text, _ = lms.moodle(GROUPS, hw, rows, roster)
    grades = [line["Grade"] for line in csv.DictReader(text.splitlines())]
    assert grades == ["1", "1", "3.15"]


def test_moodles_own_file_in_its_forms(hw, rows):
    blind = MOODLE.replace("Full name,Email address,", "").replace(
        "Grade,Max", "grade,max"
    )
    blind = re.sub(r"(Participant \d+),[^,]*,[^,]*,", r"\1,", blind)
    online = "Identifier,Grade,Online text,Feedback comments\nParticipant 12345,,{},\n"
    for text in (blind, online.format("x" * 200_000), MOODLE.replace("4.00", '"4,00"')):
        filled, notes = lms.moodle("\ufeff" + text, hw, rows[:1])
        line = list(csv.reader(filled.splitlines()))[1]
        assert "3.15" in line and line[-1].endswith("1 day late") and not notes


@pytest.mark.parametrize(
    ("fill", "text", "words"),
    [
        (lms.canvas, CANVAS.replace("other (", "hw ("), "several columns hw"),
        (lms.moodle, MOODLE.replace("Maximum Grade", "Scale"), "let it have points"),
        (lms.canvas, CANVAS.replace("hw (", "homework ("), "no column hw"),
        (lms.canvas, MOODLE, "no column Student"),
        (lms.canvas, "", "no column Student"),
        (lms.moodle, CANVAS, "English as its language"),
        (lms.moodle, MOODLE.replace("Grade,Max", "Note,Max"), "no column Grade"),
    ],
)
def test_another_file_is_refused(hw, rows, fill, text, words):
    with pytest.raises(Problem, match=words):
        fill(text, hw, rows)


def test_the_command_fills_both(hw, rows, tmp_path, capsys):
    (tmp_path / "c.csv").write_text(CANVAS)
    (tmp_path / "m.csv").write_text(MOODLE)
    command = ["report", str(hw.folder), f"--canvas={tmp_path / 'c.csv'}"]
    assert main([*command, f"--moodle={tmp_path / 'm.csv'}"]) == 1  # "9" is not graded
    assert (hw.folder / "reports" / "canvas.csv").read_text()[0] == "\ufeff"
    assert "12345" in (hw.folder / "reports" / "moodle.csv").read_text()
    assert main([*command[:2], "--canvas=none.csv"]) == 1
    assert "none.csv cannot be read" in capsys.readouterr().err
    (tmp_path / "c.csv").write_bytes("Müller".encode("cp1252"))
    assert main(command) == 1
    assert "save it as CSV UTF-8" in capsys.readouterr().err
