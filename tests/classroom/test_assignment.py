"""What an instructor writes into ``assignment.toml``, and what is wrong with it."""

import datetime
import re
import tomllib

import pytest

from dlcourse.classroom import draft
from dlcourse.classroom.assignment import FILE, Late, read
from dlcourse.classroom.guesses import found_by_guessing, not_told_apart
from dlcourse.start.problem import Problem
from dlcourse.teach.exercise import find

TEXT = """
title = "hw"
seed = 7
[exercises.he_std]
points = 2
"""


@pytest.fixture
def written(tmp_path):
    def written(text):
        (tmp_path / FILE).write_text(text)
        return read(tmp_path)

    return written


def test_a_new_one_can_be_read_and_says_what_can_be_set(tmp_path):
    made = draft.new(tmp_path / "hw", ["dead_units", "he_std"], ["00"], core=True)
    assert made.folder.stat().st_mode & 0o777 == 0o700  # nobody else's
    assert list(made.points) == ["dead_units", "he_std", "mean_squared_error"]
    assert (made.due, made.late, made.credit, made.most) == (None, Late(), 0.5, 3)
    assert made.credits["dead_units"] == {"below_zero": 0, "at_least_zero": 0}
    assert made.credits["he_std"] == {}
    text = (made.folder / FILE).read_text()
    everything = re.sub(r"^# (?=[\w.]+ = )", "", text, flags=re.M)
    assert len(tomllib.loads(everything)["exercises"]["he_std"]["credit"]) == 12
    (made.folder / FILE).write_text(everything)
    due = read(made.folder).due
    assert due == datetime.datetime.fromisoformat("2026-12-06T23:59:00+01:00")
    assert "# The 2 makes up for ReLU's zeros" in re.sub(r"credit\S+ = 0.5  ", "", text)


def test_the_public_solution_of_a_variant_gets_nothing(tmp_path):
    made = draft.new(tmp_path / "hw", ["he_std:inputs_first_std"])
    assert made.credits["inputs_first_std"] == {"public_solution": 0}


def test_a_seed_that_tells_mistakes_apart_is_looked_for(tmp_path, monkeypatch):
    tried = []

    def second_time(each, seed):
        tried.append(seed)
        return ["fans_swapped"] * (len(tried) < 2)

    monkeypatch.setattr(draft, "not_told_apart", second_time)
    assert draft.new(tmp_path / "hw", ["he_std"]).seed == tried[1] != tried[0]
    monkeypatch.setattr(draft, "not_told_apart", lambda each, seed: ["fans_swapped"])
    with pytest.raises(Problem, match="told apart: fans_swapped"):
        draft.new(tmp_path / "other", ["he_std"])


def test_what_is_not_told_apart_is_named():
    each = find("he_std")
    assert not_told_apart(each, 7) == []
    (first, *_), diagnosis = each.mistakes, "Another one, declared too late."
    each.mistake(diagnosis, hidden_by_another=first.answer)
    try:
        assert not_told_apart(each, 7) == ["hidden_by_another"]
    finally:
        each.mistakes.pop()


def test_a_guess_that_passes_is_told(monkeypatch):
    each = find("uniform_bound")
    assert found_by_guessing(each, 7)[1] == []
    monkeypatch.setattr(each, "atol", 1e9)
    assert "always 0" in found_by_guessing(each, 7)[1]


@pytest.mark.parametrize(
    ("name", "mistake", "guess"),
    [
        ("uniform_bound", "bound_is_deviation", "`std` as it is"),
        ("dead_units", "below_zero", "everywhere 0"),
    ],
)
def test_a_mistake_that_a_guess_finds_is_told(name, mistake, guess):
    assert found_by_guessing(find(name), 7)[0][mistake] == guess


def test_the_due_time_has_a_zone_that_knows_of_summer(written):
    text = 'due = 2026-10-24T23:59:00\ntime_zone = "Europe/Berlin"\n' + TEXT
    assert written(text).due.utcoffset() == datetime.timedelta(hours=2)
    text = text.replace("10-24", "10-26")
    assert written(text).due.utcoffset() == datetime.timedelta(hours=1)
    assert written("due = 2026-10-24T23:59:00Z\n" + TEXT).due.tzinfo
    assert str(written(text).at("2026-10-26T00:00")) == "2026-10-26 00:00:00+01:00"
    with pytest.raises(Problem, match="no time"):
        written(text).at("yesterday")


@pytest.mark.parametrize(
    ("minutes", "days", "left"),
    [
        *((None, 0, 1), (-99, 0, 1), (9, 0, 1), (10, 0, 1), (11, 1, 0.9)),
        *((10 + 24 * 60, 1, 0.9), (11 + 24 * 60, 2, 0.8), (10 + 72 * 60, 3, 0.7)),
        (11 + 72 * 60, 4, 0),
    ],
)
def test_days_count_once_they_have_begun(minutes, days, left):
    due = datetime.datetime(2026, 12, 6, tzinfo=datetime.UTC)
    received = minutes and due + datetime.timedelta(minutes=minutes)
    found = Late().days(received, due)
    assert (found, Late().share(found)) == (days, pytest.approx(left))
    assert Late().days(received, None) == 0
    assert Late(per_day=0.5, at_most_days=9).share(5) == 0


def test_a_mistake_is_worth_what_the_file_says(written):
    made = written(TEXT + "credit.xavier = 0.25\n")
    assert made.worth("he_std", "passed") == 2
    assert made.worth("he_std", "known mistake", "xavier") == 0.5
    assert made.worth("he_std", "known mistake", "fans_swapped") == 1
    assert made.worth("he_std", "wrong") == made.worth("he_std", "missing") == 0
    text = "credit = 0.75\n" + TEXT
    text += "[late]\ngrace_minutes = 90\nper_day = 0.2\nat_most_days = 4\n"
    made = written(text)
    assert made.worth("he_std", "known mistake", "xavier") == 1.5
    assert made.late == Late(grace_minutes=90, per_day=0.2, at_most_days=4)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("title =", "is no TOML"),
        (TEXT.replace("title", "titel"), "title is missing: it is a text"),
        (TEXT.replace('"hw"', "7"), "title must be a text, not 7"),
        (TEXT.replace("7", "-7"), "seed must be a whole number from 0"),
        (TEXT.replace("= 2", '= "two"'), r"\[exercises.he_std\]: points must be"),
        (TEXT.replace("= 2", "= nan"), "a number from 0, not nan"),
        (TEXT.replace("= 2", "= true"), "a number from 0, not True"),
        (TEXT.replace("he_std", "he_sdt"), "Did you mean he_std"),
        (TEXT.replace("exercises.he_std", "points"), "exercises is missing"),
        ("exercises = {}\n" + TEXT[:22], "it has no exercises"),
        (TEXT + "credits.xavier = 1\n", "credits is no setting; is it credit"),
        (TEXT + "credit.xavir = 1\n", "xavir is no setting; is it xavier"),
        (TEXT + "credit.xavier = 1.5\n", "xavier must be a share from 0 to 1"),
        (TEXT + "credit = 0.5\n", "credit must be a table"),
        (TEXT + "[late]\nper_days = 1\n", "is it per_day"),
        ("due = 2026-12-06T23:59:00" + TEXT, "due needs its time zone, once"),
        ('due = "6 December"' + TEXT, "a date and a time, without quotes"),
        ("due = 2026-12-06" + TEXT, "a date and a time, without quotes"),
        ('time_zone = "Berlin"' + TEXT, 'a place such as "Europe/Berlin"'),
        ("time_zone = 1" + TEXT, "time_zone must be a place"),
        ('due = 2026-12-06T23:59:00Z\ntime_zone = "UTC"' + TEXT, "once"),
        ("deu = 2026-12-06T23:59:00Z" + TEXT, "deu is no setting; is it due"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(written, text, words):
    with pytest.raises(Problem, match=words):
        written(text)


def test_an_assignment_is_not_overwritten(tmp_path):
    draft.new(tmp_path, ["he_std"])
    with pytest.raises(Problem, match="already"):
        draft.new(tmp_path, ["he_std"])
