"""Grading by joblib's backends, as on the machines of a dask cluster.

Each submission is graded in a Python of its own there: backends run work in threads,
and in processes that must not end. Bytes go out and plain data come back; no file is
shared. The isolation must work on every machine.
"""

import contextlib
import json
import os
import pickle
import subprocess
import sys

from dlcourse.start.problem import Problem

__all__ = ["each_by_joblib"]

PATIENCE = 10  # seconds for a scheduler to answer
START = "from dlcourse.classroom.engine import main; main()"


def each_by_joblib(work, function, arguments, engine, jobs=None, seconds=3600):
    """Yield (item, result, problem) for each item of ``work``, as they are done.

    Args:
        function: of a module; it is called with ``arguments(item)``, and gives back
            what JSON can hold.
        engine: one of joblib's backends, "loky", or "dask:ADDRESS" of a scheduler.
        jobs: how many at once; all that the engine has.

    Raises Problem where the engine cannot be used, or fails as a whole.
    """
    try:
        import joblib
    except ImportError:
        raise _missing("joblib") from None
    backend, _, address = engine.partition(":")
    cluster = _connected(address) if backend == "dask" else contextlib.nullcontext()
    try:
        with cluster, joblib.parallel_config(backend, n_jobs=jobs or -1):
            yield from joblib.Parallel(return_as="generator_unordered", batch_size=1)(
                joblib.delayed(_apart)(item, function, arguments(item), seconds)
                for item in work
            )
    except Exception as error:
        words = f"{type(error).__name__}: {error}"
        raise Problem(f"The engine {engine} failed, {words:.500}") from error


def _missing(package):
    return Problem(f"{package} is not installed: pip install 'dlcourse[cluster]'.")


def _connected(address):
    """The client of a dask scheduler, which joblib uses while it is open."""
    try:
        from dask.distributed import Client
    except ImportError:
        raise _missing("dask[distributed]") from None
    try:
        return Client(address, timeout=PATIENCE, set_as_default=True)
    except (OSError, ValueError) as error:
        raise Problem(f"No dask scheduler answers at {address!r}: {error}.") from None


def _apart(item, function, arguments, seconds):
    """Call the function in another Python; (item, result, problem), come what may."""
    settings = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    try:
        done = subprocess.run(
            [sys.executable, "-c", START],
            input=pickle.dumps((function, arguments)),
            env={**os.environ, **settings},
            capture_output=True,
            timeout=seconds,
        )
    except subprocess.TimeoutExpired:
        return item, None, f"it took more than {seconds:g} s"
    try:
        said = json.loads(done.stdout)
        return item, said["result"], said["problem"]
    except ValueError:
        words = done.stderr.decode(errors="replace").strip()[-300:]
        why = f"exit status {done.returncode}: {words}"
        return item, None, f"the grader's own process ended ({why})"


def main():
    """In that Python: what comes in is from the grader, what goes out is plain."""
    out = os.dup(1)
    os.dup2(2, 1)  # what is printed does not come between
    function, arguments = pickle.load(sys.stdin.buffer)
    try:
        said = {"result": function(*arguments), "problem": None}
    except Exception as error:
        said = {"result": None, "problem": f"{type(error).__name__}: {error}"}
    with open(out, "w") as stream:
        json.dump(said, stream)
