"""Predictions: the learner commits to an answer before it is measured.

    predict(
        "sgd-downhill",
        "How many of its steps does SGD go uphill?",
        {"none": (0, 0), "a few": (0.01, 0.1), "many": (0.1, 1)},
    )
    ...
    reveal("sgd-downhill", uphill, because="The steps are counted over 10 runs.")

Each option has the range of measured numbers for which it is right, so that the
measurement picks the answer. What counts is to have committed: a prediction cannot be
changed, and it is not graded.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import ipywidgets
from ipywidgets import Layout

from dlcourse.lab.statistics import Sample, measured
from dlcourse.teach import typed
from dlcourse.teach.book import look_up, record
from dlcourse.teach.panel import Shown, box, markup, plain
from dlcourse.teach.widgets import Panel, button, choices, prose, rich

__all__ = ["committed", "predict", "reveal"]

# The options of each question of this session: texts, text -> (low, high), or None
# where it asks for a number.
_asked = {}


def predict(id, question, options=None, unit=""):
    """Ask for a prediction; ``id`` names it for :func:`reveal`.

    Shows the question with a *Commit* button; returns nothing. ``id`` is the claim's
    where the question is about one.

    Args:
        options: {text: (low, high)}, the range of the measured number for which each is
            right, ends included, None for an open end; an end that two ranges share
            belongs to the upper one. Or a list of texts. Or nothing: then the learner
            writes a number, in ``unit``.

    Raises ValueError where there are less than two options or ranges overlap, TypeError
    for an option that is no text or a range that is none.
    """
    if options is not None:
        if len(set(options)) < max(2, len(options)):
            raise ValueError(f"predict {id!r} needs two or more different options")
        if not all(isinstance(option, str) for option in options):
            raise TypeError(f"predict {id!r}: options are text, got {list(options)!r}")
        ranged = isinstance(options, Mapping)
        options = _ranges(id, options) if ranged else tuple(options)
    _asked[id] = options
    ask(id, question, options, unit).show()


def _ranges(id, options):
    """``options`` with both ends of each range as numbers."""
    ranges = {}
    for text, ends in options.items():
        try:
            low, high = ends
            low = -math.inf if low is None else float(low)
            high = math.inf if high is None else float(high)
        except (TypeError, ValueError):
            raise TypeError(
                f"predict {id!r}: {text!r} expects its range (low, high), got {ends!r}"
            ) from None
        if not low <= high:
            raise ValueError(f"predict {id!r}: {text!r} has no number in {ends!r}")
        ranges[text] = low, high
    ordered = sorted(ranges, key=ranges.get)
    for below, above in pairwise(ordered):
        if ranges[below][1] > ranges[above][0] or ranges[below] == ranges[above]:
            raise ValueError(
                f"predict {id!r}: {below!r} and {above!r} overlap: {ranges[below]} and "
                f"{ranges[above]}"
            )
    return ranges


def ask(id, question, options=None, unit=""):
    """The panel of :func:`predict`, not yet shown."""
    if options is None:
        entry = ipywidgets.Text(placeholder="a number", layout=Layout(width="10em"))
        field = ipywidgets.HBox([entry, ipywidgets.Label(unit)])
    else:
        options = tuple(options)
        entry = field = choices(options)
    commit, feedback = button("Commit"), prose()

    def close(value):
        entry.value = value if options else f"{value:g}"
        entry.disabled = commit.disabled = True
        feedback.value = rich(
            f"Committed: *{_words(value, unit)}*. Now run on and see.", "note"
        )

    def on_commit(_):
        try:
            value = entry.value if options else typed.number(entry.value, unit)
        except ValueError as error:
            feedback.value = rich(str(error), "hint")
            return
        if value is None:
            feedback.value = rich("Choose first: a guess is welcome.", "hint")
            return
        record("predictions", id, value)
        close(value)

    commit.on_click(on_commit)
    earlier = committed(id)
    if earlier in options if options else isinstance(earlier, int | float):
        close(earlier)

    heading = f"**Predict.** {question}"
    bullets = "".join(f"\n  ( ) {option}" for option in options or ())
    listed = "".join(f"<li>{markup(option)}</li>" for option in options or ())
    answer = f"\n  ____ {unit}".rstrip() if options is None else bullets
    return Panel(
        [prose(heading), field, commit, feedback],
        f"Predict. {plain(question)}{answer}",
        box(markup(heading) + (f"<ul>{listed}</ul>" if listed else ""), "note"),
    )


def reveal(id, answer, because="", unit="", digits=3):
    """Show the ``answer`` to the question ``id``, beside the learner's prediction.

    Args:
        answer: the measured number or Sample: with ranges, it picks the option whose
            range holds it (a Sample's mean), and where none does, that is said. With a
            list of texts: one of them.

    Raises LookupError where the question was not asked in this session, ValueError
    where the answer is none of a list's texts, TypeError for an answer that is no
    number where one is needed. Returns what it shows.
    """
    if id not in _asked:
        raise LookupError(f"no prediction {id!r} was asked for: run predict() first")
    options = _asked[id]
    if isinstance(options, tuple):
        if answer not in options:
            raise ValueError(
                f"reveal {id!r}: {answer!r} is none of the options {options}"
            )
        option, words = answer, f"*{answer}*"
    else:
        option, words = None, measured(answer, unit, digits)
        answer = float(answer.mean if isinstance(answer, Sample) else answer)
        if options is not None:
            option = _holding(options, answer)
            words = (
                f"{words}, which none of the options covers"
                if option is None
                else f"*{option}*, {words}"
            )
    right = answer if options is None else option
    compared = _compare(id, right, unit)
    return Reveal(id, words, option, compared, because).show()


def _holding(ranges, number):
    """The option whose range holds the number, or None."""
    holding = [t for t, (low, high) in ranges.items() if low <= number <= high]
    return max(holding, key=ranges.get, default=None)


def committed(id):
    """What the learner predicted, text or a number; None for nothing, or unreadable."""
    value = look_up("predictions", id)
    readable = isinstance(value, str | int | float) and not isinstance(value, bool)
    return value if readable else None


@dataclass
class Reveal(Shown):
    """An answer beside its prediction."""

    id: str
    answer: str
    option: str | None  # the right one, where there were options
    comparison: str
    because: str

    __repr__ = Shown.__repr__

    @property
    def structure(self):
        return {
            "prediction": self.id,
            "answer": self.answer,
            "option": self.option,
        }

    @property
    def _sentences(self):
        parts = (f"The answer: {self.answer}.", self.comparison, self.because)
        return " ".join(part for part in parts if part)

    @property
    def text(self):
        return plain(self._sentences)

    @property
    def html(self):
        return box(markup(self._sentences), "note")


def _compare(id, answer, unit):
    """The prediction in the light of the answer: an option, a number, or None."""
    earlier = committed(id)
    if earlier is None:
        if look_up("predictions", id) is None:
            return "You have made no prediction."
        return "Your prediction is kept in a form that this version cannot read."
    said = f"You predicted *{_words(earlier, unit)}*"
    if isinstance(earlier, str) or not isinstance(answer, int | float):
        return f"{said}: right." if earlier == answer else f"{said}."
    if earlier * answer > 0:
        factor = max(earlier / answer, answer / earlier)
        near = "very near" if factor < 1.1 else f"off by a factor of {factor:.2g}"
        return f"{said}: {near}."
    return f"{said}: off by {abs(earlier - answer):.3g}."


def _words(value, unit):
    return value if isinstance(value, str) else f"{value:g} {unit}".rstrip()
