"""Timers. Times are reported, never asserted: another machine has others."""

import statistics
import time

from dlcourse.lab.statistics import measured


class Stopwatch:
    """A running clock: ``seconds`` since it was started, until ``with`` is left."""

    def __init__(self):
        self._started = time.perf_counter()
        self._stopped = None

    @property
    def seconds(self):
        """Seconds so far, or in all once it was stopped."""
        stopped = time.perf_counter() if self._stopped is None else self._stopped
        return stopped - self._started

    def __enter__(self):
        self._started, self._stopped = time.perf_counter(), None
        return self

    def __exit__(self, *error):
        self._stopped = time.perf_counter()

    def __repr__(self):
        return measured(self.seconds, "s")


def stopwatch():
    """A :class:`Stopwatch`: ``with stopwatch() as watch: ...``, then watch.seconds."""
    return Stopwatch()


def median_time(f, repeats=7):
    """The median seconds that a call f() takes, over ``repeats`` calls after a first.

    The first is not counted (caches are cold); the median ignores what else the machine
    was doing now and then.
    """
    if repeats < 1:
        raise ValueError(f"median_time expects repeats of at least 1, got {repeats}")
    f()
    seconds = []
    for _ in range(repeats):
        with stopwatch() as watch:
            f()
        seconds.append(watch.seconds)
    return statistics.median(seconds)
