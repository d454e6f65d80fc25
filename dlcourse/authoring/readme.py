"""The README's tables and numbers, each from where it was measured.

A table stands between two marks, ``<!-- lessons:begin -->`` and ``<!-- lessons:end
-->``; so does the summary of the ledger, ``claims``, and what the package is ``held``
against: the reports of ``make parity`` and ``make bench``.
"""

import re
from pathlib import Path

from dlcourse.authoring import ledger
from dlcourse.authoring.build import Measured
from dlcourse.authoring.convert import ROOT, lessons
from dlcourse.authoring.ledger import LedgerError
from dlcourse.teach.course import Part

PARITY, BENCHMARKS = "tests/parity/REPORT.md", "benchmarks/README.md"


def lessons_table(root=ROOT):
    """The lessons: study time as tried, run time and memory as the build measured.

    Of study time, exercises and claims first what is in the core, then all.
    """
    rows = []
    for lesson in lessons(root):
        run = Measured(lesson).get("solved")
        core, whole = (Part.of(text) for text in (lesson.core_text, lesson.text))
        rows.append(
            (
                f"[{lesson.title}](notebooks/{lesson.name}.ipynb)",
                f"{lesson.core} of {lesson.minutes}",
                f"{len(core.exercises)} of {len(whole.exercises)}",
                f"{len(core.claims)} of {len(whole.claims)}",
                run.get("seconds", "not built"),
                run.get("peak_mb", "not built"),
            )
        )
    header = ("lesson", "minutes", "exercises", "claims", "run (s)", "memory (MB)")
    lines = (header, ["---"] * len(header), *rows)
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)


def claims(root=ROOT):
    """The ledger in a sentence, and where it is."""
    return f"{ledger.summary(root)}\nThe ledger: [{ledger.PAGE}]({ledger.PAGE})."


def held(root=ROOT):
    """What the package is held against: two numbers of two reports."""
    report = (ROOT / PARITY).read_text("utf-8")
    equal = re.search(r"\*\*([\d,]+) samples equal\*\*", report)[1]
    benchmarks = (ROOT / BENCHMARKS).read_text("utf-8")
    rows = re.findall(r"^\| W\d .*\*\*.*", benchmarks, re.MULTILINE)  # not the peers
    ratios = re.findall(r"\*\*([\d.]+)\*\*", "".join(rows))
    low, high = min(ratios, key=float), max(ratios, key=float)
    return (
        f"- PyTorch's own samples (`make parity`): [{equal} are equal]({PARITY}), "
        "values and gradients, to\n  a relative error of 1e-9; what is outside is "
        "listed there by name.\n"
        f"- PyTorch's time (`make bench`): [{len(rows)} workloads]({BENCHMARKS}) of "
        f"the size of this course's take\n  {low} to {high} times as long, on the "
        "machine that is named there."
    )


PARTS = {"lessons": lessons_table, "claims": claims, "held": held}


def rendered(text, root=ROOT):
    """The README's ``text`` with its tables made anew.

    Raises LedgerError where one has no place.
    """
    for name, make in PARTS.items():
        made = make(root)
        block = re.compile(
            rf"(<!-- {name}:begin -->\n).*?(<!-- {name}:end -->)", re.DOTALL
        )
        if block.search(text):
            text = block.sub(lambda m, made=made: f"{m[1]}{made}\n{m[2]}", text)
        else:
            raise LedgerError(
                f"the README has no place for the {name}: write <!-- {name}:begin --> "
                f"and <!-- {name}:end -->, each on a line of its own"
            )
    return text


def write(root=ROOT):
    """Write the README's tables and CLAIMS.md; returns which of the two changed."""
    path = Path(root) / "README.md"
    before = path.read_text("utf-8")
    after = rendered(before, root)
    changed = []
    if after != before:
        path.write_text(after, "utf-8", newline="\n")
        changed.append(path.name)
    return changed + [ledger.PAGE] * ledger.write(root)


def old(root=ROOT):
    """Which of the two pages are not what the notebooks say."""
    root = Path(root)
    readme = (root / "README.md").read_text("utf-8")
    found = [] if readme == rendered(readme, root) else ["README.md"]
    page = root / ledger.PAGE
    if not page.exists() or page.read_text("utf-8") != ledger.page(root):
        found.append(ledger.PAGE)
    return found


def _cell(content):
    """One cell's text on one line, with no bar that would end the cell."""
    return re.sub(r"(?<!\\)\|", r"\\|", " ".join(str(content).split()))
