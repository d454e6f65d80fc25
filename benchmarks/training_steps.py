"""Training steps of dlcourse against PyTorch eager: time as a ratio, and peak memory.

    python benchmarks/training_steps.py [--workload W1 ...] [--rounds 20] [--readme]

Each round is a fresh process that takes the workloads in random order, and of each
some blocks of steps of every engine, in turn and in random order: a slow moment of the
machine, or a slow phase of a BLAS library's threads, meets both. The ratio is the
median over the rounds of paired ratios, its interval (95 %) a bootstrap over the
rounds. Before the timing the losses of the first steps are compared (to 1e-4). Peak
memory is measured in a fresh process for each engine and workload. All of it is done
twice: with one thread for both engines, as `make lab` gives them to learners, and with
each engine's own choice of threads. While another program computes there is no table.
"""

import argparse
import importlib.util
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from tqdm import tqdm

HERE = Path(__file__).parent
README = HERE / "README.md"
BEGIN, END = "<!-- training steps: begin -->", "<!-- training steps: end -->"
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
BOTH = ("dlcourse", "torch")
sys.path.insert(0, str(HERE))

from training.peers import PEERS  # noqa: E402  (the path is set above)
from training.quiet import Watch, expect_quiet  # noqa: E402
from training.workloads import WORKLOADS  # noqa: E402


def arguments(argv):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    add = parser.add_argument
    add(
        "--workload",
        nargs="+",
        choices=WORKLOADS,
        default=list(WORKLOADS),
        help="which, of W1 to W8 (default: all)",
    )
    add("--rounds", type=int, default=20, help="fresh processes (default: 20)")
    add("--seconds", type=float, default=0.5, help="for a workload in a round")
    add("--threads", type=int, help="these alone, for both engines (default: 1, own)")
    add("--peers", default="", help="also autograd,jax,mygrad,tinygrad: those named")
    add("--json", type=Path, help="write all that was measured into this file")
    add("--readme", action="store_true", help="write the table into README.md")
    options = parser.parse_args(argv)
    if options.rounds < 1:
        parser.error("--rounds expects at least 1")
    options.peers = [peer for peer in options.peers.split(",") if peer]
    for peer in options.peers:
        if peer not in PEERS:
            parser.error(f"--peers expects some of {', '.join(PEERS)}, got {peer!r}")
        if importlib.util.find_spec(peer) is None:
            parser.error(f"the peer {peer!r} is not installed: pip install {peer}")
    return options


def worker(task, environment, **settings):
    """The lines of JSON that a fresh worker prints, one by one."""
    command = [sys.executable, "-m", "training.worker", task, json.dumps(settings)]
    with subprocess.Popen(
        command, cwd=HERE, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        yield from map(json.loads, process.stdout)
    if process.returncode:
        raise SystemExit(f"the worker for {settings} failed")


def environment(threads):
    """With this many threads, or for ``None`` each engine's own choice."""
    others = {k: v for k, v in os.environ.items() if k not in THREADS}
    return others | (dict.fromkeys(THREADS, str(threads)) if threads else {})


def measure(options, threads):
    """{workload: {"seconds": {engine: [per round]}, "bytes": {engine: n}}}."""
    engines = [*BOTH, *options.peers]
    names, env = options.workload, environment(threads)
    watch = Watch()
    time.sleep(1)
    expect_quiet(watch)
    found = {name: {"seconds": {e: [] for e in engines}, "bytes": {}} for name in names}
    total = options.rounds * len(names) + len(engines) * len(names)
    hidden = bool(os.environ.get("DLCOURSE_BUILD"))
    with tqdm(total=total, unit="measurement", disable=hidden) as bar:
        for seed in range(options.rounds):
            settings = {"workloads": list(names), "seconds": options.seconds}
            for line in worker("times", env, engines=engines, seed=seed, **settings):
                bar.update()
                result = found[line["workload"]]
                for engine, seconds in line["seconds"].items():
                    result["seconds"][engine].append(seconds)
            expect_quiet(watch)
        for name in names:
            for engine in engines:
                for line in worker("memory", env, name=engine, workload=name):
                    found[name]["bytes"][engine] = line.get("bytes")
                bar.update()
    return found


def interval(ratios, confidence=0.95):
    """A bootstrap interval of the median of these ratios."""
    ratios = np.asarray(ratios)
    picked = np.random.default_rng(0).integers(len(ratios), size=(4000, len(ratios)))
    medians = np.median(ratios[picked], axis=1)
    return np.quantile(medians, [(1 - confidence) / 2, (1 + confidence) / 2])


def table(columns, peers):
    """The results as a Markdown table; ``columns`` holds those of each thread count."""
    heads = ["", "workload"]
    for threads in columns:
        heads += [f"dlcourse, {_threads(threads)}", "PyTorch", "ratio", "95 %", *peers]
    heads += ["memory", "PyTorch's"]
    lines = [heads, ["---"] * 2 + ["--:"] * (len(heads) - 2)]
    first = next(iter(columns.values()))
    for name, result in first.items():
        cells = [name, WORKLOADS[name].what]
        for found in columns.values():
            cells += _times(found[name]["seconds"], peers)
        cells += [_megabytes(result["bytes"].get(engine)) for engine in BOTH]
        lines.append(cells)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _times(seconds, peers):
    """One workload's cells: both times, their ratio, its interval, the peers'."""
    reference = np.array(seconds["torch"])
    ratios = {e: np.array(own) / reference for e, own in seconds.items() if own}
    low, high = interval(ratios["dlcourse"])
    cells = [f"{1000 * np.median(seconds[engine]):.3g} ms" for engine in BOTH]
    cells += [f"**{np.median(ratios['dlcourse']):.2f}**", f"{low:.2f}–{high:.2f}"]
    return cells + [
        f"{np.median(ratios[peer]):.2f}" if peer in ratios else "–" for peer in peers
    ]


def _threads(threads):
    """As a column is headed."""
    if threads is None:
        return "default threads"
    return f"{threads} thread{'s' * (threads > 1)}"


def _megabytes(n):
    if n is None:
        return "unknown"
    return f"{n / 1e6:.1f} MB" if n >= 1e5 else "< 0.1 MB"


def machine(options):
    """One sentence: processor, system, versions, threads."""
    from importlib.metadata import version

    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        models = [x for x in info.read_text().splitlines() if "model name" in x]
        cpu = models[0].partition(": ")[2] if models else cpu
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    packages = ["numpy", "torch", *options.peers]
    versions = ", ".join(f"{package} {version(package)}" for package in packages)
    return (
        f"{cpu}, {os.cpu_count()} cores, {platform.system()}, Python "
        f"{platform.python_version()}, {versions}, {blas['name']} {blas['version']}; "
        f"{options.rounds} rounds."
    )


def main(argv=None):
    """Measure and print the table."""
    options = arguments(argv)
    settings = [options.threads] if options.threads else [1, None]
    columns = {threads: measure(options, threads) for threads in settings}
    text = f"{table(columns, options.peers)}\n\n{machine(options)}"
    print(text)
    if options.json:
        named = {_threads(threads): found for threads, found in columns.items()}
        options.json.write_text(json.dumps(named, indent=1), encoding="utf-8")
    if options.readme:
        before, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
        after = rest.partition(END)[2]
        README.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
