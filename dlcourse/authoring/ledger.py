"""The ledger: what the lectures claim, and what came out. It is the page CLAIMS.md.

``claim(...)`` leaves its verdict in the metadata of its output; the solved notebooks
are read for it.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import nbformat

from dlcourse.authoring.convert import ROOT, lessons
from dlcourse.teach.course import CLAIMS, LECTURES, SECTIONS

PAGE = "CLAIMS.md"
HEAD = """\
# What the lectures claim, and what was measured

Made from the executed notebooks by `make readme`; a test fails where a number stops
supporting its sentence. Each claim has its **contrast**: the same measurement where the
cause that the claim names is absent or wrong. It must miss the bound, or the number
would settle nothing.
"""


PLURAL = {
    "holds": "hold",
    "holds, with a caveat": "hold with a caveat",
    "does not hold": "do not hold",
}


class LedgerError(ValueError):
    """What keeps a page from being made."""


@dataclass(frozen=True)
class Settled:
    """A claim as a lesson settled it; the fields are what ``claim`` has printed."""

    claim: str
    verdict: str
    measured: str
    bound: str
    because: str
    erratum: str
    contrasts: tuple
    lesson: str  # its name, 01_backprop

    @classmethod
    def of(cls, note, lesson):
        """From the metadata of an output in the notebook of ``lesson``."""
        if note["claim"] not in CLAIMS:
            raise LedgerError(f"{lesson}: no lesson has the claim {note['claim']!r}")
        fields = ("claim", "verdict", "measured", "bound", "because", "erratum")
        contrasts = tuple(note.get("contrasts", ()))
        return cls(*(note[f] for f in fields), contrasts, lesson)

    @property
    def entry(self):
        """What the lesson's claims.toml says of it."""
        return CLAIMS[self.claim]

    @property
    def link(self):
        """The lesson's number, as a link."""
        return f"[{self.lesson[:2]}](notebooks/{self.lesson}.ipynb)"

    def block(self):
        """The claim as an entry of the page."""
        lectures = ", ".join(self.entry["lectures"]) or "no lecture"
        if self.entry.get("implied"):
            lectures = f"implied by {lectures}"
        lines = [
            f"**`{self.claim}`** {self.entry['statement']}  ",
            f"*{lectures} · lesson {self.link}*",
            "",
            f"- **{_capital(self.verdict)}**" + (self.because and f": {self.because}"),
            f"- Measured: {self.measured}. Asserted: {self.bound}.",
        ]
        for contrast in self.contrasts:
            where = "outside" if contrast["outside"] else "**inside**"
            name = _capital(contrast["name"])
            lines.append(f"- Contrast. {name}: {contrast['measured']}, {where}.")
        return "\n".join(lines)


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
                    found.append(Settled.of(note, lesson.name))
    return found


def page(root=ROOT):
    """The text of CLAIMS.md."""
    found = settled(root)
    parts = [HEAD, summary(root) + "\n", _lectures()]
    for section in SECTIONS:
        here = [each.block() for each in found if each.entry["section"] == section]
        if here:
            parts.append(f"## {section}\n\n" + "\n\n".join(here) + "\n")
    if errata := [each for each in found if each.erratum]:
        lines = [f"- {' '.join(e.erratum.split())} ({e.link})" for e in errata]
        parts.append("## What the slides have wrong\n\n" + "\n".join(lines) + "\n")
    return "\n".join(parts)


def summary(root=ROOT):
    """A few words of it all."""
    found = settled(root)
    verdicts = Counter(PLURAL.get(each.verdict, each.verdict) for each in found)
    counted = ", ".join(f"{count} {name}" for name, count in verdicts.most_common())
    errata = sum(bool(each.erratum) for each in found)
    return (
        f"{len(found)} of {len(CLAIMS)} claims are settled"
        + (f": {counted}" if found else "")
        + f". {errata} errata of the slides."
    )


def write(root=ROOT):
    """Write CLAIMS.md; returns whether anything changed."""
    path, text = Path(root) / PAGE, page(root)
    if path.exists() and path.read_text("utf-8") == text:
        return False
    path.write_text(text, "utf-8", newline="\n")
    return True


def _lectures():
    lines = (f"- **{letter}**: {name}" for letter, name in LECTURES.items())
    return "The letters name the lectures:\n\n" + "\n".join(lines) + "\n"


def _capital(text):
    return text[:1].upper() + text[1:]
