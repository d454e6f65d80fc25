"""A learner's code, called so that it disturbs nobody.

Not for longer than its time, not with all the memory there is, not aloud, and what it
sets or seeds is afterwards as it was before.
"""

import builtins
import contextlib
import ctypes
import functools
import io
import os
import random
import signal
import sys
import threading
import time
import warnings

import numpy as np
import psutil
from IPython import get_ipython
from IPython.core.displaypub import DisplayPublisher

from dlcourse.random import fork_rng

__all__ = ["MemoryUp", "Printed", "Stopped", "TimeUp", "undisturbed", "within"]

MOST = 10_000  # characters of a print-out that are kept: endless printing fills nothing
EVERY = 0.05  # seconds between two looks at the limits
AGAIN = 0.5  # seconds until Stopped is raised again, where a bare `except:` took it


class Stopped(BaseException):
    """A limit is passed; no Exception: the learner's ``except`` lets it through."""


class TimeUp(Stopped):
    """It took too long."""


class MemoryUp(Stopped):
    """It took too much memory."""


def within(seconds, call, megabytes=float("inf")):
    """What ``call()`` gives; raises TimeUp when it has run for ``seconds``.

    Raises MemoryUp when the process has grown by ``megabytes`` meanwhile. On the main
    thread of Unix a timer looks, whose signal ends a ``sleep`` too. On Windows and in
    other threads a second thread does, and what it raises waits for the interpreter's
    next step. A single call into compiled code is not cut short.
    """
    limits = _Limits(seconds, megabytes)
    main = threading.current_thread() is threading.main_thread()
    clock = (_Timer if main and hasattr(signal, "setitimer") else _Watcher)(limits)
    try:  # no context manager: Stopped could come before its end has begun
        clock.start()
        return call()
    finally:
        try:
            clock.stop()
        except Stopped:  # was on its way; the next is AGAIN seconds off
            clock.stop()


class _Limits:
    """The time and the memory that a call may take, counted from now on."""

    def __init__(self, seconds, megabytes):
        self.end = time.monotonic() + seconds
        self.most = _memory() + megabytes * 2**20
        self.first = min(max(seconds, 1e-3), EVERY)  # a timer of 0 would be none
        self.passed = None  # TimeUp or MemoryUp, once one is: for good

    def look(self):
        """What is to be raised now: TimeUp, MemoryUp, or None."""
        now = time.monotonic()
        if now >= self.end:
            self.passed = self.passed or TimeUp
        elif not self.passed and _memory() > self.most:
            self.passed = MemoryUp
        else:
            return None
        self.end = now + AGAIN
        return self.passed


def _memory():
    """Bytes of this process that are in memory."""
    return _process(os.getpid()).memory_info().rss


@functools.cache
def _process(pid):
    """It is looked up once: that costs a millisecond, and every attempt asks."""
    return psutil.Process(pid)


class _Timer:
    def __init__(self, limits):
        self.limits = limits
        self.handler = signal.getsignal(signal.SIGALRM)
        self.running = signal.getitimer(signal.ITIMER_REAL)
        self.tracing, self.rung = sys.gettrace(), False

    def start(self):
        signal.signal(signal.SIGALRM, self.ring)
        signal.setitimer(signal.ITIMER_REAL, self.limits.first, EVERY)

    def ring(self, _, frame):
        if not (stopped := self.limits.look()):
            return
        if self.rung:
            _trap(frame, stopped)
        self.rung = True
        raise stopped

    def stop(self):
        signal.setitimer(signal.ITIMER_REAL, 0)
        if self.rung:
            sys.settrace(self.tracing)
        signal.signal(signal.SIGALRM, self.handler or signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, *self.running)


def _trap(frame, stopped):
    """Make the line that swallows ``stopped`` raise it once more, as no loop does.

    A line of the learner's, and none once their function is left: the course's own, on
    its way out of a ``with``, would raise another, that has never seen the function.
    """
    theirs = []
    while frame and frame.f_code is not within.__code__:
        if frame.f_globals.get("__name__", "").partition(".")[0] != "dlcourse":
            theirs.append(frame)
        frame = frame.f_back

    def again(frame, event, _):
        if event == "line":
            raise stopped
        if event == "return" and frame is theirs[-1]:
            sys.settrace(None)
        return again

    if theirs:
        for each in theirs:
            each.f_trace = again
        sys.settrace(again)


class _Watcher:
    def __init__(self, limits):
        self.limits = limits
        self.here, self.end = ctypes.c_ulong(threading.get_ident()), threading.Event()
        self.over = False
        self.thread = threading.Thread(target=self.watch, daemon=True)

    def start(self):
        self.thread.start()

    def watch(self):
        pause = self.limits.first
        while not (self.end.wait(pause) or self.over):
            if stopped := self.limits.look():
                self.throw(ctypes.py_object(stopped))
            pause = EVERY

    def stop(self):
        self.over = True  # at once; after it, one Stopped at most is on its way
        self.end.set()
        self.thread.join()
        self.throw(None)  # takes back what has not arrived

    def throw(self, error):
        ctypes.pythonapi.PyThreadState_SetAsyncExc(self.here, error)


class Printed(io.StringIO):
    """A stream that keeps the first MOST characters, and takes any number."""

    def write(self, text):
        super().write(text[: max(0, MOST - self.tell())])
        return len(text)


@contextlib.contextmanager
def undisturbed():
    """Leave the session as it was, whatever runs in the block.

    That is: the random generators (NumPy's, Python's, the package's, PyTorch's where it
    is loaded), NumPy's print and error options, warnings (silent in the block), the
    working directory, open figures. Nothing is displayed, and nobody is asked.
    """
    with (
        _generators(),
        np.printoptions(),
        np.errstate(all="ignore"),
        warnings.catch_warnings(action="ignore"),
        contextlib.chdir("."),
        _no_figures(),
        _no_display(),
        _no_input(),
    ):
        yield


@contextlib.contextmanager
def _generators():
    torch = sys.modules.get("torch")
    states = np.random.get_state(), random.getstate(), torch and torch.get_rng_state()
    try:
        with fork_rng():
            yield
    finally:
        np.random.set_state(states[0])
        random.setstate(states[1])
        if torch:
            torch.set_rng_state(states[2])


@contextlib.contextmanager
def _no_figures():
    """Show no figures, and close those that were opened: the notebook would show them.

    They are not even drawn, which takes longer than most answers.
    """
    pyplot, before = sys.modules.get("matplotlib.pyplot"), _figures()
    if pyplot:
        show, pyplot.show = pyplot.show, lambda *_, **__: None
    try:
        yield
    finally:
        if pyplot:
            pyplot.show = show
        for number in _figures() - before:
            sys.modules["matplotlib.pyplot"].close(number)


def _figures():
    pyplot = sys.modules.get("matplotlib.pyplot")
    return set(pyplot.get_fignums()) if pyplot else set()


class _Silent(DisplayPublisher):
    def publish(self, *args, **kwargs):
        pass

    def clear_output(self, wait=False):
        pass


@contextlib.contextmanager
def _no_display():
    shell = get_ipython()
    if shell is None:
        yield
        return
    publisher, shell.display_pub = shell.display_pub, _Silent()
    try:
        yield
    finally:
        shell.display_pub = publisher


@contextlib.contextmanager
def _no_input():
    def refuse(*_):
        raise RuntimeError("input() asks, and nobody answers")

    asking, builtins.input = builtins.input, refuse
    try:
        yield
    finally:
        builtins.input = asking
