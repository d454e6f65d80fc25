"""What learners hand in, and what they are told."""

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


def inputs(name, seeds=range(20)):
    """All that an exercise is tried on with these seeds."""
    return [case for seed in seeds for case in find(name).cases(seed)]


def each_right(answers):
    """A test of each right answer: {exercise: answers}."""
    return pytest.mark.parametrize(
        ("name", "f"), [(name, f) for name, fs in answers.items() for f in fs]
    )


def each_wrong(answers):
    """A test of each wrong answer: {exercise: (answer, what it is told) pairs}."""
    return pytest.mark.parametrize(
        ("name", "f", "message"),
        [(name, *case) for name, cases in answers.items() for case in cases],
    )
