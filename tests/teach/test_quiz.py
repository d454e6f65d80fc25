"""quiz(): every wrong answer has its own explanation, and the static text no answer."""

import json

import pytest

from dlcourse.teach import course, quiz
from dlcourse.teach.quiz import Question, load, panel

LESSONS = [each.folder for each in course.LESSONS if each.toml("quiz")]
WRONG = {"no": "because not", "never": "because never"}


def question(**changed):
    complete = {"text": "Why?", "answer": "yes", "because": "so", "wrong": WRONG}
    return Question(**complete | changed)


@pytest.mark.parametrize("lesson", LESSONS)
def test_each_quiz_is_complete(lesson):
    questions = load(lesson)
    assert questions
    for each in questions:
        explained = [each.explain(option) for option in each.options]
        assert len(set(explained)) == len(each.options)
        assert sum(text.startswith("Right. ") for text in explained) == 1


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_static_text_has_the_questions_and_not_the_answers(lesson):
    shown = panel(lesson)
    for each in load(lesson):
        assert each.because not in shown.static_text
        assert each.because not in shown.static_html
    assert shown.static_text.count("( )") == sum(len(q.options) for q in load(lesson))


def test_the_order_of_the_options_is_fixed_but_not_always_the_same():
    places = set()
    for number in range(20):
        options = question(text=f"Question {number}?").options
        assert options == question(text=f"Question {number}?").options
        assert sorted(options) == ["never", "no", "yes"]
        places.add(options.index("yes"))
    assert places == {0, 1, 2}


@pytest.fixture
def row(progress_file):
    """The first question's widgets: (text, radio, button, feedback)."""
    return panel("00_start_here").children[:4]


def answer(row, option):
    row[1].value = option
    row[2].click()
    return row[3].value


def test_a_wrong_answer_is_explained(row, progress_file):
    first = load("00_start_here")[0]
    for option, explanation in first.wrong.items():
        assert explanation in answer(row, option)
        assert first.because not in row[3].value
    assert not progress_file.exists()


def test_a_right_answer_is_kept(row, progress_file):
    first = load("00_start_here")[0]
    assert f"Right. {first.because}" in answer(row, first.answer)
    kept = json.loads(progress_file.read_text())["quizzes"]
    assert kept == {"00_start_here/1": True}
    again = panel("00_start_here").children
    assert again[1].value == first.answer
    assert again[5].value is None


def test_choosing_alone_answers_nothing(row):
    row[1].value = row[1].options[0]
    assert row[3].value == ""


def test_to_answer_one_must_choose(row):
    row[2].click()
    assert "Choose an answer first." in row[3].value


def test_without_widgets_the_quiz_is_text(capsys):
    quiz("00_start_here")
    out = capsys.readouterr().out
    assert out.startswith("1. Why does a lesson ask for a prediction")
    assert "( ) The prediction is graded at the end." in out


def test_an_unknown_quiz_names_the_lessons_that_exist():
    with pytest.raises(LookupError, match="no lesson '77_nothing'; there are: 00_st"):
        quiz("77_nothing")


def test_a_lesson_without_a_quiz_is_told():
    with pytest.raises(LookupError, match="'19_capstone' has no quiz"):
        quiz("19_capstone")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"wrong": {"no": "not so"}}, "two or more wrong answers"),
        ({"wrong": WRONG | {"yes": "?"}}, "both right and wrong"),
        ({"because": ""}, "every answer needs its explanation"),
        ({"wrong": WRONG | {"no": ""}}, "every answer needs its explanation"),
    ],
)
def test_an_incomplete_question_is_refused(changed, message):
    with pytest.raises(ValueError, match=message):
        question(**changed)
