"""REPORT.md: which of PyTorch's own samples run on dlcourse, and which do not, and why.

python tests/parity/parity_report.py        # runs all samples and writes it
"""

import importlib
import re
import sys
import time
import warnings
from pathlib import Path

REPORT = Path(__file__).with_name("REPORT.md")
KINDS = {  # heading: (module that runs them, what PyTorch calls its samples)
    "Functions": ("torch_operations", "op_db"),
    "Modules": ("torch_modules", "module_db"),
    "Optimisers": ("torch_optimizers", "optim_db"),
}
INTRODUCTION = """# PyTorch's own samples on dlcourse

PyTorch ships the samples that its own tests run: `op_db` (functions), `module_db`,
`optim_db`. Here they run on `dlcourse`, in float64 on the CPU, values and gradients (of
inputs and of parameters, and buffers after the forward): a sample is *equal* where all
are PyTorch's to a relative error of 1e-9 of the largest entry, with equal shapes and
dtypes. Where inputs are nan their gradient is left out: its convention differs from
function to function. Optimisers take 10 steps, on one group of parameters and on two;
their schedules run for 30.

*Raise* counts PyTorch's error inputs, at which dlcourse raises too. What is *outside*
is what the course leaves out: then dlcourse raises, and a test sees that it does.
Written by `python tests/parity/parity_report.py`; a test compares each line.
"""
COLUMNS = """\
| name | equal | with gradients | raise | outside, and why |
|---|--:|--:|--:|---|"""


def runner(heading):
    """The module that runs the samples under this heading (5 s: imported late)."""
    return importlib.import_module(KINDS[heading][0])


def offered(kind):
    """The names that both offer; ``kind`` is such a module."""
    return [name for name in kind.everything() if kind.ours(name)]


def line(row):
    """One name's line of the table."""
    reasons = [f"{reason}: {n}" for reason, n in sorted(row.outside.items())]
    reasons += [
        f"takes what PyTorch refuses ({reason}): {n}"
        for reason, n in sorted(row.excepted.items())
    ]
    cells = (row.name, row.equal, row.gradients, row.errors, "; ".join(reasons))
    return f"| {' | '.join(map(str, cells))} |".replace("  |", " |")


def write(rows, absent, version):
    """The report's text from {heading: rows} and {heading: names not offered}."""
    total = [row for listed in rows.values() for row in listed]
    equal, gradients, errors = (
        sum(getattr(row, field) for row in total)
        for field in ("equal", "gradients", "errors")
    )
    outside = sum(sum(row.outside.values()) for row in total)
    parts = [
        INTRODUCTION,
        f"With PyTorch {version}: {len(total)} names, **{equal:,} samples equal**, "
        f"{gradients:,} of them\nwith gradients; {errors:,} error inputs raise; "
        f"{outside:,} samples outside.\n",
    ]
    for heading, listed in rows.items():
        parts += [f"## {heading}\n", COLUMNS, *map(line, listed), ""]
    parts += [
        "## Not offered\n",
        "PyTorch's names that no lesson needs: dlcourse does not have them.\n",
    ]
    for heading, listed in absent.items():
        words = ", ".join(f"`{name}`" for name in listed)
        parts += [f"**{heading}** ({KINDS[heading][1]}, {len(listed)}): {words}\n"]
    return "\n".join(parts)


def listed(heading):
    """The names, with their lines, that the report has under a heading."""
    text = REPORT.read_text(encoding="utf-8")
    section = text.split(f"## {heading}\n", 1)[-1].split("\n## ", 1)[0]
    rows = re.findall(r"^\| (\S+) \| \d.*$", section, re.MULTILINE)
    lines = re.findall(r"^\| \S+ \| \d.*$", section, re.MULTILINE)
    return dict(zip(rows, lines, strict=True))


def version():
    """The PyTorch that the report was made with."""
    return re.search(r"With PyTorch (\S+):", REPORT.read_text(encoding="utf-8"))[1]


def main():
    """Run everything, write the report; failures are printed and the exit status."""
    import torch

    warnings.simplefilter("ignore")
    rows, absent, failed = {}, {}, 0
    for heading in KINDS:
        kind, rows[heading] = runner(heading), []
        for name in offered(kind):
            start = time.perf_counter()
            row = kind.run(name)
            rows[heading].append(row)
            failed += len(row.failures)
            print(f"{time.perf_counter() - start:6.2f} s  {line(row)}")
            print(*(f"    {failure}" for failure in row.failures), sep="\n", end="")
        absent[heading] = [name for name in kind.everything() if not kind.ours(name)]
    released = torch.__version__.partition("+")[0]
    REPORT.write_text(write(rows, absent, released), encoding="utf-8")
    print(f"{REPORT.name} is written; {failed} samples fail")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
