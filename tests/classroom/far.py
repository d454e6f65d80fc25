"""A worker in a forked process: it has functions that no notebook holds."""

import contextlib
import os

from dlcourse.classroom.inside import Channel
from dlcourse.classroom.line import Line
from dlcourse.classroom.worker import Worker


class Given(Worker):
    """Its functions are given, one for each request, instead of read."""

    def __init__(self, channel, functions):
        super().__init__(channel)
        self.functions = iter(functions)

    def _apart(self):
        return True  # one process: the functions follow one another in it

    def do_load(self, request, blobs):
        self.take(next(self.functions), request["driver"])
        return {"loaded": True, "trouble": None, **self._about(self.f)}, ()


@contextlib.contextmanager
def line_to(functions):
    """A Line to a process in which ``functions`` are called, one after the other."""
    (there, sink), (source, back) = os.pipe(), os.pipe()
    if not (child := os.fork()):
        os.close(sink)
        os.close(source)
        try:
            Given(Channel(there, back), functions).serve()
        finally:
            os._exit(1)
    os.close(there)
    os.close(back)
    line = Line(source, sink)
    try:
        line.greet()
        yield line
    finally:
        os.close(sink)
        os.close(source)
        os.waitpid(child, 0)
