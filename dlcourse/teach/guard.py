"""A learner's code, called so that it disturbs nobody.

Not for longer than its time, not aloud, and what it sets or seeds is afterwards as it
was before.
"""

import builtins
import contextlib
import ctypes
import io
import random
import signal
import sys
import threading
import warnings

import numpy as np
from IPython import get_ipython
from IPython.core.displaypub import DisplayPublisher

from dlcourse.random import fork_rng

__all__ = ["Printed", "TimeUp", "undisturbed", "within"]

MOST = 10_000  # characters of a print-out that are kept: endless printing fills nothing
AGAIN = 0.05  # seconds until TimeUp is raised again, where a bare `except:` took it


class TimeUp(BaseException):
    """The time is up; no Exception, so that the learner's ``except`` lets it pass."""


def within(seconds, call):
    """What ``call()`` gives; raises TimeUp when it has run for ``seconds``.

    On the main thread of Unix a timer does it, whose signal ends a ``sleep`` too. On
    Windows and in other threads a second thread does, and what it raises waits for the
    interpreter's next step. A single call into compiled code is not cut short.
    """
    main = threading.current_thread() is threading.main_thread()
    clock = (_Timer if main and hasattr(signal, "setitimer") else _Watcher)(seconds)
    try:  # no context manager: TimeUp could come before its end has begun
        clock.start()
        return call()
    finally:
        try:
            clock.stop()
        except TimeUp:  # was on its way; the next is AGAIN seconds off
            clock.stop()


class _Timer:
    def __init__(self, seconds):
        self.seconds = max(seconds, 1e-3)  # 0 would be no timer
        self.handler = signal.getsignal(signal.SIGALRM)
        self.running = signal.getitimer(signal.ITIMER_REAL)
        self.tracing, self.rung = sys.gettrace(), False

    def start(self):
        signal.signal(signal.SIGALRM, self.ring)
        signal.setitimer(signal.ITIMER_REAL, self.seconds, AGAIN)

    def ring(self, _, frame):
        if self.rung:
            _trap(frame)
        self.rung = True
        raise TimeUp

    def stop(self):
        signal.setitimer(signal.ITIMER_REAL, 0)
        if self.rung:
            sys.settrace(self.tracing)
        signal.signal(signal.SIGALRM, self.handler or signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, *self.running)


def _trap(frame):
    """Make the line that swallows TimeUp raise it once more, as no loop does."""

    def again(frame, event, _):
        if event == "line":
            raise TimeUp
        return again

    while frame and frame.f_code is not within.__code__:
        frame.f_trace, frame = again, frame.f_back
    sys.settrace(again)


class _Watcher:
    def __init__(self, seconds):
        self.pause = max(seconds, 0)
        self.here, self.end = ctypes.c_ulong(threading.get_ident()), threading.Event()
        self.over = False
        self.thread = threading.Thread(target=self.watch, daemon=True)

    def start(self):
        self.thread.start()

    def watch(self):
        while not (self.end.wait(self.pause) or self.over):
            self.throw(ctypes.py_object(TimeUp))
            self.pause = AGAIN

    def stop(self):
        self.over = True  # at once; after it, one TimeUp at most is on its way
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
