"""predict() and reveal(): commit first, measure then."""

import json

import numpy as np
import pytest

from dlcourse.lab import Sample
from dlcourse.teach import book, predict, reveal
from dlcourse.teach.predictions import ask

OPTIONS = ["the same", "10 times smaller", "100 times smaller"]


@pytest.fixture
def panel(progress_file):
    """The widgets of a question with options: (radio, button, feedback)."""
    predict("scatter", "How much smaller?", OPTIONS)
    return ask("scatter", "How much smaller?", OPTIONS).children[1:]


def test_nothing_is_chosen_beforehand(panel):
    radio, commit, feedback = panel
    assert radio.value is None
    assert list(radio.options) == OPTIONS
    assert (commit.disabled, feedback.value) == (False, "")


def test_to_commit_one_must_choose(panel, progress_file):
    _radio, commit, feedback = panel
    commit.click()
    assert "Choose first" in feedback.value
    assert not progress_file.exists()


def test_a_committed_prediction_is_kept_and_cannot_be_changed(panel, progress_file):
    radio, commit, feedback = panel
    radio.value = OPTIONS[1]
    assert not progress_file.exists()
    commit.click()
    assert radio.disabled
    assert commit.disabled
    assert "Committed: <em>10 times smaller</em>" in feedback.value
    kept = json.loads(progress_file.read_text())["predictions"]
    assert kept == {"scatter": "10 times smaller"}


def test_it_is_there_again_when_the_cell_is_run_again(panel):
    radio, commit, _ = panel
    radio.value = OPTIONS[2]
    commit.click()
    again, closed, feedback = ask("scatter", "How much smaller?", OPTIONS).children[1:]
    assert again.value == OPTIONS[2]
    assert again.disabled
    assert closed.disabled
    assert "Committed" in feedback.value


def test_an_option_that_is_no_longer_there_is_forgotten(panel):
    radio, commit, _ = panel
    radio.value = OPTIONS[2]
    commit.click()
    again = ask("scatter", "How much smaller?", OPTIONS[:2]).children[1]
    assert again.value is None
    assert not again.disabled


@pytest.mark.parametrize(
    ("typed", "kept"), [("300", 300), ("1e-3", 1e-3), ("2,5", 2.5), ("7 steps", 7)]
)
def test_a_number_is_predicted(typed, kept, progress_file):
    field, commit, feedback = ask("steps", "How many?", unit="steps").children[1:]
    entry, unit = field.children
    assert unit.value == "steps"
    entry.value = typed
    commit.click()
    assert json.loads(progress_file.read_text())["predictions"] == {"steps": kept}
    assert f"Committed: <em>{kept:g} steps</em>" in feedback.value


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("many", "Give a number first: a guess is welcome."),
        ("1,024", "<em>1,024</em> can be read in two ways. Write 1024 or 1.024."),
    ],
)
def test_what_is_not_one_number_is_asked_for_again(typed, said, progress_file):
    field, commit, feedback = ask("steps", "How many?").children[1:]
    field.children[0].value = typed
    commit.click()
    assert said in feedback.value
    assert not field.children[0].disabled
    assert not progress_file.exists()


def test_without_widgets_the_question_is_text(capsys):
    predict("scatter", "How *much* smaller?", OPTIONS)
    assert capsys.readouterr().out == (
        "Predict. How much smaller?\n"
        "  ( ) the same\n  ( ) 10 times smaller\n  ( ) 100 times smaller\n"
    )
    bundle = ask("s", "How much?", OPTIONS).bundle()
    assert bundle["text/plain"].startswith("Predict. How much?")
    assert "<li>the same</li>" in bundle["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in bundle


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (["a"], ValueError),
        (["a", "a"], ValueError),
        ([], ValueError),
        ([1, 2], TypeError),
        ({"few": (0, 1)}, ValueError),
        ({1: (0, 1), 2: (1, 2)}, TypeError),
        ({"few": (0, 2), "many": (1, 9)}, ValueError),
        ({"few": (0, 2), "some": (0, 9)}, ValueError),
        ({"many": (1, None), "few": (None, 2)}, ValueError),
        ({"one": (1, 1), "the same": (1, 1)}, ValueError),
        ({"few": (2, 0), "many": (2, 9)}, ValueError),
        ({"few": (0, float("nan")), "many": (2, 9)}, ValueError),
        ({"few": 2, "many": (2, 9)}, TypeError),
        ({"few": (0, 1, 2), "many": (2, 9)}, TypeError),
        ({"few": (0, "a"), "many": (2, 9)}, TypeError),
    ],
)
def test_bad_options_are_refused(options, error, capsys):
    with pytest.raises(error, match="predict 'q'"):
        predict("q", "?", options)
    assert capsys.readouterr().out == ""


# ------------------------------------------------------------------------------ reveal


def test_without_a_prediction_the_text_is_always_the_same(capsys):
    predict("scatter", "How much smaller?", OPTIONS)
    capsys.readouterr()
    reveal("scatter", OPTIONS[1], because="The root of 100 is 10.")
    assert capsys.readouterr().out == (
        "The answer: 10 times smaller. You have made no prediction. The root of 100 "
        "is 10.\n"
    )


@pytest.mark.parametrize(
    ("chosen", "comparison"),
    [(1, "You predicted 10 times smaller: right."), (0, "You predicted the same.")],
)
def test_a_choice_is_compared(panel, chosen, comparison):
    radio, commit, _ = panel
    radio.value = OPTIONS[chosen]
    commit.click()
    assert comparison in reveal("scatter", OPTIONS[1]).text


@pytest.mark.parametrize(
    ("typed", "answer", "comparison"),
    [
        ("300", 304.0, "You predicted 300 steps: very near."),
        ("100", 300.0, "off by a factor of 3."),
        ("300", 100.0, "off by a factor of 3."),
        ("-1", 2.0, "off by 3."),
        ("0", 0.0, "off by 0."),
    ],
)
def test_a_number_is_compared(typed, answer, comparison, progress_file):
    predict("steps", "How many?", unit="steps")
    field, commit, _ = ask("steps", "How many?", unit="steps").children[1:]
    field.children[0].value = typed
    commit.click()
    text = reveal("steps", answer, unit="steps").text
    assert comparison in text
    assert text.startswith("The answer: ≈ ")


def test_a_sample_can_be_the_answer(progress_file):
    predict("error", "How large?")
    seeds = Sample(np.array([1.0, 1.1, 1.2]))
    assert f"The answer: {seeds}." in reveal("error", seeds).text


RANGES = {"more than half": (0.5, 1), "hardly any": (None, 0.1), "a few": (0.1, 0.3)}


@pytest.fixture
def ranged(progress_file):
    """The widgets of a question whose options have ranges."""
    predict("dead", "How many are dead?", RANGES)
    return ask("dead", "How many are dead?", RANGES).children[1:]


def test_ranges_are_not_shown(ranged, capsys):
    predict("dead", "How many are dead?", RANGES)
    assert capsys.readouterr().out == (
        "Predict. How many are dead?\n"
        "  ( ) more than half\n  ( ) hardly any\n  ( ) a few\n"
    )
    assert list(ranged[0].options) == list(RANGES)


def sample(*values):
    return Sample(np.array(values))


@pytest.mark.parametrize(
    ("measured", "answer", "option"),
    [
        (0.2, "*a few*, ≈ 0.200", "a few"),
        (np.float64(0.2), "*a few*, ≈ 0.200", "a few"),  # as NumPy measures
        (np.int64(1), "*more than half*, ≈ 1.00", "more than half"),
        (0.05, "*hardly any*, ≈ 0.0500", "hardly any"),
        (-1e9, "*hardly any*, ≈ -1000000000", "hardly any"),
        (0.1, "*a few*, ≈ 0.100", "a few"),
        (1, "*more than half*, ≈ 1.00", "more than half"),
        (0.4, "≈ 0.400, which none of the options covers", None),
        (1.5, "≈ 1.50, which none of the options covers", None),
        (float("nan"), "≈ nan, which none of the options covers", None),
        (
            sample(0.6, 0.7, 0.8),
            "*more than half*, ≈ 0.70, 95 % interval ≈ [0.45, 0.95] (3 seeds)",
            "more than half",
        ),
    ],
)
def test_the_measured_number_picks_the_option(measured, answer, option, ranged):
    shown = reveal("dead", measured, because="See above.")
    assert shown.structure == {"prediction": "dead", "answer": answer, "option": option}
    assert shown.text == (
        f"The answer: {answer.replace('*', '')}. You have made no prediction. See "
        "above."
    )


@pytest.mark.parametrize(
    ("chosen", "end"), [("a few", ": right."), ("hardly any", ".")]
)
def test_a_choice_among_ranges_is_compared(ranged, chosen, end):
    radio, commit, _ = ranged
    radio.value = chosen
    commit.click()
    assert f"You predicted {chosen}{end}" in reveal("dead", 0.2, because="So.").text
    assert f"You predicted {chosen}." in reveal("dead", 0.4).text


def test_where_options_have_ranges_the_answer_is_measured(ranged):
    with pytest.raises(TypeError, match="measured expects a number"):
        reveal("dead", "a few")


@pytest.mark.parametrize("kept", [{"value": "a few"}, ["a few"], True, None, 3, "many"])
@pytest.mark.parametrize("options", [RANGES, list(RANGES), None])
def test_a_prediction_of_another_form_is_asked_for_again(
    kept, options, progress_file, capsys
):
    book = {"exercises": {}, "predictions": {"dead": kept}, "quizzes": {}}
    progress_file.write_text(json.dumps(book))
    predict("dead", "How many?", options)
    commit = ask("dead", "How many?", options).children[2]
    readable = kept == 3 and kept is not True and options is None
    assert commit.disabled == readable
    said = reveal("dead", list(RANGES)[2] if isinstance(options, list) else 0.2).text
    if isinstance(kept, dict | list | bool):
        assert "is kept in a form that this version cannot read." in said
    elif kept is None:
        assert "You have made no prediction." in said
    else:
        assert f"You predicted {kept}" in said


def test_reveal_knows_its_question():
    with pytest.raises(LookupError, match=r"run predict\(\) first"):
        reveal("scatter", "yes")
    predict("scatter", "?", OPTIONS)
    with pytest.raises(ValueError, match="'a lot' is none of the options"):
        reveal("scatter", "a lot")


def test_a_build_keeps_no_prediction(tmp_path, monkeypatch):
    monkeypatch.setattr(book, "FOLDER", tmp_path)
    panel = ask("scatter", "?", OPTIONS)
    panel.children[1].value = OPTIONS[0]
    panel.children[2].click()
    assert list(tmp_path.iterdir()) == []
