"""The README's tables, made from the executed notebooks and from measured.json.

``claim(...)`` leaves its verdict in the metadata of its output; the solved notebooks
are read for it.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import nbformat

from dlcourse.authoring.build import ROOT, Measured
from dlcourse.authoring.convert import NOTEBOOKS, lessons
from dlcourse.teach.claims import CLAIMS

README = ROOT / "README.md"


@dataclass(frozen=True)
class Settled:
    """A claim as a lesson settled it: its id, the verdict, and the measurement."""

    claim: str
    verdict: str
    measured: str
    bound: str
    because: str
    lesson: str  # the lesson's name, 01_backprop


def settled(folder=NOTEBOOKS):
    """Every claim settled in the solved notebooks, in the order of the lessons."""
    found = []
    for lesson in lessons(folder):
        path = lesson.path("solved")
        if not path.exists():
            continue
        for cell in nbformat.read(path, 4).cells:
            for output in cell.get("outputs", ()):
                note = output.get("metadata", {}).get("dlcourse", {})
                if "claim" in note:
                    fields = ("claim", "verdict", "measured", "bound", "because")
                    found.append(Settled(*(note[f] for f in fields), lesson.name))
    return found


def claims_table(folder=NOTEBOOKS):
    """The ledger: a row for each settled claim."""
    rows = [
        "| claim | lectures | verdict | measured | lesson |",
        "|---|---|---|---|---|",
    ]
    for entry in settled(folder):
        known = CLAIMS[entry.claim]
        letters = ", ".join(known["lectures"]) or "none"
        letters = f"({letters})" if known.get("implied") else letters
        verdict = f"**{entry.verdict}**"
        if entry.because:
            verdict += f": {entry.because}"
        rows.append(
            f"| `{entry.claim}`: {known['statement']} | {letters} | {verdict} | "
            f"{entry.measured} ({entry.bound}) | {entry.lesson[:2]} |"
        )
    return "\n".join(rows)


def lessons_table(folder=NOTEBOOKS):
    """The lessons, with study time as tried, run time and memory as measured."""
    rows = [
        "| lesson | study (min) | run (s) | memory (MB) | claims settled |",
        "|---|---|---|---|---|",
    ]
    entries = Measured(folder).entries
    counts = [entry.lesson for entry in settled(folder)]
    for lesson in lessons(folder):
        run = entries.get(lesson.name, {}).get("solved", {})
        rows.append(
            f"| [{lesson.title}](notebooks/{lesson.name}.ipynb) | {lesson.minutes} | "
            f"{run.get('seconds', '')} | {run.get('peak_mb', '')} | "
            f"{counts.count(lesson.name)} |"
        )
    return "\n".join(rows)


def rendered(text, folder=NOTEBOOKS):
    """The README's ``text`` with both tables made anew."""
    for name, table in (("lessons", lessons_table), ("ledger", claims_table)):
        block = re.compile(
            rf"(<!-- {name}:begin -->\n).*?(<!-- {name}:end -->)", re.DOTALL
        )
        if not block.search(text):
            raise ValueError(f"the README has no <!-- {name}:begin --> ... end block")
        text = block.sub(lambda m, made=table: m[1] + made(folder) + "\n" + m[2], text)
    return text


def write(readme=README, folder=NOTEBOOKS):
    """Write the README's tables; returns whether anything changed."""
    readme = Path(readme)
    before = readme.read_text("utf-8")
    after = rendered(before, folder)
    if after != before:
        readme.write_text(after, "utf-8")
    return after != before


def is_current(readme=README, folder=NOTEBOOKS):
    """Whether the README's tables are what the notebooks say."""
    text = Path(readme).read_text("utf-8")
    return rendered(text, folder) == text
