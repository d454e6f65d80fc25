"""Claims: what a lecture asserts, what was measured, and whether it holds.

    claim("minibatch-variance", measured=slope, expected=-1, within=0.05)

states the lecture's sentence, the measured number, what is asserted of it, and the
verdict. What is asserted is what the verdict says. Where the number does not support
it (on another machine, after a change), the text says so instead, and the tests, which
compare the text, fail. A measured number is printed after ``≈``, and only there.
"""

import difflib
import math
from dataclasses import dataclass

import numpy as np

from dlcourse.lab import statistics
from dlcourse.lab.statistics import Sample
from dlcourse.teach.book import recall
from dlcourse.teach.course import CLAIMS
from dlcourse.teach.panel import Shown, box, markup, plain, publish, table

__all__ = ["Verdict", "claim", "measured", "settled"]

VERDICTS = ("holds", "holds, with a caveat", "does not hold")

_settled = {}  # the verdicts of this session, by claim


def measured(value, unit="", digits=3):
    """A measured number as text: ``≈ 95.3 %``. The sign marks what may vary.

    ``value`` may be a number, a list of numbers, or a Sample over seeds, which is given
    with its interval. Raises TypeError for anything else.
    """
    if isinstance(value, Sample):
        return str(value) if not unit else _with_interval(value, unit, digits)
    numbers = np.asarray(value)
    if numbers.dtype.kind not in "iuf" or numbers.ndim > 1:
        raise TypeError(
            "measured expects a number, a list of numbers, or a Sample, got "
            f"{type(value).__name__}"
        )
    if not np.isfinite(numbers).all():
        return "not a finite number"
    if numbers.ndim == 0:
        return statistics.measured(float(numbers), unit, digits)
    inner = ", ".join(_bare(number, digits) for number in numbers)
    return f"≈ [{inner}] {unit}".rstrip()


def _with_interval(sample, unit, digits):
    low, high = (_bare(end, digits) for end in sample.interval)
    mean = statistics.measured(sample.mean, unit, digits)
    return f"{mean}, 95 % interval ≈ [{low}, {high}] {unit} ({sample.n} seeds)"


def _bare(number, digits):
    return statistics.measured(float(number), digits=digits).removeprefix("≈ ")


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
        verdict: "holds", "holds, with a caveat" or "does not hold". What is asserted
            must be what shows it: the bound by which a claim does *not* hold.
        because: the sentence that goes with the verdict; needed but for "holds".
        erratum: what a slide has wrong, and how it should read: "C, ...".

    An interval that straddles the bound makes the verdict *undecided*.
    """
    statement = _statement(id)
    if verdict not in VERDICTS:
        raise ValueError(f"claim {id}: verdict is one of {VERDICTS}, got {verdict!r}")
    if verdict != "holds" and not because:
        raise ValueError(f"claim {id}: {verdict!r} needs its sentence, because=")
    bound = Bound.of(id, expected, within, at_least, at_most, less_than, unit, digits)
    outcome = bound.judge(*_span(measured, interval))
    number = _number(measured, interval, unit, digits, bound.exact)
    found = Verdict(
        id, statement, verdict, outcome, number, bound.text, because, erratum
    )
    _settled[id] = found
    return found.show()


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

    __repr__ = Shown.__repr__

    @property
    def supported(self):
        return self.outcome == "supported"

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
    def text(self):
        return plain(
            f"Claim {self.claim}: {self.statement} ({self._source}).\n"
            f"  Measured: {self.number}. Asserted: {self.bound}.\n"
            f"  Verdict: {self.verdict}. {self.explanation}".rstrip()
            + (f"\n  Erratum: {self.erratum}" if self.erratum else "")
        )

    @property
    def html(self):
        mood = "note"
        if not self.supported:
            mood = "hint"
        elif self.declared == "holds":
            mood = "right"
        elif self.declared == "does not hold":
            mood = "wrong"
        return box(
            f"<b>Claim <code>{self.claim}</code></b>: {markup(self.statement)} "
            f"({self._source}).<br>Measured: {self.number}. Asserted: {self.bound}."
            f"<br><b>Verdict: {self.verdict}.</b> {markup(self.explanation)}".rstrip()
            + (f"<br>Erratum: {markup(self.erratum)}" if self.erratum else ""),
            mood,
        )


@dataclass(frozen=True)
class Bound:
    """What is asserted: the number lies from ``low`` to ``high``.

    ``high`` may be uncertain itself, and is an interval (from, to).
    """

    text: str
    low: float = -math.inf
    high: tuple = (math.inf, math.inf)
    strict: bool = False
    exact: bool = False

    @classmethod
    def of(cls, id, expected, within, at_least, at_most, less_than, unit, digits):
        """The bound that the arguments of ``claim`` describe."""
        kinds = [
            expected is not None or within is not None,
            at_least is not None or at_most is not None,
            less_than is not None,
        ]
        if sum(kinds) != 1 or (expected is None) != (within is None):
            raise TypeError(
                f"claim {id}: give either expected= and within=, or at_least= and/or "
                "at_most=, or less_than="
            )
        unit = f" {unit}" if unit else ""
        if expected is not None:
            low, high = expected - within, expected + within
            if within == 0:
                return cls(f"exactly {expected}{unit}", low, (high, high), exact=True)
            text = f"within {within} of {expected}{unit}"
            return cls(text, low, (high, high))
        if less_than is not None:
            text = f"less than {measured(less_than, unit.strip(), digits)}"
            return cls(text, high=_span(less_than), strict=True)
        low = -math.inf if at_least is None else at_least
        high = math.inf if at_most is None else at_most
        text = " and ".join(
            f"at {word} {value}{unit}"
            for word, value in (("least", at_least), ("most", at_most))
            if value is not None
        )
        return cls(text, low, (high, high))

    def judge(self, low, high):
        """What a measurement that lies between ``low`` and ``high`` says of it."""
        if any(map(math.isnan, (low, high, *self.high))):
            return "not measured"
        below = high < self.high[0] if self.strict else high <= self.high[0]
        if low >= self.low and below:
            return "supported"
        above = low >= self.high[1] if self.strict else low > self.high[1]
        if high < self.low or above:
            return "contradicted"
        return "undecided"


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
    predicted = [str(recall("predictions", id, "")) for id in _settled]
    if any(predicted):
        header += ("you predicted",)
        rows = [(*row, said) for row, said in zip(rows, predicted, strict=True)]
    rich, text = table(header, rows)
    publish(text, rich)


def _statement(id):
    if id not in CLAIMS:
        near = difflib.get_close_matches(str(id), CLAIMS, n=3, cutoff=0.5)
        hint = f": did you mean {' or '.join(map(repr, near))}?" if near else ""
        raise LookupError(f"no lesson has a claim {id!r}{hint}")
    return CLAIMS[id]["statement"]


def _span(value, interval=None):
    """Between which numbers a measurement lies."""
    if interval is None and isinstance(value, Sample):
        interval = value.interval
    if interval is None:
        interval = value, value
    ends = np.asarray(interval)
    if ends.shape != (2,) or ends.dtype.kind not in "iuf":
        raise TypeError(
            f"a measurement is a number or a Sample, got {type(value).__name__}"
        )
    return tuple(map(float, ends))


def _number(value, interval, unit, digits, exact):
    """The measurement, as it is printed."""
    after = f" {unit}" if unit else ""
    if exact:
        return f"{value}{after}"
    number = measured(value, unit, digits)
    if interval is None:
        return number
    low, high = (_bare(end, digits) for end in interval)
    return f"{number}, 95 % interval ≈ [{low}, {high}]{after}"
