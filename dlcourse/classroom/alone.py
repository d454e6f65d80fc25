"""Work done in processes of its own, some at a time: one that fails harms no other.

A process is a copy of this one (fork), so it starts at once, with all that is imported.
It gives back what JSON can hold.
"""

import contextlib
import json
import os
import selectors
import signal
import time

__all__ = ["each_alone"]

MOST_MEMORY = 8 * 2**30  # of address space, for one piece of work
PAUSE = 0.5  # seconds between two looks at the clock


def each_alone(work, do, jobs=1, seconds=3600):
    """Yield (item, result, problem) for each item of ``work``, as they are done.

    ``do(item)`` runs in ``jobs`` processes at once. Where it raises, dies, or takes
    more than ``seconds``, the result is None and the problem a sentence.
    """
    waiting, running = iter(work), {}
    with selectors.DefaultSelector() as selector:
        try:
            while True:
                while len(running) < jobs:
                    for item in waiting:
                        one = _One(item, do, time.monotonic() + seconds)
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


class _One:
    """One piece of work, under way."""

    def __init__(self, item, do, until):
        self.item, self.until, self.said = item, until, bytearray()
        self.pipe, sink = os.pipe()
        self.child = os.fork()
        if not self.child:
            _work(lambda: do(item), sink)
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


def _work(do, sink):
    """In the child: work, tell, and end, whatever happens."""
    import resource  # not on Windows, where nothing is graded

    code = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends its children
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        if hard == resource.RLIM_INFINITY:
            resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, hard))
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
