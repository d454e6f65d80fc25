"""The grader's end of a connection to a submission's process: strict, never stuck."""

import contextlib
import os
import select
import time

import psutil

from dlcourse.classroom import wire
from dlcourse.classroom.alone import each_alone
from dlcourse.classroom.reader import Reader
from dlcourse.classroom.writer import Writer
from dlcourse.teach.guard import Stopped

__all__ = ["Ended", "Line", "Unlimited"]

LARGEST = 8 * 2**20  # bytes of one answer
LONGEST = 2 * 2**20  # of them, JSON
MOST_CALLS = 20_000  # of functions that stayed here, in one request
CALL, CALLS = 5, 30  # seconds for one call of the course's own function, and for all
ROOM = 2**29  # bytes that it may take
MODEST = 2**13, 10**6  # bytes of arrays, and a whole number, for which it is quick
PAUSE = 0.1  # seconds between two looks at the limits


class Ended(Stopped):
    """The submission's process is gone; ``words`` say how, as a sentence's end.

    No Exception, so that no check swallows it.
    """

    def __init__(self, words):
        super().__init__(words)
        self.words = words


class Unlimited:
    """What a Line asks whether it may still wait: this one always lets it."""

    def begin(self):
        """A request is sent."""

    def look(self):
        """None, or words for the limit that is passed."""

    def stop(self):
        """End the process; returns what is known of its end, or ""."""
        return ""


class Line:
    """Sends requests through ``sink``, and reads answers from ``source``.

    Attributes:
        ended: None, or the Ended that was raised; then every request raises it.
    """

    def __init__(self, source, sink, limits=None):
        self.source, self.sink, self.limits = source, sink, limits or Unlimited()
        self.pending, self.echo, self.ended = bytearray(), 0, None
        self.looked = 0.0  # when the limits were looked at
        self.outside = 0.0  # seconds that the course's own functions have taken
        os.set_blocking(sink, False)

    def greet(self):
        """Wait for the first word of the process; raises Ended."""
        self.limits.begin()
        if self._receive()[0] != {"hello": 1}:
            self.end("answered something unreadable")

    def ask(self, request, references, blobs=(), functions=()):
        """(answer, its blobs); meanwhile, calls of ``functions`` are answered.

        ``references(name)`` gives the course's function that is called by its name.
        """
        if self.ended:
            raise self.ended
        self.echo += 1
        self.limits.begin()
        self._send(wire.frame({**request, "echo": self.echo}, blobs))
        for _ in range(MOST_CALLS):
            answer, parts = self._receive()
            if not answer.keys() & {"callback", "reference"}:
                if answer.get("echo") != self.echo:
                    self.end("answered something that was not asked")
                return answer, parts
            self._send(self._called(answer, parts, references, functions))
        self.end(f"called its arguments more than {MOST_CALLS:,} times")

    def leave(self):
        """Let go of the function that is loaded, with all that it has left behind."""
        self.limits.begin()
        self._send(wire.frame({"do": "leave"}))
        if self._receive()[0] != {"left": 1}:
            self.end("answered something that was not asked")

    def _called(self, answer, parts, references, functions):
        """The frame that answers a call of a function that stayed here."""
        with self.expecting():
            args = [Reader(parts).value(tree) for tree in answer["args"]]
            far = "reference" in answer
            f = None if far else functions[answer["callback"]]
        try:
            f = references(answer["reference"]) if far else f
        except Exception as error:
            return _error(error)
        try:
            odd = far and not _modest(answer["args"], parts)
            return self._apart(f, args) if odd else _answered(f, args)
        except Stopped:
            self.end("kept the grader computing for too long")

    def _apart(self, f, args):
        """What the course's own function gives, in a process that can be ended.

        Its arguments were chosen by the submission, and are large: a single step may
        take for ever, which nothing here could cut short.
        """
        memory, begun = psutil.Process().memory_info().vms + ROOM, time.monotonic()
        done = each_alone([f], lambda f: _answered(f, args).hex(), 1, CALL, memory)
        ((_, frame, problem),) = done
        self.outside += time.monotonic() - begun
        if problem or self.outside > CALLS:
            self.end("gave the course's own function more than it can do")
        return bytes.fromhex(frame)

    @contextlib.contextmanager
    def expecting(self):
        """In the block, an answer of another form than expected ends the process."""
        try:
            yield
        except (wire.Malformed, LookupError, TypeError, ValueError, AttributeError):
            self.end("answered something unreadable")

    def end(self, words):
        """End the process, and raise Ended."""
        known = self.limits.stop()
        self.ended = Ended(f"{words} ({known})" if known else words)
        raise self.ended from None

    def _send(self, frame):
        view = memoryview(frame)
        while view:
            try:
                view = view[os.write(self.sink, view) :]
            except BlockingIOError:
                self._look()
                select.select([], [self.sink], [], PAUSE)
            except OSError:
                self.end("ended its process")

    def _receive(self):
        magic, text, rest = wire.HEAD.unpack(self._exactly(wire.HEAD.size))
        if magic != wire.MAGIC:
            self.end("answered something unreadable")
        if text + rest > LARGEST or text > LONGEST:
            size = f"{text + rest:,} bytes, and {LARGEST:,} are the most"
            self.end(f"answered with {size}")
        with self.expecting():
            message, blobs = wire.unframe(self._exactly(text), self._exactly(rest))
            return dict(message), blobs

    def _exactly(self, count):
        while len(self.pending) < count:
            self._look()
            if select.select([self.source], [], [], PAUSE)[0]:
                part = os.read(self.source, 2**16)
                if not part:
                    self.end("ended its process")
                self.pending += part
        part = bytes(self.pending[:count])
        del self.pending[:count]
        return part

    def _look(self):
        if time.monotonic() < self.looked + PAUSE:
            return
        self.looked = time.monotonic()
        if passed := self.limits.look():
            self.end(passed)


def _modest(trees, blobs):
    """Whether nothing among these arguments is large."""
    most, largest = MODEST

    def small(tree):
        if isinstance(tree, dict):
            return all(map(small, tree.values()))
        if isinstance(tree, list):
            return all(map(small, tree))
        return not isinstance(tree, int) or abs(tree) <= largest

    return sum(map(len, blobs)) <= most and small(trees)


def _answered(f, args):
    """The frame that tells what ``f`` gives for ``args``."""
    writer = Writer()
    try:
        return wire.frame({"value": writer.value(f(*args))}, writer.blobs)
    except Exception as error:
        return _error(error)


def _error(error):
    return wire.frame({"error": [type(error).__name__, str(error)[:1000]]})
