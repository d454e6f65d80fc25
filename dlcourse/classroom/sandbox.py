"""A submission's process: started in isolation, watched, and ended with all it started.

Limits go by the processor's time: a machine that is busy takes nothing from anybody.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from dlcourse.classroom import bubble, container
from dlcourse.classroom.line import Ended, Line

__all__ = ["Limits", "NotGraded", "Sandbox"]

MEGABYTE = 2**20
ENDS = {137: "killed", 139: "it crashed", 134: "it aborted", 152: "too much computing"}
PATIENCE = 5  # seconds for the kernel to end what was killed


class NotGraded(Exception):
    """The grader itself failed, not the submission: no verdict, and no points lost."""


@dataclass(frozen=True)
class Limits:
    """What a submission may use; for all of its processes together.

    Attributes:
        cpu: seconds of processor time for one request.
        wall: seconds by the clock for one request, for who sleeps.
        memory, disk: bytes.
        processes: and threads.
        files: that are open at once.
    """

    cpu: float = 15
    wall: float = 120
    memory: int = 1200 * MEGABYTE
    disk: int = 16 * MEGABYTE
    processes: int = 32
    files: int = 64


class Sandbox:
    """A context manager: a worker, whose ``line`` takes requests.

    ``kind``: "bubblewrap", "docker", "podman", or "none" for what is trusted.
    """

    def __init__(self, kind="bubblewrap", limits=None):
        self.kind, self.limits = kind, limits or Limits()
        self.memory = 0  # the most that was seen
        self.contained = None  # the name of its container, where it is in one

    def __enter__(self):
        self._start()
        try:
            self.line.greet()
        except Ended as ended:
            said = f"{ended.words}: {self._complaint()}"
            self._close()
            raise NotGraded(f"the sandbox does not start: it {said}") from None
        return self

    def __exit__(self, *_):
        self._close()

    def restart(self):
        """A new process, that knows nothing."""
        self._close()
        self.__enter__()

    def _start(self):
        self.folder = tempfile.TemporaryDirectory()
        environment = _environment(self.limits, self.kind)
        fds = ()
        if self.kind == "bubblewrap":
            command, fds = bubble.command(environment, self.limits.disk)
            environment = {"PATH": os.environ["PATH"]}
        elif self.kind in container.ENGINES:
            command, self.contained = container.command(
                self.kind, environment, self.limits
            )
            environment = os.environ
        else:
            path = os.pathsep.join(
                [str(bubble.PACKAGE.parent), *filter(None, sys.path)]
            )
            environment |= {"PYTHONPATH": path, "HOME": self.folder.name}
            command = [sys.executable, "-c", bubble.START]
        self.errors = tempfile.TemporaryFile(dir=self.folder.name)
        self.process = subprocess.Popen(
            command,
            env=environment,
            cwd=self.folder.name,
            pass_fds=fds,
            start_new_session=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
        )
        for fd in fds:
            os.close(fd)
        pipes = self.process.stdout.fileno(), self.process.stdin.fileno()
        self.line = Line(*pipes, self)

    # ------------------------------------------------------------ what the Line asks

    def begin(self):
        """A request is sent: its time begins."""
        self.until = time.monotonic() + self.limits.wall
        self.most = None

    def look(self):
        """None, or words for the limit that is passed."""
        cpu, memory = self._used()
        self.memory = max(self.memory, memory)
        if self.most is None:  # the first look at this request
            self.most = cpu + self.limits.cpu
        if memory > self.limits.memory:
            most = self.limits.memory // MEGABYTE
            return f"took more than {most:,} MB of memory, and was stopped"
        if cpu > self.most:
            return f"computed for more than {self.limits.cpu:g} s, and was stopped"
        if time.monotonic() > self.until:
            return f"was not done after {self.limits.wall:g} s, and was stopped"
        return None

    def stop(self, inside=()):
        """End the process and all that it started; returns how it had ended, or "".

        ``inside``: the numbers of those that it had started, as far as they are known.
        """
        code, inside = None, [*inside, *_below(self.process.pid)]
        with contextlib.suppress(subprocess.TimeoutExpired):
            code = self.process.wait(0.2)
        inside += _below(self.process.pid)
        if self.contained:
            container.remove(self.kind, self.contained)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        end = time.monotonic() + PATIENCE
        while any(map(_alive, inside)):  # the namespace ends with its first process
            if time.monotonic() > end:
                raise NotGraded("a submission's process does not end")
            time.sleep(0.005)
        if code is None:
            return ""
        code = 128 - code if code < 0 else code
        return ENDS.get(code, f"exit status {code}")

    # ---------------------------------------------------------------------- parts

    def _used(self):
        """(seconds of computing, bytes) of all its processes; (0, 0) but on Linux."""
        seconds = memory = 0
        tick = os.sysconf("SC_CLK_TCK")
        for pid in (self.process.pid, *_below(self.process.pid)):
            with contextlib.suppress(OSError, LookupError, ValueError):
                stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                seconds += sum(map(int, stat[11:15])) / tick
                for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                    if line.startswith(("RssAnon", "RssShmem")):
                        memory += int(line.split()[1]) * 1024
        return seconds, memory

    def _complaint(self):
        self.errors.seek(0)
        return self.errors.read(2000).decode(errors="replace").strip()[-300:]

    def _close(self):
        inside = _below(self.process.pid)
        with contextlib.suppress(OSError):
            self.process.stdin.close()  # at which the worker ends by itself
        self.stop(inside)
        self.process.stdout.close()
        self.errors.close()
        self.folder.cleanup()


def _environment(limits, kind):
    root = kind == "bubblewrap" and os.getuid() == 0
    uid = 400_000 + os.getpid() % 1_000_000 if root else None
    hard = {
        "RLIMIT_NPROC": limits.processes,
        "RLIMIT_AS": limits.memory + 512 * MEGABYTE,
        "RLIMIT_FSIZE": limits.disk,
        "RLIMIT_NOFILE": limits.files,
        "RLIMIT_CORE": 0,
        "RLIMIT_STACK": 64 * MEGABYTE,
        **{"RLIMIT_MSGQUEUE": 0, "RLIMIT_MEMLOCK": 0},
    }
    contained = kind in container.ENGINES
    if contained:  # it cannot be looked into
        hard["RLIMIT_CPU"] = int(limits.cpu) + 1
    if kind == "none":  # some count for the user as a whole
        hard = {"RLIMIT_CORE": 0}
    setup = {"uid": uid, "limits": hard, "alone": kind != "none", "filter": contained}
    return {
        "DLCOURSE_WORKER": json.dumps(setup),
        **{"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/tmp", "LANG": "C.UTF-8"},
        **{"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"},
        **{"MPLBACKEND": "agg", "PYTHONDONTWRITEBYTECODE": "1"},
    }


def _alive(pid):
    try:
        stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return False
    return stat[0] not in "ZX"


def _below(pid):
    """The numbers of all processes that this one started, and those that they did."""
    found, stack = [], [pid]
    while stack:
        each = stack.pop()
        with contextlib.suppress(OSError):
            for task in os.listdir(f"/proc/{each}/task"):
                children = Path(f"/proc/{each}/task/{task}/children").read_text()
                found += map(int, children.split())
                stack += map(int, children.split())
    return found
