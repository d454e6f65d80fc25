"""Work done in processes of its own, some at a time: one that fails harms no other.

A process is a copy of this one (fork), so it starts at once, with all that is imported.
It gives back what JSON can hold.
"""

import contextlib
import json
import os
import selectors
import signal
import threading
import time

from dlcourse.teach.guard import TimeUp

__all__ = ["computing_at_most", "each_alone"]

MOST_MEMORY = 8 * 2**30  # of address space, for one piece of work
PAUSE = 0.5  # seconds between two looks at the clock


def each_alone(work, do, jobs=1, seconds=3600, memory=MOST_MEMORY):
    """Yield (item, result, problem) for each item of ``work``, as they are done.

    ``do(item)`` runs in ``jobs`` processes at once. Where it raises, dies, or takes
    more than ``seconds``, the result is None and the problem a sentence. ``memory``:
    the bytes of address space that one may take.
    """
    waiting, running = iter(work), {}
    with selectors.DefaultSelector() as selector:
        try:
            while True:
                while len(running) < jobs:
                    for item in waiting:
                        one = _One(item, do, seconds, memory)
                        running[one.pipe] = one
                        selector.register(one.pipe, selectors.EVENT_READ)
                        break
                    else:
                        break
                if not running:
                    return
                ready = {key.fd for key, _ in selector.select(PAUSE)}
                for one in list(running.values()):
                    if (one.pipe in ready and one.read()) or one.late():
                        selector.unregister(one.pipe)
                        del running[one.pipe]
                        yield one.result()
        finally:
            for one in running.values():
                one.kill()


@contextlib.contextmanager
def computing_at_most(seconds):
    """Raise TimeUp in the block once this process itself has computed for so long.

    Its main thread alone can be interrupted, between two of Python's own steps; what
    waits for another process does not compute.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(*_):
        raise TimeUp

    before = signal.signal(signal.SIGVTALRM, ring)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, 0.5)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


class _One:
    """One piece of work, under way."""

    def __init__(self, item, do, seconds, memory):
        self.item, self.until = item, time.monotonic() + seconds
        self.said = bytearray()
        self.pipe, sink = os.pipe()
        self.child = os.fork()
        if not self.child:
            _work(lambda: do(item), sink, seconds, memory)
        os.close(sink)

    def read(self):
        """Take what has come; whether that was all."""
        part = os.read(self.pipe, 2**16)
        self.said += part
        return not part

    def late(self):
        """Whether its time is over; then it is ended."""
        if time.monotonic() < self.until:
            return False
        os.kill(self.child, signal.SIGKILL)
        return True

    def result(self):
        os.close(self.pipe)
        code = os.waitstatus_to_exitcode(os.waitpid(self.child, 0)[1])
        try:
            said = json.loads(self.said)
            return self.item, said["result"], said["problem"]
        except ValueError:
            why = f"signal {-code}" if code < 0 else f"exit status {code}"
            return self.item, None, f"the grader's own process ended ({why})"

    def kill(self):
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.child, signal.SIGKILL)
        os.waitpid(self.child, 0)
        os.close(self.pipe)


def _work(do, sink, seconds, memory):
    """In the child: work, tell, and end, whatever happens."""
    import resource  # not on Windows, where nothing is graded

    code = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends its children
        computing = int(seconds) * (os.cpu_count() or 1)  # should the parent be gone
        for kind, most in (("AS", memory), ("CPU", computing)):
            hard = resource.getrlimit(limit := getattr(resource, f"RLIMIT_{kind}"))[1]
            if hard == resource.RLIM_INFINITY or most < hard:
                resource.setrlimit(limit, (most, hard))
        try:
            said = {"result": do(), "problem": None}
        except Exception as error:
            said = {"result": None, "problem": f"{type(error).__name__}: {error}"}
        view = memoryview(json.dumps(said).encode())
        while view:
            view = view[os.write(sink, view) :]
        code = 0
    finally:
        os._exit(code)
