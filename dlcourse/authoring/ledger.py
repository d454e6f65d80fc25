"""The README's tables and numbers, each from where it was measured.

``claim(...)`` leaves its verdict in the metadata of its output; the solved notebooks
are read for it. A table stands between two marks, ``<!-- lessons:begin -->`` and
``<!-- lessons:end -->``; so does the ``ledger`` of claims, the slides' ``errata``, and
what the package is ``held`` against: the reports of ``make parity`` and ``make bench``.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import nbformat

from dlcourse.authoring.build import Measured
from dlcourse.authoring.convert import ROOT, lessons
from dlcourse.teach.course import CLAIMS

README = ROOT / "README.md"
PARITY, BENCHMARKS = "tests/parity/REPORT.md", "benchmarks/README.md"


class LedgerError(ValueError):
    """What keeps the README's tables from being made."""


@dataclass(frozen=True)
class Settled:
    """A claim as a lesson settled it.

    ``measured`` and ``bound`` are text; ``erratum`` says what the slides should have
    said, where they are wrong.
    """

    claim: str
    verdict: str
    measured: str
    bound: str
    because: str
    erratum: str
    lesson: str  # its name, 01_backprop


def settled(root=ROOT):
    """Every claim settled in the solved notebooks, in the order of the lessons."""
    found = []
    for lesson in lessons(root):
        path = lesson.path("solved")
        if not path.exists():
            continue
        for cell in nbformat.read(path, 4).cells:
            for output in cell.get("outputs", ()):
                note = output.get("metadata", {}).get("dlcourse", {})
                if "claim" in note:
                    found.append(_settled(note, lesson))
    return found


def _settled(note, lesson):
    if note["claim"] not in CLAIMS:
        raise LedgerError(f"{lesson.name}: no lesson has the claim {note['claim']!r}")
    fields = ("claim", "verdict", "measured", "bound", "because")
    return Settled(*(note[f] for f in fields), note.get("erratum", ""), lesson.name)


def claims_table(root=ROOT):
    """The ledger: a row for each settled claim."""
    rows = []
    for entry in settled(root):
        verdict = f"**{entry.verdict}**" + (entry.because and f": {entry.because}")
        rows.append(
            (
                f"`{entry.claim}`: {CLAIMS[entry.claim]['statement']}",
                _lectures(entry),
                verdict,
                f"{entry.measured} ({entry.bound})",
                _lesson(entry),
            )
        )
    return _table(("claim", "lectures", "verdict", "measured", "lesson"), rows)


def lessons_table(root=ROOT):
    """The lessons: study time as tried, run time and memory as the build measured."""
    claims = [entry.lesson for entry in settled(root)]
    rows = []
    for lesson in lessons(root):
        run = Measured(lesson).get("solved")
        rows.append(
            (
                f"[{lesson.title}](notebooks/{lesson.name}.ipynb)",
                lesson.minutes,
                run.get("seconds", "not built"),
                run.get("peak_mb", "not built"),
                claims.count(lesson.name),
            )
        )
    header = ("lesson", "study (min)", "run (s)", "memory (MB)", "claims settled")
    return _table(header, rows)


def errata(root=ROOT):
    """What the slides have wrong and should have said: a list."""
    return "\n".join(
        f"- {' '.join(entry.erratum.split())} ({_lesson(entry)})"
        for entry in settled(root)
        if entry.erratum
    )


def held(root=ROOT):
    """What the package is held against: two numbers of two reports."""
    report = (ROOT / PARITY).read_text("utf-8")
    equal = re.search(r"\*\*([\d,]+) samples equal\*\*", report)[1]
    benchmarks = (ROOT / BENCHMARKS).read_text("utf-8")
    ratios = re.findall(r"^\| W\d .*\*\*([\d.]+)\*\*", benchmarks, re.MULTILINE)
    low, high = min(ratios, key=float), max(ratios, key=float)
    return (
        f"- PyTorch's own samples (`make parity`): [{equal} are equal]({PARITY}), "
        "values and gradients, to\n  a relative error of 1e-9; what is outside is "
        "listed there by name.\n"
        f"- PyTorch's time (`make bench`): [{len(ratios)} workloads]({BENCHMARKS}) of "
        f"the size of this course's take\n  {low} to {high} times as long, on the "
        "machine that is named there."
    )


PARTS = {
    "lessons": lessons_table,
    "ledger": claims_table,
    "errata": errata,
    "held": held,
}


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


def write(readme=README, root=ROOT):
    """Write the README's tables; returns whether anything changed."""
    readme = Path(readme)
    before = readme.read_text("utf-8")
    after = rendered(before, root)
    if after != before:
        readme.write_text(after, "utf-8", newline="\n")
    return after != before


def is_current(readme=README, root=ROOT):
    """Whether the README's tables are what the notebooks say."""
    text = Path(readme).read_text("utf-8")
    return rendered(text, root) == text


def _lesson(entry):
    """Its number, as a link."""
    return f"[{entry.lesson[:2]}](notebooks/{entry.lesson}.ipynb)"


def _lectures(entry):
    """Where a claim stands: letters, in brackets where it is only implied."""
    known = CLAIMS[entry.claim]
    letters = ", ".join(known["lectures"]) or "none"
    return f"({letters})" if known.get("implied") else letters


def _table(header, rows):
    """A Markdown table."""
    lines = (header, ["---"] * len(header), *rows)
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)


def _cell(content):
    """One cell's text on one line, with no bar that would end the cell."""
    return re.sub(r"(?<!\\)\|", r"\\|", " ".join(str(content).split()))
