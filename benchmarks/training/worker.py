"""One fresh process: a round of times, or the peak memory of one workload.

    python -m training.worker times '{"engines": [...], "workloads": [...], ...}'
    python -m training.worker memory '{"engine": ..., "workload": ...}'

One line of JSON is printed for each workload.
"""

import contextlib
import json
import random
import statistics
import sys
import time
from pathlib import Path

from training.engines import engine, initial_state
from training.workloads import SGD, WORKLOADS, Workload, curve, mlp

CHECKED_STEPS = 5
TOLERANCE = 1e-4
BLOCK, SETTLING = 0.015, 0.03  # seconds
STATUS = Path("/proc/self/status")
TINY = Workload("", lambda nn: mlp(nn, "ReLU", 2, 2, 1), curve, "MSELoss", SGD)


def times(engines, workloads, seconds, seed):
    """Seconds per step of each engine, in blocks that take turns in random order."""
    rng = random.Random(seed)
    rng.shuffle(workloads)
    for name in workloads:
        steps = started(name, engines)
        # As many steps in a block as the fastest takes in BLOCK, the same for all.
        n = max(1, round(BLOCK / min(timed(step, 2) for step in steps.values())))
        blocks = {key: [] for key in steps}
        end = time.perf_counter() + seconds
        while time.perf_counter() < end or len(blocks["torch"]) < 3:
            for key in rng.sample(list(steps), len(steps)):
                settle(steps[key])
                blocks[key].append(timed(steps[key], n))
        report(
            workload=name,
            seconds={key: statistics.median(values) for key, values in blocks.items()},
        )


def started(name, engines):
    """A step function for each engine, after some steps with equal losses."""
    workload, steps, losses = WORKLOADS[name], {}, {}
    state = initial_state(workload)
    for key in engines:
        with contextlib.suppress(NotImplementedError):  # a peer that lacks a workload
            steps[key] = engine(key)(workload, {k: v.copy() for k, v in state.items()})
            losses[key] = [float(steps[key]()) for _ in range(CHECKED_STEPS)]
    for key, values in losses.items():
        for mine, reference in zip(values, losses["torch"], strict=True):
            if not abs(mine - reference) <= TOLERANCE * max(1, abs(reference)):
                raise SystemExit(
                    f"{name}: the losses of {key}, {values}, are not PyTorch's, "
                    f"{losses['torch']}"
                )
    return steps


def settle(step):
    """Steps that are not timed, until the last engine's threads have gone to sleep.

    They wait for more work for some milliseconds, and keep a core busy meanwhile.
    """
    end = time.perf_counter() + SETTLING
    while time.perf_counter() < end:
        float(step())


def timed(step, n):
    start = time.perf_counter()
    for _ in range(n):
        result = step()
    float(result)  # some compute late: this waits for them
    return (time.perf_counter() - start) / n


def memory(name, workload):
    """Peak memory above what was in use before the workload, in bytes.

    Before it dlcourse or PyTorch takes a step of a tiny model, to load what it loads
    late; a peer's code is compiled for the workload, which belongs to its memory.
    """
    build = engine(name)
    if name in ("dlcourse", "torch"):
        state = None
        float(build(TINY, None)())
    else:
        state = initial_state(WORKLOADS[workload])
    with contextlib.suppress(
        OSError
    ):  # else the imports' own peak may hide a small one
        Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew, from now
    before = peak()
    try:
        step = build(WORKLOADS[workload], state)
    except NotImplementedError:
        report(workload=workload)
        return
    for _ in range(CHECKED_STEPS):
        float(step())
    after = peak()
    report(workload=workload, bytes=None if after is None else after - before)


def peak():
    """The largest resident set so far, in bytes; None where Linux's /proc is absent."""
    if not STATUS.exists():
        return None
    for line in STATUS.read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return None


def report(**what):
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    {"times": times, "memory": memory}[sys.argv[1]](**json.loads(sys.argv[2]))
