"""Is the machine quiet? Beside other programs a ratio of times means nothing.

A measurement of the same code gave 0.06 and 2.7 while others were computing.
"""

import os
import time

import psutil

LIMIT = 0.08  # of a core, by another process


class Watch:
    """What other processes compute, from one look to the next."""

    def __init__(self):
        self._time, self._used = time.monotonic(), _used()

    def busy(self):
        """The names and shares of the processes above LIMIT since the last look."""
        now, used = time.monotonic(), _used()
        elapsed = now - self._time
        found = {
            f"{name} ({pid})": (seconds - self._used.get((pid, name), seconds))
            / elapsed
            for (pid, name), seconds in used.items()
        }
        self._time, self._used = now, used
        return {name: share for name, share in found.items() if share > LIMIT}


def _used():
    """Seconds of computing by each process that is not this one or of its making."""
    ours = {os.getpid(), *(p.pid for p in psutil.Process().children(recursive=True))}
    found = {}
    for process in psutil.process_iter(["pid", "name", "cpu_times"]):
        times = process.info["cpu_times"]
        if times and process.info["pid"] not in ours:
            key = process.info["pid"], process.info["name"]
            found[key] = times.user + times.system
    return found


def expect_quiet(watch):
    """End with a sentence where somebody else is computing."""
    if busy := watch.busy():
        listed = ", ".join(f"{name}: {share:.0%}" for name, share in busy.items())
        raise SystemExit(
            f"The machine is busy, so no table: {listed} of a core; {LIMIT:.0%} may "
            "be. Close what runs beside this and start again."
        )
