"""What hostile and unlucky submissions try, in real isolation: nothing is gained."""

import socket
import time
from pathlib import Path

import pytest

from dlcourse.classroom.sandbox import Limits

SHORT = Limits(cpu=3, wall=8)
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
    "a huge frame": "import struct\nfor fd in range(3, 60):\n"
    "  try: os.write(fd, struct.pack('<4sII', b'dlc1', 2**31, 2**31))\n"
    "  except OSError: pass",
}


@pytest.mark.parametrize("name", STOPPED)
def test_what_does_not_end_is_ended_and_harms_nobody(grade, name):
    record = grade(
        attack(STOPPED[name]), RIGHT, names=("he_std", "gain_from"), limits=SHORT
    )
    first, second = (record["exercises"][n] for n in ("he_std", "gain_from"))
    assert first["verdict"] in ("stopped", "wrong"), first
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


HIDDEN = {
    "the course's exercises": "import importlib\n"
    "room = 'dlcourse.lessons.04_initialisation.exercises'\n"
    "return importlib.import_module(room)",
    "the course's teach": "import dlcourse.teach.exercise",
    "another's process": "return [os.kill(int(p), 0) for p in os.listdir('/proc')\n"
    "  if p.isdigit() and int(p) not in (1, 2, os.getpid())][0]",
    "the grader's environment": "import glob\n"
    "assert 'the seed' in str([open(f).read() for f in glob.glob('/proc/*/environ')])",
    "the parent's memory": "return open('/proc/1/mem', 'rb').read(1)",
    "a file outside": "return open('{secret}').read()",
    "the users": "return open('/etc/passwd').read()",
    "writing the course": "open('/course/dlcourse/nn/evil.py', 'w')",
    "writing the system": "open('/usr/evil', 'w')",
    "deleting": "os.unlink('/course/dlcourse/__init__.py')",
    "the network": "socket.create_connection(('127.0.0.1', {port}), 2)",
    "the host of a machine": "socket.socket(40, 1)",
    "an installed course": "import glob\n"
    "assert [f for p in sys.path for f in glob.glob(p + '/dlcourse/lessons/*/ex*')]",
    "raw packets": "socket.socket(17, 3)",
    "a namespace": "assert ctypes.CDLL(None).unshare(0x10000000) == 0",
    "a user's namespace of clone": "assert ctypes.CDLL(None).syscall(\n"
    "  56, 0x10000011, 0, 0, 0, 0) > 0",
    "ptrace": "assert ctypes.CDLL(None).ptrace(16, os.getppid(), 0, 0) == 0",
    "a mount": "assert ctypes.CDLL(None).mount(b'x', b'/tmp', b'tmpfs', 0, 0) == 0",
    "root": "os.setuid(0)",
    "a set-uid program": "import subprocess\n"
    "assert 'uid=0' in subprocess.run(['su', '-c', 'id'], capture_output=True,\n"
    "  text=True, input='').stdout",
}


@pytest.mark.parametrize("name", HIDDEN)
def test_what_is_not_there_cannot_be_had(grade, tmp_path, monkeypatch, name):
    monkeypatch.setenv("DLCOURSE_SECRET", "the seed")
    secret = tmp_path / "secret"
    secret.write_text("the seed")
    tmp_path.chmod(0o755)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        body = (
            HIDDEN[name].replace("{port}", str(port)).replace("{secret}", str(secret))
        )
        lines = "".join(f"        {line}\n" for line in body.split("\n"))
        trial = f"{HEAD}def he_std(shape):\n    def attempt():\n{lines}"
        # It is right where the attack fails, so that the verdict tells which it is.
        trial += (
            "    try: attempt()\n    except Exception: return (2 / shape[1]) ** 0.5"
        )
        record = grade(trial, limits=SHORT)
    assert record["exercises"]["he_std"]["verdict"] == "passed", record


def test_a_process_is_over_when_its_submission_is(grade):
    mark = f"dlcourse-test-{time.monotonic_ns()}"
    grade(attack(f"if not os.fork(): os.execv(sys.executable, ['{mark}', '-c', '''"
                 "import time; time.sleep(999)'''])"), limits=SHORT)  # fmt: skip
    for line in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            assert mark.encode() not in line.read_bytes()
        except OSError:
            continue
