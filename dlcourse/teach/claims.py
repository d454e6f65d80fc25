"""Claims: what a lecture asserts, what was measured, and whether it holds.

    claim(
        "minibatch-variance",
        measured=slope,
        expected=-1,
        within=0.05,
        contrast={"without shuffling": other},
    )

states the lecture's sentence, the measured number, what is asserted of it, and the
verdict. What is asserted is what the verdict says. Where the number does not support
it (on another machine, after a change), the text says so instead, and the tests, which
compare the text, fail. A measured number is printed after ``≈``, and only there.

A **contrast** is the same measurement where the cause that the claim names is absent or
wrong. It must miss the bound: a number that comes out the same either way settles
nothing.
"""

import difflib
from dataclasses import dataclass

import numpy as np

from dlcourse.lab.statistics import measured as as_text
from dlcourse.teach.book import record
from dlcourse.teach.bounds import Bound, span
from dlcourse.teach.course import CLAIMS
from dlcourse.teach.panel import Shown, box, markup, plain, publish, table
from dlcourse.teach.predictions import committed

__all__ = ["Contrast", "Verdict", "claim", "settled"]

VERDICTS = ("holds", "holds, with a caveat", "does not hold")

_settled = {}  # the verdicts of this session, by claim


def claim(
    id,
    measured,
    *,
    expected=None,
    within=None,
    at_least=None,
    at_most=None,
    less_than=None,
    interval=None,
    contrast=None,
    verdict="holds",
    because="",
    erratum="",
    unit="",
    digits=3,
):
    """Settle the claim ``id`` with what was ``measured``; shows and returns a Verdict.

    Args:
        measured: a number, or a Sample over seeds (``lab.over_seeds``).
        expected, within: asserts that it is within this distance of the expected value.
        at_least, at_most: assert a bound, or both.
        less_than: asserts an order: another measurement, or Sample, that is larger.
        interval: (low, high) of a measurement over seeds that is no Sample.
        contrast: {what was changed: the number or Sample that this gave}, such as
            {"with Xavier's variance": 0.5}. Each must miss the bound.
        verdict: "holds", "holds, with a caveat" or "does not hold". What is asserted
            must be what shows it: the bound by which a claim does *not* hold.
        because: the sentence that goes with the verdict; needed but for "holds".
        erratum: what a slide has wrong, and how it should read: "C, ...".

    An interval that straddles the bound makes the verdict *undecided*. Where there is a
    verdict, the learner's book keeps it.
    """
    statement = _statement(id)
    if verdict not in VERDICTS:
        raise ValueError(f"claim {id}: verdict is one of {VERDICTS}, got {verdict!r}")
    if verdict != "holds" and not because:
        raise ValueError(f"claim {id}: {verdict!r} needs its sentence, because=")
    bound = Bound.of(id, expected, within, at_least, at_most, less_than, unit, digits)
    outcome = bound.judge(*span(measured, interval))
    number = _number(measured, unit, digits, bound.exact, interval)
    found = Verdict(
        id,
        statement,
        verdict,
        outcome,
        number,
        bound.text,
        because,
        erratum,
        _contrasts(id, contrast, bound, unit, digits),
    )
    _settled[id] = found
    if found.settled:
        record("claims", id, found.verdict)
    return found.show()


@dataclass(frozen=True)
class Contrast:
    """What came out where the cause that a claim names was absent or wrong."""

    name: str  # what was changed: "with Xavier's variance"
    number: str
    outcome: str  # as a claim's; "contradicted" where it misses the bound

    @property
    def outside(self):
        return self.outcome == "contradicted"

    @property
    def sentence(self):
        where = {
            "contradicted": "outside",
            "supported": "inside: the number does not decide the claim",
            "undecided": "which reaches across the bound: the number does not decide "
            "the claim",
            "not measured": "which is no number: it does not decide the claim",
        }[self.outcome]
        return f"Contrast ({self.name}): {self.number}, {where}."

    @property
    def beside(self):
        """It, in a table."""
        where = "outside" if self.outside else "not outside"
        return f"{self.name}: {self.number}, {where}"

    @property
    def structure(self):
        return {"name": self.name, "measured": self.number, "outside": self.outside}


@dataclass
class Verdict(Shown):
    """A claim and how it came out."""

    claim: str
    statement: str
    declared: str  # the verdict that the lesson gives
    outcome: str  # supported, contradicted, undecided or not measured
    number: str
    bound: str
    because: str = ""
    erratum: str = ""
    contrasts: tuple = ()

    __repr__ = Shown.__repr__

    @property
    def supported(self):
        return self.outcome == "supported"

    @property
    def settled(self):
        """Whether the measurement gave a verdict, this or that."""
        return self.outcome in ("supported", "contradicted")

    @property
    def decides(self):
        """Whether the number settles it: there are contrasts, and all are outside."""
        return bool(self.contrasts) and all(each.outside for each in self.contrasts)

    @property
    def verdict(self):
        """The verdict as it stands after the measurement."""
        return {
            "supported": self.declared,
            "contradicted": "comes out differently here",
            "undecided": "undecided",
            "not measured": "could not be measured",
        }[self.outcome]

    @property
    def explanation(self):
        if self.supported:
            return self.because
        return {
            "contradicted": f"The course's verdict, *{self.declared}*, rests on a "
            f"number that is {self.bound}; on this machine it is not.",
            "undecided": f"The interval reaches across the bound ({self.bound}): more "
            "seeds are needed.",
            "not measured": "The measurement gave NaN.",
        }[self.outcome]

    @property
    def structure(self):
        return {
            "claim": self.claim,
            "lesson": CLAIMS[self.claim]["lesson"].title,
            "verdict": self.verdict,
            "declared": self.declared,
            "supported": self.supported,
            "measured": self.number,
            "bound": self.bound,
            "because": self.because,
            "erratum": self.erratum,
            "contrasts": [each.structure for each in self.contrasts],
        }

    @property
    def _source(self):
        entry = CLAIMS[self.claim]
        letters = entry["lectures"]
        if not letters:
            return "no lecture has it"
        lectures = f"lecture{'s' * (len(letters) > 1)} {', '.join(letters)}"
        return f"implied by {lectures}" if entry.get("implied") else lectures

    @property
    def _lines(self):
        """The measurement and each contrast."""
        first = f"Measured: {self.number}. Asserted: {self.bound}."
        return [first, *(each.sentence for each in self.contrasts)]

    @property
    def text(self):
        return plain(
            f"Claim {self.claim}: {self.statement} ({self._source}).\n  "
            + "\n  ".join(self._lines)
            + f"\n  Verdict: {self.verdict}. {self.explanation}".rstrip()
            + (f"\n  Erratum: {self.erratum}" if self.erratum else "")
        )

    @property
    def html(self):
        mood = "note"
        if not self.supported or (self.contrasts and not self.decides):
            mood = "hint"
        elif self.declared == "holds":
            mood = "right"
        elif self.declared == "does not hold":
            mood = "wrong"
        return box(
            f"<b>Claim <code>{self.claim}</code></b>: {markup(self.statement)} "
            f"({self._source}).<br>"
            + "<br>".join(map(markup, self._lines))
            + f"<br><b>Verdict: {self.verdict}.</b> {markup(self.explanation)}".rstrip()
            + (f"<br>Erratum: {markup(self.erratum)}" if self.erratum else ""),
            mood,
        )


def settled():
    """Show the verdicts of this session, in the order in which they were given.

    Beside them stands what the learner predicted, where ``predict`` asked by the
    claim's name.
    """
    if not _settled:
        publish("No claim is settled yet.", box("No claim is settled yet.", "note"))
        return
    header = ("claim", "measured", "asserted", "verdict")
    rows = [(v.statement, v.number, v.bound, v.verdict) for v in _settled.values()]
    contrasts = ["; ".join(c.beside for c in v.contrasts) for v in _settled.values()]
    if any(contrasts):
        header += ("contrast",)
        rows = [(*row, cell) for row, cell in zip(rows, contrasts, strict=True)]
    predicted = [_predicted(id) for id in _settled]
    if any(predicted):
        header += ("you predicted",)
        rows = [(*row, said) for row, said in zip(rows, predicted, strict=True)]
    rich, text = table(header, rows)
    publish(text, rich)


def _predicted(id):
    said = committed(id)
    return f"{said:g}" if isinstance(said, int | float) else said or ""


def _statement(id):
    if id not in CLAIMS:
        near = difflib.get_close_matches(str(id), CLAIMS, n=3, cutoff=0.5)
        hint = f": did you mean {' or '.join(map(repr, near))}?" if near else ""
        raise LookupError(f"no lesson has a claim {id!r}{hint}")
    return CLAIMS[id]["statement"]


def _number(value, unit, digits, exact, interval=None):
    """The measurement, as it is printed."""
    if exact:
        return f"{value} {unit}".rstrip()
    return as_text(value, unit, digits, interval)


def _contrasts(id, contrast, bound, unit, digits):
    """Each measurement of ``contrast``, judged by the bound."""
    found = []
    for name, value in (contrast or {}).items():
        try:
            outcome = bound.judge(*span(value))
        except TypeError as error:
            raise TypeError(f"claim {id}: contrast {name!r}: {error}") from None
        exact = bound.exact and isinstance(value, int | np.integer)
        number = _number(value, unit, digits, exact)
        found.append(Contrast(name, number, outcome))
    return tuple(found)
