"""What hostile and unlucky submissions try, in real isolation: nothing is gained."""

import os
import socket
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from submissions import SEED, notebook

from dlcourse.classroom.grade import graded
from dlcourse.classroom.sandbox import Limits

SHORT = Limits(cpu=3, wall=8)
SHORTER = Limits(cpu=2, wall=8)  # for what takes all that it may; a start takes 0.2
RIGHT = "def gain_from(h):\n    return 1 / (h**2).mean() ** 0.5"
HEAD = "import os, sys, time, ctypes, socket, signal, threading, numpy as np\n"


def attack(body):
    """A notebook whose ``he_std`` does this first, and then gives a wrong answer."""
    lines = "".join(f"    {line}\n" for line in body.strip("\n").split("\n"))
    return f"{HEAD}def he_std(shape):\n{lines}    return 0.5"


STOPPED = {
    "an infinite loop": "while True: pass",
    "a loop that swallows": "while True:\n  try:\n    while True: pass\n"
    "  except BaseException: pass",
    "ignored signals": "for s in set(signal.Signals) - {9, 19}: signal.signal(s, 1)\n"
    "while True: pass",
    "sleep": "time.sleep(10**6)",
    "os._exit": "os._exit(0)",
    "a crash": "ctypes.string_at(0)",
    "deep in C": "sys.setrecursionlimit(10**9)\ndef f(): return f()\nf()",
    "killed by itself": "os.kill(os.getpid(), 9)",
    "memory": "a = []\nwhile True: a.append(np.ones(10**6))",
    "memory of many": "for i in range(20):\n  if not os.fork():\n"
    "    a = [np.ones(10**7) for i in range(8)]\n    time.sleep(10**6)\n"
    "time.sleep(10**6)",
    "computing of many": "for i in range(8):\n  if not os.fork():\n"
    "    while True: pass\ntime.sleep(10**6)",
    "a fork bomb": "while True:\n  try: os.fork()\n  except OSError: pass",
    "a thread bomb": "while True:\n  try:\n"
    "    threading.Thread(target=time.sleep, args=(10**6,)).start()\n"
    "  except RuntimeError: pass",
    "its line closed": "for fd in range(3, 60):\n  try: os.close(fd)\n"
    "  except OSError: pass",
    "nonsense on its line": "for fd in range(3, 60):\n"
    "  try: os.write(fd, b'nonsense' * 999)\n  except OSError: pass",
    "the alarm turned off": "signal.setitimer(signal.ITIMER_PROF, 0)\nwhile True: pass",
    "the alarm blocked": "signal.pthread_sigmask(0, {signal.SIGPROF})\n"
    "while True: pass",
    "the alarm's method patched": "import dlcourse.classroom.worker as w\n"
    "w.TimeUp = w.Worker._ring = None\nwhile True: pass",
    "a thread that goes on": "threading.Thread(target=lambda: [0 for i in iter(int, 1)]"
    ").start()\nthreading.Event().wait()",
    "all files opened": "a = []\ntry:\n  while True: a.append(os.pipe())\n"
    "except OSError: os.close(0)\nos.abort()",
    "one long call in C": "sum(range(10**12))",
    "a power without end": "9 ** 9 ** 9 ** 9",
    "a pattern that backtracks": "import re\nre.match('(a+)+b', 'a' * 99)",
    "a frame begun": "import struct\nfor fd in range(3, 60):\n"
    "  try: os.write(fd, struct.pack('<4sII', b'dlc1', 2**10, 0))\n"
    "  except OSError: pass\ntime.sleep(10**6)",
    "a huge frame": "import struct\nfor fd in range(3, 60):\n"
    "  try: os.write(fd, struct.pack('<4sII', b'dlc1', 2**31, 2**31))\n"
    "  except OSError: pass",
}

# Who stops it, where only one can: without it another, coarser limit would, later.
COMPUTED = f"computed for more than {SHORTER.cpu} s"
BY = {
    "the alarm turned off": COMPUTED,
    "the alarm blocked": COMPUTED,
    "ignored signals": COMPUTED,
    "computing of many": COMPUTED,
    "sleep": f"not done after {SHORTER.wall} s",
}


@pytest.mark.parametrize("name", STOPPED)
def test_what_does_not_end_is_ended_and_harms_nobody(grade, name):
    record = grade(
        attack(STOPPED[name]), RIGHT, names=("he_std", "gain_from"), limits=SHORTER
    )
    first, second = (record["exercises"][n] for n in ("he_std", "gain_from"))
    assert first["verdict"] in ("stopped", "wrong"), first
    assert BY.get(name, "") in first["text"], first
    assert second["verdict"] == "passed", second


NOTHING = {
    "recursion": "def f(): return f()\nf()",
    "a full disk": "for i in range(99): open(f'/tmp/{i}', 'wb').write(bytes(2**20))",
    "full shared memory": "open('/dev/shm/x', 'wb').write(bytes(2**24))",
    "a million files": "for i in range(10**6): open(f'/tmp/{i}', 'w').close()",
    "endless printing": "for i in range(10**5): print('x' * 10**3)",
    "a huge answer": "return np.ones(10**7)",
    "a huge text": "return 'x' * 10**7",
    "a nested answer": "a = []\nfor i in range(10**5): a = [a]\nreturn a",
    "an answer in itself": "a = []\na.append(a)\nreturn a",
    "equal to everything": "class E:\n  __eq__ = lambda *a: True\n"
    "  __array__ = lambda *a, **k: np.float64(1)\n  __float__ = lambda s: 1.0\n"
    "return E()",
    "an array that lies": "class E(np.ndarray):\n"
    "  __array_ufunc__ = lambda *a, **k: True\nreturn np.ones(1).view(E)",
    "a pickle": "class E:\n  __reduce__ = lambda s: (os._exit, (0,))\nreturn E()",
    "markup": "raise type('<script>', (Exception,), {})('<img src=x>\\x1b[2J')",
    "a type that lies": "E = type('E', (Exception,), {})\nE.__module__ = 'os'\nraise E",
    "patched NumPy": "np.isclose = np.all = lambda *a, **k: np.True_",
    "patched json": "import json\njson.dumps = lambda *a, **k: '{\"echo\": 2}'",
    "patched builtins": "import builtins\nbuiltins.all = lambda *a: True",
    "a patched worker": "import dlcourse.classroom.worker as w\n"
    "w.Worker.do_call = lambda *a: ({'value': True, 'after': [], 'printed': ''}, ())",
    "frames": "f = sys._getframe()\nwhile f:\n  f.f_locals.clear()\n  f = f.f_back",
    "two that answer": "os.fork()",
    "an answer in advance": "import dlcourse.classroom.wire as w\n"
    "for fd in range(3, 60):\n  for echo in range(2, 99):\n"
    "    try: os.write(fd, w.frame({'echo': echo, 'values': [{'float': '0x1p-1'}],\n"
    "      'after': [], 'printed': ''}))\n    except OSError: break",
    "a patched wire": "import dlcourse.classroom.wire as w\n"
    "w.frame = lambda *a: b'dlc1' + bytes(8)",
    "a patched writer": "import dlcourse.classroom.writer as w\n"
    "w.Writer.value = lambda *a: {'named': 'os:system'}",
    "the exit of Python": "sys.exit()",
    "an exception of all": "raise BaseException",
    "what runs at the end": "import atexit\natexit.register(os._exit, 77)\nreturn 0.5",
    "the status of who left": "os._exit(77)",
    "a trace of all": "sys.settrace(lambda *a: 1 / 0)\nthreading.settrace(print)",
    "a hook of imports": "sys.meta_path.insert(0, None)\nsys.modules.clear()",
    "no streams": "sys.stdout = sys.stderr = None\nos.close(1)\nos.close(2)",
    "a signature that lies": "class E(float):\n  __signature__ = 'x' * 10**6\n"
    "  __class__ = bool\nreturn E()",
    "a number far too long": "return 10**(10**5)",
    "numbers that are strings": "return np.array(['1', '2'])",
    "an array of objects": "return np.array([open, 1], object)",
    "a record array": "return np.zeros(3, [('a', 'f8'), ('b', 'O')])",
    "a large array of nothing": "return np.broadcast_to(0.5, (10**9,))",
    "a daemon": "if not os.fork():\n  os.setsid()\n"
    "  if not os.fork(): time.sleep(10**6)\n  os._exit(0)",
}


@pytest.mark.parametrize("name", NOTHING)
def test_what_ends_gains_nothing(grade, name):
    record = grade(
        attack(NOTHING[name]), RIGHT, names=("he_std", "gain_from"), limits=SHORT
    )
    first, second = (record["exercises"][n] for n in ("he_std", "gain_from"))
    assert first["verdict"] in ("stopped", "wrong"), first
    assert second["verdict"] == "passed", second
    assert "\x1b" not in first["text"]


# Each: what is tried, what it meets in isolation, and whether it succeeds without: for
# "anybody", for "root", or not at all (it needs the system's consent there, too, or it
# would do harm). What is met is an exception's name, of a bare OSError with its number.
GONE = "FileNotFoundError, PermissionError"  # the folder above may be closed
READ_ONLY = "OSError 30, PermissionError"
HIDDEN = {
    "the course's exercises": (
        "importlib.import_module('dlcourse.lessons.04_initialisation.exercises')",
        "ModuleNotFoundError",
        "anybody",
    ),
    "the solutions' text": (
        "[f for p in sys.path for f in glob.glob(p + '/dlcourse/**/he_std.py',\n"
        "  recursive=True)][0]",
        "IndexError",
        "anybody",
    ),
    "the course's teach": (
        "import dlcourse.teach.exercise",
        "ModuleNotFoundError",
        None,
    ),
    "an exercise in memory": (
        "[o for o in gc.get_objects() if type(o).__name__ == 'Exercise'][0]",
        "IndexError",
        None,
    ),
    "another's process": (
        "[p for p in glob.glob('/proc/[0-9]*/cmdline') if b'pytest' in read(p)][0]",
        "IndexError",
        "anybody",
    ),
    "another's environment": (
        "[p for p in glob.glob('/proc/[0-9]*/environ') if b'the seed' in read(p)][0]",
        "IndexError",
        "anybody",
    ),
    "the first process's memory": (
        "open('/proc/1/mem', 'rb').read(1)",
        "PermissionError",
        None,
    ),
    "a file outside": ("open('{secret}')", GONE, "anybody"),
    "the users": ("open('/etc/passwd')", GONE, "anybody"),
    "writing the course": (
        "open('/course/dlcourse/nn/evil.py', 'w')",
        READ_ONLY,
        None,
    ),
    "writing the system": ("open('/usr/evil', 'w')", READ_ONLY, None),
    "writing outside": ("open('{secret}', 'a')", GONE, "anybody"),
    "deleting": (
        "os.unlink('/course/dlcourse/__init__.py')",
        f"OSError 16, {READ_ONLY}",
        None,
    ),
    "the network": (
        "socket.create_connection(('127.0.0.1', {port}), 2)",
        "ConnectionRefusedError, OSError 101",
        "anybody",
    ),
    "the host of a machine": ("socket.socket(40, 1)", "PermissionError", None),
    "raw packets": ("socket.socket(17, 3)", "PermissionError", "root"),
    "a namespace": (
        "assert ctypes.CDLL(None).unshare(0x10000000) == 0",
        "AssertionError",
        None,
    ),
    "a user's namespace of clone": (
        "assert ctypes.CDLL(None).syscall(56, 0x10000011, 0, 0, 0, 0) > 0",
        "AssertionError",
        None,
    ),
    "ptrace": (
        "child = os.fork() or time.sleep(9)\n"
        "assert ctypes.CDLL(None).ptrace(16, child, 0, 0) == 0",
        "AssertionError",
        "anybody",
    ),
    "a mount": (
        "assert ctypes.CDLL(None).mount(b'x', b'/tmp', b'tmpfs', 0, 0) == 0",
        "AssertionError",
        None,
    ),
    "root": ("os.setuid(0)", "PermissionError", "root"),
    "a set-uid program": (
        "assert 'uid=0' in subprocess.run(['su', '-c', 'id'], capture_output=True,\n"
        "  text=True, input='').stdout",
        "AssertionError, FileNotFoundError",
        "root",
    ),
    "another user's number": ("os.setuid(4242)", "PermissionError", "root"),
    "a device": (
        "os.mknod('/tmp/dlcourse-x', 0o20666, os.makedev(1, 3))\n"
        "os.unlink('/tmp/dlcourse-x')",
        "PermissionError",
        "root",
    ),
    "a change of root": ("os.chroot('/tmp')", "PermissionError", "root"),
    "a higher limit": (
        "import resource\nresource.setrlimit(resource.RLIMIT_NPROC, (-1, -1))",
        "ValueError",
        None,
    ),
    "keys of the kernel": (
        "assert ctypes.CDLL(None).syscall(250, 0, -3, 0, 0, 0) > 0",
        "AssertionError",
        None,
    ),
}
SETUP = """import ctypes, gc, glob, importlib, os, socket, subprocess, sys, time
import numpy as np, dlcourse

def read(path):
    try:
        with open(path, 'rb') as file:
            return file.read()
    except (PermissionError, ProcessLookupError):
        return b''

def he_std(shape):
    try:
        attempt()
    except Exception as error:
        number = f' {error.errno}' if type(error) is OSError else ''
        if type(error).__name__ + number in EXPECTED:
            return (2 / shape[1]) ** 0.5
        raise
    print('it got through')
"""


@pytest.fixture
def trial(tmp_path):
    """trial(name, kind): what is told of he_std, right where the attack is refused."""
    secret = tmp_path / "secret"
    secret.write_text("the seed")
    tmp_path.chmod(0o755)
    sleeps = [sys.executable, "-c", "import time; time.sleep(999)"]

    def trial(name, kind):
        body, expected, _ = HIDDEN[name]
        with (
            socket.create_server(("127.0.0.1", 0)) as server,
            subprocess.Popen(sleeps, env={"SECRET": "the seed"}) as other,
        ):
            port = server.getsockname()[1]
            body = body.replace("{port}", str(port)).replace("{secret}", str(secret))
            attempt = f"def attempt():\n{textwrap.indent(body, '    ')}"
            cell = f"EXPECTED = {expected.split(', ')}\n{attempt}\n{SETUP}"
            book = {"hw.ipynb": notebook(cell)}
            try:
                record = graded(book, ["he_std"], SEED, kind, SHORT)
            finally:
                other.kill()
        return record["exercises"]["he_std"]

    return trial


@pytest.mark.parametrize("name", HIDDEN)
def test_what_is_not_there_cannot_be_had(isolated, trial, name):
    told = trial(name, "bubblewrap")
    assert told["verdict"] == "passed", told


ALLOWED = {"anybody", "root"} if os.getuid() == 0 else {"anybody"}
POSSIBLE = [name for name, each in HIDDEN.items() if each[2] in ALLOWED]


@pytest.mark.parametrize("name", POSSIBLE)
def test_without_isolation_it_can(trial, name):
    """So the test above can fail."""
    told = trial(name, "none")
    assert "it got through" in told["text"], told


def test_a_process_is_over_when_its_submission_is(grade):
    mark = f"dlcourse-test-{time.monotonic_ns()}"
    grade(attack(f"if not os.fork(): os.execv(sys.executable, ['{mark}', '-c', '''"
                 "import time; time.sleep(999)'''])"), limits=SHORT)  # fmt: skip
    for line in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            assert mark.encode() not in line.read_bytes()
        except OSError:
            continue


BUSY = {
    "a reference without end": (
        "recursion",
        "from dlcourse.teach import reference\n"
        "def recursion(f, gain, q, depth, z):\n"
        "    return reference('recursion')(f, gain, q, 10**12, z)",
    ),
    "a reference that counts for long": (
        "recursion",
        "from dlcourse.teach import reference\n"
        "def recursion(f, gain, q, depth, z):\n"
        "    return reference('recursion')(f, gain, q, 10**6, z)",
    ),
    "a reference in one long step": (
        "largest_step",
        "import numpy as np\nfrom dlcourse.teach import reference\n"
        "def largest_step(X):\n"
        "    return reference('largest_step')(np.ones((1, 5000)))",
    ),
    "a reference with all the memory": (
        "largest_step",
        "import numpy as np\nfrom dlcourse.teach import reference\n"
        "def largest_step(X):\n"
        "    try: return reference('largest_step')(np.ones((1, 10**6)))\n"
        "    except MemoryError: return 1.0",
    ),
    "a reference many times": (
        "largest_step",
        "from dlcourse.teach import reference\ndef largest_step(X):\n"
        "    while True: reference('largest_step')(X)",
    ),
    "a function of its arguments many times": (
        "numerical_gradient",
        "import numpy as np\ndef numerical_gradient(f, x, h):\n"
        "    while True: f(np.ones(3))",
    ),
}


@pytest.mark.parametrize("name", BUSY)
def test_what_is_asked_of_the_grader_is_bounded(grade, monkeypatch, name):
    monkeypatch.setattr("dlcourse.classroom.line.CALLS", 3)
    monkeypatch.setattr("dlcourse.classroom.line.MOST_CALLS", 2000)
    exercise, cell = BUSY[name]
    begun = time.process_time()
    record = grade(cell, RIGHT, names=(exercise, "gain_from"), limits=SHORT)
    first, second = (record["exercises"][n] for n in (exercise, "gain_from"))
    assert first["verdict"] in ("stopped", "wrong"), first
    assert second["verdict"] == "passed", second
    assert time.process_time() - begun < 40


LOOPING = """
from dlcourse.teach.exercise import exercise

def counted(f, x):
    return sum(1.0 for _ in range(int(f(x))))

@exercise(lesson="02", section="One direction at a time",
          inputs=lambda rng: (float(rng.integers(2, 9)),), run=counted)
def times(x):
    '''x.'''
    return x

times.mistake("less", less=lambda x: x - 1)
times.mistake("more", more=lambda x: x + 1)
times.mistake("over", over=lambda x: x * 2)
"""


def test_an_answer_that_keeps_the_grader_busy_is_bounded(isolated, monkeypatch):
    monkeypatch.setattr("dlcourse.classroom.remote.OUTSIDE", 1)
    book = {"hw.ipynb": notebook("def times(x):\n    return 1e15")}
    record = graded(book, ["times"], SEED, own={"times": LOOPING})
    assert record["exercises"]["times"]["verdict"] == "wrong"
