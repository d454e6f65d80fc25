"""What learners hand in, and what they are told."""

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
