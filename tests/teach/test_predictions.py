"""predict() and reveal(): commit first, measure then."""

import json

import pytest

from dlcourse.lab import Sample
from dlcourse.teach import predict, reveal
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
    ("typed", "kept"), [("300", 300), ("1e-3", 1e-3), ("2,5", 2.5), (" -4 ", -4)]
)
def test_a_number_is_predicted(typed, kept, progress_file):
    field, commit, feedback = ask("steps", "How many?", unit="steps").children[1:]
    entry, unit = field.children
    assert unit.value == "steps"
    entry.value = typed
    commit.click()
    assert json.loads(progress_file.read_text())["predictions"] == {"steps": kept}
    assert f"Committed: <em>{kept:g} steps</em>" in feedback.value


@pytest.mark.parametrize("typed", ["", "many", "nan", "inf"])
def test_what_is_no_number_is_not_taken(typed, progress_file):
    field, commit, feedback = ask("steps", "How many?").children[1:]
    field.children[0].value = typed
    commit.click()
    assert "Give a number first" in feedback.value
    assert not progress_file.exists()


def test_without_widgets_the_question_is_text(capsys):
    predict("scatter", "How *much* smaller?", OPTIONS)
    assert capsys.readouterr().out == (
        "Predict. How much smaller?\n"
        "  ( ) the same\n  ( ) 10 times smaller\n  ( ) 100 times smaller\n"
    )
    bundle = ask("s", "How much?", OPTIONS)._repr_mimebundle_()
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
    ],
)
def test_bad_options_are_refused(options, error):
    with pytest.raises(error, match="predict 'q'"):
        predict("q", "?", options)


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
    import numpy as np

    predict("error", "How large?")
    seeds = Sample(np.array([1.0, 1.1, 1.2]))
    assert f"The answer: {seeds}." in reveal("error", seeds).text


def test_reveal_knows_its_question():
    with pytest.raises(LookupError, match=r"run predict\(\) first"):
        reveal("scatter", "yes")
    predict("scatter", "?", OPTIONS)
    with pytest.raises(ValueError, match="'a lot' is none of the options"):
        reveal("scatter", "a lot")


def test_a_build_keeps_no_prediction(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    predict("scatter", "?", OPTIONS)
    assert list(tmp_path.iterdir()) == []
