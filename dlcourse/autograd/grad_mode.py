"""Whether operations are recorded: ``with no_grad():``. Each thread has its mode."""

import functools
import inspect
import threading


class _Mode(threading.local):
    recording = True


_mode = _Mode()


class no_grad:
    """Record nothing inside ``with no_grad():`` or in a ``@no_grad()`` function.

    ``@no_grad`` is the same. In a generator it holds while that runs, not between its
    steps, where the caller's own mode holds.
    """

    def __new__(cls, function=None):
        self = super().__new__(cls)
        self._before = []  # one mode for each time that it was entered
        return self if function is None else self(function)

    def __enter__(self):
        self._before.append(_mode.recording)
        _mode.recording = False

    def __exit__(self, *error):
        _mode.recording = self._before.pop()

    def __call__(self, function):
        @functools.wraps(function)
        def call(*args, **kwargs):
            with no_grad():
                return function(*args, **kwargs)

        @functools.wraps(function)
        def steps(*args, **kwargs):
            generator = function(*args, **kwargs)
            resume, value = generator.send, None
            while True:
                try:
                    with no_grad():
                        value = resume(value)
                except StopIteration as end:
                    return end.value
                try:
                    resume, value = generator.send, (yield value)
                except BaseException as error:  # close() too: GeneratorExit
                    resume, value = generator.throw, error

        return steps if inspect.isgeneratorfunction(function) else call


def is_grad_enabled():
    """Whether operations are being recorded now, in this thread."""
    return _mode.recording
