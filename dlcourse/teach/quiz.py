"""A short quiz, before a lesson and at its end, where each wrong answer is explained.

The questions stand in ``quiz.toml`` of a lesson's folder:

    [[question]]
    text = "Why does the sum of two paths appear in the gradient of a shared node?"
    answer = "Both paths change the loss."
    because = "The total differential adds up over all paths."
    [question.wrong]
    "The node is visited twice." = "It is visited once, with the sum already made."
"""

import zlib
from dataclasses import dataclass
from datetime import date

import numpy as np
from ipywidgets import Accordion, VBox

from dlcourse.teach import course
from dlcourse.teach.book import change, look_up, record
from dlcourse.teach.panel import box, markup, plain
from dlcourse.teach.widgets import Panel, button, choices, prose, rich

__all__ = ["Question", "Score", "load", "quiz"]


@dataclass(frozen=True)
class Question:
    """One question, its right answer, and the wrong ones with what is wrong in each."""

    text: str
    answer: str
    because: str
    wrong: dict
    lesson: str = ""  # its folder

    def __post_init__(self):
        if len(self.wrong) < 2:
            raise ValueError(f"{self.text!r} needs two or more wrong answers")
        if self.answer in self.wrong:
            raise ValueError(f"{self.text!r}: {self.answer!r} is both right and wrong")
        if not all([self.text, self.answer, self.because, *self.wrong.values()]):
            raise ValueError(f"{self.text!r}: every answer needs its explanation")

    @property
    def options(self):
        """All answers, in an order that follows from the text: the same every time."""
        shuffled = np.random.default_rng(zlib.crc32(self.text.encode()))
        return tuple(map(str, shuffled.permutation([self.answer, *self.wrong])))

    @property
    def key(self):
        """Its name in the learner's book, which no other question takes over."""
        return f"{self.lesson}/{zlib.crc32(self.text.encode()):08x}"

    @property
    def history(self):
        """What the learner's book says of it; {} where it was never answered.

        ``seen``: the day it was last answered; ``right``: whether it ever was right;
        ``first`` and ``missed``: whether the first answer of all was right, and that of
        the last time wrong. Answers after an explanation do not count for these two.
        """
        kept = look_up("quizzes", self.key)
        return kept if isinstance(kept, dict) else {}

    def keep(self, right, explained):
        """Write down an answer, given before or after an explanation."""

        def new(kept):
            kept = dict(kept) if isinstance(kept, dict) else {"first": right}
            kept["seen"] = date.today().isoformat()
            kept["right"] = right or kept.get("right", False)
            if not explained:
                kept["missed"] = not right
            return kept

        change("quizzes", self.key, new)

    def explain(self, option):
        """What to say to the one who chose ``option``."""
        if option == self.answer:
            return f"Right. {self.because}"
        return f"Not quite. {self.wrong[option]}"


def load(name):
    """The questions of the lesson ``name`` ("01_backprop").

    Raises LookupError where there is no such quiz, ValueError where a question is
    incomplete.
    """
    lesson = course.lesson(name)
    entries = lesson.toml("quiz").get("question")
    if not entries:
        raise LookupError(f"the lesson {name!r} has no quiz")
    try:
        return [Question(**entry, lesson=lesson.folder) for entry in entries]
    except (TypeError, ValueError) as error:
        raise ValueError(f"quiz of {name}: {error}") from None


@dataclass(frozen=True)
class Score:
    """How many of ``all`` questions a learner had right; None before all are answered.

    ``after`` counts first answers: what was right once it was explained is no gain.
    """

    before: int | None
    after: int | None
    all: int

    @classmethod
    def of(cls, questions):
        chosen = [look_up("before", each.key) for each in questions]
        first = [each.history.get("first") for each in questions]
        return cls(
            None
            if None in chosen
            else sum(c == q.answer for c, q in zip(chosen, questions, strict=True)),
            None if None in first else sum(map(bool, first)),
            len(questions),
        )

    @property
    def gain(self):
        """A sentence, where there is something to compare."""
        if self.before is None or self.after is None:
            return ""
        return (
            f"Right at the first try: {self.before} of {self.all} before the lesson, "
            f"{self.after} of {self.all} after it."
        )


def quiz(lesson, before=False):
    """Show the quiz of ``lesson``; what is answered right is kept in the progress.

    ``before``: the same questions, folded, without a word on what is right; asked at
    the lesson's start, they show at its end what was gained.
    """
    (panel_before if before else panel)(lesson).show()


def panel(lesson):
    """The panel of :func:`quiz`, not yet shown."""
    questions = load(lesson)
    gain = prose()

    def update():
        gain.value = rich(Score.of(questions).gain, "note")

    rows = [
        widget
        for number, question in enumerate(questions, start=1)
        for widget in row(question, f"**{number}.** {question.text}", update)
    ]
    update()
    text, html = listed(questions)
    return Panel([*rows, gain], text, box(html, "note"))


BEFORE = (
    "Before you read on, if you like: the quiz of this lesson. It says nothing on your "
    "answers; at the end you will see what you have gained."
)


def panel_before(lesson):
    """The panel of :func:`quiz` before the lesson, folded, not yet shown."""
    questions = load(lesson)
    rows = [
        widget
        for number, question in enumerate(questions, start=1)
        for widget in _row_before(question, f"**{number}.** {question.text}")
    ]
    folded = Accordion([VBox(rows)], selected_index=None)
    folded.set_title(0, "The quiz")  # as ipywidgets 7 has it too
    text, html = listed(questions)
    html = f"{BEFORE}<details><summary>The quiz</summary>{html}</details>"
    return Panel([prose(BEFORE), folded], f"{BEFORE}\n{text}", box(html, "note"))


def listed(questions, note=lambda question: ""):
    """The questions, each with a ``note`` behind it, as text and as HTML."""
    text, html = [], ""
    for number, question in enumerate(questions, start=1):
        asked = f"{question.text}{note(question)}"
        text += [f"{number}. {plain(asked)}"]
        text += [f"   ( ) {plain(option)}" for option in question.options]
        items = "".join(f"<li>{markup(option)}</li>" for option in question.options)
        html += f"<li>{markup(asked)}<ul>{items}</ul></li>"
    return "\n".join(text), f"<ol>{html}</ol>"


def row(question, asked, update=lambda: None, afresh=False):
    """The widgets of one question, which is ``asked`` in these words.

    ``update()`` is called after an answer. What was once answered right is shown so,
    unless ``afresh``.
    """
    radio, answer, feedback = choices(question.options), button("Answer"), prose()
    explained = False

    def show(option):
        nonlocal explained
        explained = True
        mood = "right" if option == question.answer else "wrong"
        feedback.value = rich(question.explain(option), mood)

    def on_answer(_):
        if radio.value is None:
            feedback.value = rich(CHOOSE, "hint")
            return
        question.keep(radio.value == question.answer, explained)
        show(radio.value)
        update()

    answer.on_click(on_answer)
    if question.history.get("right") and not afresh:
        radio.value = question.answer
        show(question.answer)
    return [prose(asked), radio, answer, feedback]


CHOOSE = "Choose an answer first."


def _row_before(question, asked):
    """The widgets of one question before the lesson: one answer, no word on it."""
    radio, answer, feedback = choices(question.options), button("Answer"), prose()

    def close(said):
        radio.disabled = answer.disabled = True
        feedback.value = rich(said, "note")

    def on_answer(_):
        if radio.value is None:
            feedback.value = rich(CHOOSE, "hint")
            return
        record("before", question.key, radio.value)
        close("Noted.")

    answer.on_click(on_answer)
    earlier = look_up("before", question.key)
    if earlier in question.options:
        radio.value = earlier
        close("Noted.")
    elif question.history:
        close("You have met this question already.")
    return [prose(asked), radio, answer, feedback]
