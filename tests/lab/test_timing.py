"""The timers, with a clock that the test sets."""

import itertools

import pytest

from dlcourse import lab
from dlcourse.lab import timing


@pytest.fixture
def clock(monkeypatch):
    """A list of the times at which the clock will be read."""
    times = []
    monkeypatch.setattr(timing.time, "perf_counter", lambda: times.pop(0))
    return times


def test_stopwatch_runs_until_with_is_left(clock):
    clock += [0, 10, 11, 13.5]
    with lab.stopwatch() as watch:
        assert watch.seconds == 1
    assert watch.seconds == 3.5
    assert repr(watch) == "≈ 3.50 s"


def test_stopwatch_without_with_goes_on(clock):
    clock += [5, 6, 8]
    watch = lab.stopwatch()
    assert watch.seconds == 1
    assert watch.seconds == 3


def test_median_time_leaves_out_the_first_call_and_outliers(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(timing.time, "perf_counter", lambda: now[0])
    durations = itertools.chain([100.0, 1.0, 2.0, 50.0])

    def f():
        now[0] += next(durations)

    assert lab.median_time(f, repeats=3) == 2.0
    assert next(durations, None) is None


def test_median_time_refuses_no_repeats():
    with pytest.raises(ValueError, match="repeats of at least 1, got 0"):
        lab.median_time(list, repeats=0)
