"""``import dlcourse`` against ``import numpy``: the budget is 1.5 times as long.

    python benchmarks/import_time.py [PAIRS]

Fresh processes, the two in turn, so that a slower moment of the machine meets both.
"""

import statistics
import subprocess
import sys

BUDGET = 1.5
TIMED_IMPORT = """
import time
start = time.perf_counter()
import {module}
print(time.perf_counter() - start)
"""


def seconds(module):
    """How long a fresh Python takes to import a module, without Python's own start."""
    command = [sys.executable, "-c", TIMED_IMPORT.format(module=module)]
    return float(subprocess.run(command, capture_output=True, check=True).stdout)


def main(pairs=30):
    """Print both medians and their ratio; return 1 where it is above the budget."""
    modules = ("numpy", "dlcourse")
    for module in modules:
        seconds(module)  # the first one writes bytecode and warms the disk's cache
    times = {module: [] for module in modules}
    for _ in range(pairs):
        for module in modules:
            times[module].append(seconds(module))
    medians = {module: statistics.median(times[module]) for module in modules}
    ratio = medians["dlcourse"] / medians["numpy"]
    for module in modules:
        print(f"import {module:9} {1000 * medians[module]:6.1f} ms, median of {pairs}")
    print(f"ratio            {ratio:6.2f}, budget {BUDGET}")
    return int(ratio > BUDGET)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
