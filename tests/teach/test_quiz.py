"""quiz(): every wrong answer has its own explanation, and the static text no answer."""

import json
from importlib import import_module

import pytest

from dlcourse.teach import course, quiz
from dlcourse.teach.book import look_up, record
from dlcourse.teach.quiz import Question, Score, load, panel, panel_before

module = import_module("dlcourse.teach.quiz")
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
    assert panel("00_start_here").children[1].value is None


def today():
    return module.date.today().isoformat()


def test_a_right_answer_is_kept(row, progress_file):
    first = load("00_start_here")[0]
    assert f"Right. {first.because}" in answer(row, first.answer)
    kept = json.loads(progress_file.read_text())["quizzes"]
    right = {"first": True, "right": True, "missed": False, "seen": today()}
    assert kept == {first.key: right}
    again = panel("00_start_here").children
    assert again[1].value == first.answer
    assert again[5].value is None


def test_what_counts_is_the_answer_before_the_explanation(row):
    first = load("00_start_here")[0]
    answer(row, min(first.wrong))
    wrong = {"first": False, "right": False, "missed": True, "seen": today()}
    assert first.history == wrong
    answer(row, first.answer)
    assert first.history == wrong | {"right": True}
    shown_right = panel("00_start_here").children
    answer(shown_right, min(first.wrong))
    answer(shown_right, first.answer)
    assert first.history == wrong | {"right": True}
    first.keep(True, explained=False)  # another day
    assert first.history == wrong | {"right": True, "missed": False}


@pytest.mark.parametrize("kept", [True, 3, None, [1], {"right": 1}, {"newer": {}}])
def test_an_answer_kept_in_another_form_does_no_harm(kept, progress_file):
    first = load("00_start_here")[0]
    record("quizzes", first.key, kept)
    record("before", first.key, kept)
    answer(panel("00_start_here").children[:4], first.answer)
    assert first.history["right"]
    Score.of(load("00_start_here"))
    panel_before("00_start_here")


def test_the_key_of_a_question_follows_from_its_text_and_lesson_alone():
    key = question(lesson="00_x").key
    assert key == question(lesson="00_x", because="another reason").key
    assert key.startswith("00_x/")
    assert len({key, question(lesson="01_y").key, question(text="How?").key}) == 3


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


# ------------------------------------------------------------------- before the lesson


@pytest.fixture
def before(progress_file):
    """The first question's widgets before the lesson."""
    return panel_before("00_start_here").children[1].children[0].children[:4]


def test_before_the_lesson_it_is_folded_and_says_that_one_need_not(capsys):
    heading, folded = panel_before("00_start_here").children
    assert folded.selected_index is None
    assert "if you like" in heading.value
    bundle = panel_before("00_start_here")
    assert bundle.static_html.count("<details><summary>The quiz</summary><ol>") == 1
    quiz("00_start_here", before=True)
    said = capsys.readouterr().out
    assert said.startswith("Before you read on, if you like")
    asked = panel("00_start_here").static_text
    assert said.endswith(f"\n{asked}\n")


def test_before_the_lesson_no_answer_is_called_right_or_wrong(before):
    first = load("00_start_here")[0]
    before[2].click()
    assert "Choose an answer first." in before[3].value
    said = answer(before, min(first.wrong))
    assert ">Noted.<" in said
    assert before[1].disabled and before[2].disabled
    assert look_up("before", first.key) == min(first.wrong)
    assert first.history == {}
    again = panel_before("00_start_here").children[1].children[0].children
    assert (again[1].value, again[1].disabled) == (min(first.wrong), True)
    assert again[5].value is None and not again[5].disabled
    assert panel("00_start_here").children[1].value is None


def test_before_the_lesson_is_not_after_it(before):
    first = load("00_start_here")[0]
    first.keep(True, explained=False)
    closed = panel_before("00_start_here").children[1].children[0].children
    assert closed[1].disabled and closed[1].value is None
    assert "met this question already" in closed[3].value


def test_the_gain_is_shown_once_both_were_taken(progress_file):
    questions = load("00_start_here")
    rows = panel("00_start_here").children
    assert rows[-1].value == ""
    for each in questions:
        record("before", each.key, min(each.wrong))
    for i, each in enumerate(questions):
        assert rows[-1].value == ""
        if i == 0:
            answer(rows[:4], min(each.wrong))
        answer(rows[4 * i : 4 * i + 4], each.answer)
    n = len(questions)
    sentence = (
        f"Right at the first try: 0 of {n} before the lesson, {n - 1} of {n} after it."
    )
    assert sentence in rows[-1].value
    assert sentence in panel("00_start_here").children[-1].value


@pytest.mark.parametrize("taken", [True, False])
def test_there_is_no_gain_where_one_was_not_taken(taken, progress_file):
    for each in load("00_start_here"):
        if taken:
            each.keep(True, explained=False)
        else:
            record("before", each.key, each.answer)
    assert Score.of(load("00_start_here")).gain == ""
    assert panel("00_start_here").children[-1].value == ""
