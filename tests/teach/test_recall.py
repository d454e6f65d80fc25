"""recall(): questions from earlier lessons, first those that were missed."""

from importlib import import_module

import pytest

from dlcourse.teach import course, recall
from dlcourse.teach.book import change, record
from dlcourse.teach.quiz import load

module = import_module("dlcourse.teach.recall")
chosen, panel = module.chosen, module.panel
LESSONS = [each.folder for each in course.LESSONS if each.source]


def keys(lesson):
    return [each.key for each in chosen(lesson)]


@pytest.mark.parametrize("lesson", LESSONS[1:])
def test_three_questions_of_earlier_lessons(lesson, progress_file):
    asked = chosen(lesson)
    there = sum(len(load(each)) for each in LESSONS if each < lesson)
    assert len({each.key for each in asked}) == min(3, there)
    assert all(each.lesson < lesson for each in asked)


def test_they_come_from_as_many_lessons_as_there_are():
    assert len({each.lesson for each in chosen("18_limits")}) == 3


def test_the_first_lesson_has_nothing_to_recall():
    with pytest.raises(LookupError, match="no lesson before 00 Start here has a quiz"):
        recall("00_start_here")


def test_without_a_book_they_are_always_the_same(capsys):
    recall("04_initialisation")
    first = capsys.readouterr().out
    recall("04")
    assert capsys.readouterr().out == first
    assert first.startswith("Recall. From earlier lessons, without looking back:\n1. ")
    assert first.count("\n   ( ) ") == sum(len(q.options) for q in chosen("04"))
    sets = {tuple(keys(f"{n:02}")) for n in range(5, 19)}
    assert len(sets) > 7  # but not in every lesson


def seen(question, day, **more):
    change("quizzes", question.key, lambda _: {"seen": day, **more})


def questions_before(lesson):
    return [q for each in LESSONS if each < lesson for q in load(each)]


def test_what_was_not_seen_for_longest_comes_first(progress_file):
    earlier = questions_before("04_initialisation")
    for day, question in enumerate(reversed(earlier), start=10):
        seen(question, f"20{day}-01-01", right=True, missed=False)
    assert keys("04") == [q.key for q in reversed(earlier)][:3]


def test_what_was_never_seen_comes_before_what_was(progress_file):
    earlier = questions_before("04_initialisation")
    for question in earlier[3:]:
        seen(question, "1999-01-01", right=True, missed=False)
    assert set(keys("04")) == {q.key for q in earlier[:3]}


def test_what_was_missed_comes_first_and_goes_once_it_is_right(progress_file):
    missed = load("01")[4]
    seen(missed, "2999-01-01", right=True, missed=True)
    assert keys("04")[0] == missed.key
    assert keys("01")[:1] != [missed.key]
    radio, answer, feedback = panel("04").children[2:5]
    assert radio.value is None  # though it was answered right
    radio.value = missed.answer
    answer.click()
    assert f"Right. {missed.because[:20]}" in feedback.value
    assert not missed.history["missed"]
    assert keys("04")[0] != missed.key


def test_a_question_says_where_it_is_from():
    shown = panel("01")
    for each in (asked := chosen("01")):
        assert shown.static_text.count("(00 Start here)") == len(asked)
        assert each.because not in shown.static_html
    assert "(00 Start here)" in shown.children[1].value


@pytest.mark.parametrize("kept", [True, {"seen": 3}, {"seen": None, "missed": "x"}, []])
def test_what_another_version_kept_does_no_harm(kept, progress_file):
    for question in load("01"):
        record("quizzes", question.key, kept)
    assert len(keys("03")) == 3
