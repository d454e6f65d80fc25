"""Do the committed outputs hold on other threads and on other processors' kernels?

    make test-matrix [ARGS="notebooks/01_backprop.ipynb"]

Runs every notebook, or those named, once for each row of ``ROWS`` and prints a table.
The kernels are those that OpenBLAS (NumPy's) and ATen (PyTorch's) would choose on an
older processor: they add numbers in another order, so last digits differ.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

OLD_ATEN = {"ATEN_CPU_CAPABILITY": "default"}
ROWS = {
    "1 thread": {},
    "2 threads": {"threads": "2"},
    "Haswell's kernels": {"OPENBLAS_CORETYPE": "Haswell", **OLD_ATEN},
    "Nehalem's kernels": {"OPENBLAS_CORETYPE": "Nehalem", **OLD_ATEN},
}
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def run(row, what):
    """Run pytest in the setting of one row; return its exit code."""
    settings = dict(row)
    threads = settings.pop("threads", "1")
    environment = {**os.environ, **dict.fromkeys(THREADS, threads), **settings}
    # With two threads each, two workers would compete for the two cores.
    workers = "2" if threads == "1" else "0"
    command = ["-m", "pytest", "-q", "-n", workers, "--dist", "loadfile", *what]
    return subprocess.call([sys.executable, *command], cwd=ROOT, env=environment)


def main(what):
    """Run all rows and print what held. Returns the exit code."""
    results = []
    for name, row in ROWS.items():
        print(f"\n== {name}", flush=True)
        start = time.perf_counter()
        code = run(row, what)
        results.append((name, code, time.perf_counter() - start))
    print()
    for name, code, seconds in results:
        print(f"{name:20} {'holds' if code == 0 else 'DIFFERS':8} {seconds:5.0f} s")
    return int(any(code for _, code, _ in results))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or ["notebooks"]))
