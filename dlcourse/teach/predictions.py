"""Predictions: the learner commits to an answer before it is measured.

    predict("sgd-downhill", "Does every step of SGD lower the cost?", ["yes", "no"])
    ...
    reveal("sgd-downhill", "no", because="Of 100 steps, 38 went uphill.")

What counts is to have committed: a prediction cannot be changed, and it is not graded.
"""

import math
from dataclasses import dataclass

import ipywidgets
from ipywidgets import Layout

from dlcourse.teach.book import recall, record
from dlcourse.teach.claims import measured
from dlcourse.teach.panel import Shown, box, markup, plain
from dlcourse.teach.widgets import Panel, button, choices, prose, rich

__all__ = ["predict", "reveal"]

_asked = {}  # the options of each question of this session, or None for a number


def predict(id, question, options=None, unit=""):
    """Ask for a prediction: one of ``options`` (plain text), or a number in ``unit``.

    Shows the question with a *Commit* button; returns nothing. ``id`` names it
    for :func:`reveal`, and is the claim's where it is about one.
    """
    if options is not None and len(set(options)) < max(2, len(options)):
        raise ValueError(f"predict {id!r} needs two or more different options")
    if options is not None and not all(isinstance(option, str) for option in options):
        raise TypeError(f"predict {id!r}: options are text, got {list(options)!r}")
    _asked[id] = None if options is None else tuple(options)
    ask(id, question, options, unit).show()


def ask(id, question, options=None, unit=""):
    """The panel of :func:`predict`, not yet shown."""
    if options is None:
        entry = ipywidgets.Text(placeholder="a number", layout=Layout(width="10em"))
        field = ipywidgets.HBox([entry, ipywidgets.Label(unit)])
    else:
        entry = field = choices(options)
    commit, feedback = button("Commit"), prose()

    def close(value):
        entry.value = value if options else f"{value:g}"
        entry.disabled = commit.disabled = True
        feedback.value = rich(
            f"Committed: *{_words(value, unit)}*. Now run on and see.", "note"
        )

    def on_commit(_):
        value = entry.value if options else _number(entry.value)
        if value is None:
            missing = "Choose" if options else "Give a number"
            feedback.value = rich(f"{missing} first: a guess is welcome.", "hint")
            return
        record("predictions", id, value)
        close(value)

    commit.on_click(on_commit)
    earlier = recall("predictions", id)
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

    ``answer`` is one of the options, or the measured number. Raises LookupError where
    the question was not asked in this session, ValueError where the answer is none of
    its options. Returns what it shows.
    """
    if id not in _asked:
        raise LookupError(f"no prediction {id!r} was asked for: run predict() first")
    options = _asked[id]
    if options is not None and answer not in options:
        raise ValueError(f"reveal {id!r}: {answer!r} is none of the options {options}")
    if options is None:
        words = measured(answer, unit, digits)
        answer = float(getattr(answer, "mean", answer))
    else:
        words = f"*{answer}*"
    earlier = recall("predictions", id)
    return Reveal(id, words, _compare(earlier, answer, unit), because).show()


@dataclass
class Reveal(Shown):
    """An answer beside its prediction."""

    id: str
    answer: str
    comparison: str
    because: str

    __repr__ = Shown.__repr__

    @property
    def structure(self):
        return {"prediction": self.id, "answer": self.answer}

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


def _compare(earlier, answer, unit):
    """The prediction in the light of the answer."""
    if earlier is None:
        return "You have made no prediction."
    said = f"You predicted *{_words(earlier, unit)}*"
    if isinstance(answer, str):
        return f"{said}: right." if earlier == answer else f"{said}."
    if not isinstance(earlier, int | float):  # the question was another one then
        return f"{said}."
    if earlier * answer > 0:
        factor = max(earlier / answer, answer / earlier)
        near = "very near" if factor < 1.1 else f"off by a factor of {factor:.2g}"
        return f"{said}: {near}."
    return f"{said}: off by {abs(earlier - answer):.3g}."


def _number(text):
    """The finite number that was typed, or None; a decimal comma will do."""
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _words(value, unit):
    return value if isinstance(value, str) else f"{value:g} {unit}".rstrip()
