"""What learners hand in, and what they are told."""

import numpy as np
import pytest

from dlcourse.teach.checker import examine
from dlcourse.teach.exercise import find


def passes(name, f):
    """Whether the numbers are right; they may come from the course's own function."""
    result = examine(find(name), f)
    assert result.verdict in ("passed", "the course's own"), result.text


def is_told(name, f, message):
    result = examine(find(name), f)
    assert result.verdict in ("known mistake", "wrong")
    assert message in result.text


def in_single_precision(f):
    """``f`` of the same inputs, arrays of floats as float32."""

    def lowered(value):
        if isinstance(value, list):
            return [lowered(item) for item in value]
        floats = isinstance(value, np.ndarray) and value.dtype.kind == "f"
        return np.float32(value) if floats else value

    return lambda *given: f(*map(lowered, given))


def inputs(name, seeds=range(20)):
    """All that an exercise is tried on with these seeds."""
    return [case for seed in seeds for case in find(name).cases(seed)]


def right_pass(answers, seeds=(None, 5, 6)):
    """A test that each right answer passes, of any form: {exercise: answers}."""

    @pytest.mark.parametrize("seed", seeds)
    @pytest.mark.parametrize(
        ("name", "f"), [(name, f) for name, fs in answers.items() for f in fs]
    )
    def test_a_right_answer_of_another_form_passes(name, f, seed):
        result = examine(find(name), f, seed)
        assert result.passed, result.text

    return test_a_right_answer_of_another_form_passes


def wrong_are_told(answers):
    """A test of what wrong ones are told: {exercise: (answer, its words) pairs}."""

    @pytest.mark.parametrize(
        ("name", "f", "message"),
        [(name, *case) for name, cases in answers.items() for case in cases],
    )
    def test_a_wrong_answer_is_told_what_it_needs(name, f, message):
        is_told(name, f, message)

    return test_a_wrong_answer_is_told_what_it_needs
