"""Beyond a machine: joblib's backends, and a real dask scheduler with two workers."""

import json
import os
import re
import subprocess
import sys
import time
from importlib.util import find_spec

import pytest
from submissions import assigned, notebook

from dlcourse.classroom import records
from dlcourse.classroom.command import main
from dlcourse.classroom.engine import each_by_joblib
from dlcourse.classroom.table import table
from dlcourse.start.problem import Problem
from dlcourse.whole import write_whole

RIGHT = "def he_std(shape):\n    return (2 / shape[1]) ** 0.5"
CELLS = {
    "ada": RIGHT,
    "bob": "def he_std(shape):\n    return (2 / shape[0]) ** 0.5",
    "eve": "import os\ndef he_std(shape):\n    os._exit(0)",
    "jo": "x = 1",
}
VERDICTS = ["passed", "known mistake", "stopped", "missing"]

needs_joblib = pytest.mark.skipif(not find_spec("joblib"), reason="needs joblib")
needs_dask = pytest.mark.skipif(
    not find_spec("distributed"), reason="needs the extra cluster: dask[distributed]"
)


@pytest.fixture
def hw(tmp_path):
    made = assigned(tmp_path / "hw", he_std=1)
    for student, cell in CELLS.items():
        write_whole(made.folder / "submitted" / student / "hw.ipynb", notebook(cell))
    return made


def verdicts(made):
    return [row["parts"]["he_std"]["verdict"] for row in table(made)]


def doubled(number):
    """What is done in a Python of its own."""
    print("this does not come between")
    if number == 3:
        raise ValueError("three")
    if number == 4:
        os._exit(7)
    if number == 5:
        time.sleep(10**6)
    return 2 * number


@needs_joblib
def test_what_fails_harms_no_other(monkeypatch):
    here = os.pathsep.join([os.path.dirname(__file__), *filter(None, sys.path)])
    monkeypatch.setattr(sys, "path", here.split(os.pathsep))
    done = each_by_joblib(range(5), doubled, lambda n: (n,), "threading", 2)
    found = {item: (result, problem) for item, result, problem in done}
    assert [found[n] for n in range(3)] == [(0, None), (2, None), (4, None)]
    assert found[3] == (None, "ValueError: three")
    assert found[4][0] is None and "process ended (exit status 7" in found[4][1]
    (late,) = each_by_joblib([5], doubled, lambda n: (n,), "threading", 1, seconds=1)
    assert late == (5, None, "it took more than 1 s")


@needs_joblib
@pytest.mark.parametrize("engine", ["loky", "threading"])
def test_a_class_is_graded_by_a_backend_of_joblib(isolated, hw, engine):
    command = ["grade", str(hw.folder), "--engine", engine, "--jobs", "2"]
    assert main(command) == 0
    assert verdicts(hw) == VERDICTS
    count, *_ = records.grade(hw, "bubblewrap")  # of the same key as without an engine
    assert count == 0


@needs_joblib
def test_an_engine_that_is_none_is_told(hw):
    with pytest.raises(Problem, match="The engine steam failed"):
        list(records.grade(hw, "none", engine="steam"))


def test_what_is_not_installed_is_told(hw, monkeypatch):
    monkeypatch.setitem(sys.modules, "joblib", None)
    with pytest.raises(Problem, match=r"pip install 'dlcourse\[cluster\]'"):
        list(records.grade(hw, "none", engine="loky"))


@needs_joblib
def test_dask_that_is_not_installed_is_told(hw, monkeypatch):
    monkeypatch.setitem(sys.modules, "dask.distributed", None)
    with pytest.raises(Problem, match=r"dask\[distributed\] is not installed"):
        list(records.grade(hw, "none", engine="dask:tcp://127.0.0.1:1"))


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """The address of a scheduler, with two workers, on loopback."""
    place = tmp_path_factory.mktemp("dask")
    settings = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    running, log = [], place / "scheduler.log"

    def start(name, *arguments):
        command = [sys.executable, "-m", "distributed.cli.dask_" + name, *arguments]
        with open(place / f"{name}.log", "a") as stream:
            options = {
                "cwd": place,
                "env": settings,
                "stdout": stream,
                "stderr": stream,
            }
            running.append(subprocess.Popen(command, **options))

    try:
        start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        until(lambda: (found := ADDRESS.search(log.read_text())) and found)
        address = ADDRESS.search(log.read_text())[0]
        for _ in range(2):
            options = "--nthreads", "1", "--no-dashboard", "--no-nanny"
            start("worker", address, "--host", "127.0.0.1", *options)
        until(lambda: log.read_text().count("Register worker") == 2)
        yield address, running
    finally:
        for process in reversed(running):
            process.kill()
            process.wait()


ADDRESS = re.compile(r"tcp://127\.0\.0\.1:\d+")


def until(true, seconds=90):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.1)


@needs_dask
@pytest.mark.filterwarnings("ignore")  # of distributed's own
def test_a_class_is_graded_on_a_dask_cluster(isolated, hw, cluster, capsys):
    address, _ = cluster
    assert main(["grade", str(hw.folder), "--engine", f"dask:{address}"]) == 0
    assert verdicts(hw) == VERDICTS
    here = json.loads((hw.folder / "graded" / "bob.json").read_text())
    (*_,) = records.grade(hw, "bubblewrap", again=True)
    there = json.loads((hw.folder / "graded" / "bob.json").read_text())
    assert here | {"memory": 0} == there | {"memory": 0}


@needs_dask
@pytest.mark.filterwarnings("ignore")
def test_a_worker_that_dies_loses_nothing(isolated, hw, cluster):
    address, running = cluster
    for i in range(8):
        write_whole(hw.folder / "submitted" / f"s{i}" / "hw.ipynb", notebook(RIGHT))
    done = records.grade(hw, "bubblewrap", engine=f"dask:{address}")
    next(done)
    first = [next(done) for _ in range(2)]
    running[-1].kill()  # what was under way there is done by the other
    assert dict([*first, *done]) == dict.fromkeys(hw.students())
    assert len(table(hw)) == 12


@needs_dask
@pytest.mark.filterwarnings("ignore")
def test_a_scheduler_that_does_not_answer_is_told(hw, monkeypatch):
    monkeypatch.setattr("dlcourse.classroom.engine.PATIENCE", 1)
    with pytest.raises(Problem, match="No dask scheduler answers"):
        list(records.grade(hw, "none", engine="dask:tcp://127.0.0.1:9"))
