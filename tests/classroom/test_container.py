"""docker and podman: what is asked of them, and what is told where they cannot."""

import json
import os
import subprocess
import sys

import pytest
from submissions import notebook

from dlcourse.classroom import bubble, container, doctor, seccomp
from dlcourse.classroom.grade import graded
from dlcourse.classroom.sandbox import Limits, _environment

HE = "def he_std(shape):\n    return (2 / shape[{}]) ** 0.5"

# An engine that runs what it is asked to run as it is: nothing is isolated, but the
# command, the environment and the end of a container are as with a real one.
ENGINE = """#!{python}
import os, sys
with open({log!r}, "a") as file:
    print(sys.argv[1:], file=file)
if sys.argv[1] == {broken!r}:
    sys.exit("first line\\nCannot connect to the daemon")
if sys.argv[1] == "run":
    words = sys.argv[1:]
    env = dict(words[i + 1].split("=", 1) for i, w in enumerate(words) if w == "--env")
    env["DLCOURSE_WORKER"] = '{{"uid": 0, "limits": {{}}, "alone": 0, "filter": 0}}'
    python = words[words.index("python") :]
    code = python[-1].replace("'/course'", repr({root!r}))
    os.execve(sys.executable, [sys.executable, *python[1:-1], code], os.environ | env)
"""


@pytest.fixture
def engine(tmp_path, monkeypatch):
    """engine(broken): puts a docker on the PATH; returns what it was asked."""
    doctor.missing.cache_clear()

    def engine(broken=None):
        log, root = tmp_path / "log", bubble.PACKAGE.parent
        log.touch()
        text = ENGINE.format(
            python=sys.executable, log=str(log), broken=broken, root=str(root)
        )
        (tmp_path / "docker").write_text(text)
        (tmp_path / "docker").chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
        return lambda: log.read_text()

    yield engine
    doctor.missing.cache_clear()


def test_a_worker_that_sees_the_processes_of_others_does_not_start():
    """It would end them all: it ends all but itself when it lets go of a function."""
    setup = json.dumps({"uid": None, "limits": {}, "alone": True, "filter": False})
    environment = {**os.environ, "DLCOURSE_WORKER": setup}
    command = [sys.executable, "-c", bubble.START]
    done = subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True
    )
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"the processes of others can be seen from here" in done.stderr


def test_the_command_takes_all_away_but_what_is_to_be_seen():
    command, name = container.command("docker", {"A": "b"}, Limits())
    text = " ".join(command)
    assert text.startswith(
        f"docker run --rm --interactive --name {name} --network none"
    )
    for part in (
        "--read-only",
        "--cap-drop ALL",
        "--security-opt no-new-privileges",
        f"--user {20_000 + os.getpid() % 40_000}:",
        "--pids-limit 32",
        f"--memory {1200 * 2**20} --memory-swap {1200 * 2**20}",
        "--pull never",
        "--env A=b",
    ):
        assert f" {part}" in text
    mounts = [command[i + 1] for i, word in enumerate(command) if word == "--volume"]
    assert len(mounts) > 20
    assert all(each.endswith(":ro") for each in mounts)
    assert not [m for m in mounts if "/exercises" in m or m.endswith("teach:ro")]
    assert container.command("docker", {}, Limits())[1] != name


def test_each_container_has_a_user_of_its_own():
    """Else they share one count of processes, and one uses up that of the others."""
    command, _ = container.command("docker", {}, Limits())
    user = command[command.index("--user") + 1].partition(":")[0]
    assert 1000 < int(user) < 65_536


def test_python_is_found_where_its_image_has_it():
    """An image of Python's own has it in /usr/local/bin, and nowhere else."""
    variables = _environment(Limits(), "docker")
    assert variables["PATH"].split(":")[0] == "/usr/local/bin"
    assert "RLIMIT_NPROC" in variables["DLCOURSE_WORKER"]


REFUSED = """
import ctypes, socket
from dlcourse.classroom.seccomp import install
install()
assert ctypes.CDLL(None).unshare(0x10000000) == -1
try:
    socket.socket(40, 1)
except PermissionError:
    print("refused")
"""


@pytest.mark.skipif(seccomp.program() is None, reason="no filter for this processor")
def test_the_filter_is_put_round_the_worker_by_itself():
    done = subprocess.run([sys.executable, "-c", REFUSED], capture_output=True)
    assert done.stdout == b"refused\n", done.stderr


@pytest.mark.parametrize("kind", container.ENGINES)
def test_a_real_engine_isolates(kind, tmp_path):
    if why := doctor.missing(kind):
        pytest.skip(why)
    secret = tmp_path / "secret"
    secret.write_text("x")
    assert not any(doctor.tried(kind, secret).values())


def test_the_image_holds_the_versions_that_are_here():
    import numpy as np

    assert f"numpy=={np.__version__} " in container.recipe()
    assert "dlcourse" not in container.recipe()


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        ("version", "docker does not run (Cannot connect to the daemon)"),
        ("image", "python -m dlcourse.classroom.container | docker build --tag"),
        ("run", "Cannot connect to the daemon"),
    ],
)
def test_an_engine_that_does_not_work_is_told_in_a_sentence(engine, broken, words):
    engine(broken)
    assert words in doctor.missing("docker")


def test_an_engine_that_is_not_there_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert container.problem("podman") == "podman is not installed"


def test_where_bubblewrap_is_not_there_a_container_is_taken(engine, monkeypatch):
    monkeypatch.setattr(bubble, "problem", lambda: "bubblewrap needs Linux")
    engine()
    assert doctor.best() == "docker"
    doctor.missing.cache_clear()
    engine("version")
    assert doctor.best(trust=True) == "none"


def test_a_submission_is_graded_over_an_engines_pipes_and_removed(engine):
    asked = engine()
    book = {"a.ipynb": notebook(HE.format(1)), "b.ipynb": notebook(HE.format(0))}
    record = graded(book, ["he_std"], 7, kind="docker")
    assert record["exercises"]["he_std"]["verdict"] == "known mistake"
    lines = [json.loads(line.replace("'", '"')) for line in asked().splitlines()
             if line.startswith("['rm'")]  # fmt: skip
    started = [line for line in asked().splitlines() if line.startswith("['run'")]
    assert len(started) == len(lines) == 2
    assert all(name in asked() for _, _, name in lines)


def test_a_container_that_hangs_is_removed(engine):
    asked = engine()
    cell = "import time\ndef he_std(shape):\n    time.sleep(10**6)"
    limits = Limits(wall=12)
    record = graded({"a.ipynb": notebook(cell)}, ["he_std"], 7, "docker", limits)
    assert record["exercises"]["he_std"]["verdict"] == "stopped"
    assert "['rm', '--force', 'dlcourse-" in asked()
