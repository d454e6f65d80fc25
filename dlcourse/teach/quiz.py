"""A short quiz at the end of a lesson: each wrong answer has its own explanation.

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

import numpy as np

from dlcourse.teach import course
from dlcourse.teach.book import look_up, record
from dlcourse.teach.panel import box, markup, plain
from dlcourse.teach.widgets import Panel, button, choices, prose, rich

__all__ = ["Question", "load", "quiz"]


@dataclass(frozen=True)
class Question:
    """One question, its right answer, and the wrong ones with what is wrong in each."""

    text: str
    answer: str
    because: str
    wrong: dict

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
    entries = course.lesson(name).toml("quiz").get("question")
    if not entries:
        raise LookupError(f"the lesson {name!r} has no quiz")
    try:
        return [Question(**entry) for entry in entries]
    except (TypeError, ValueError) as error:
        raise ValueError(f"quiz of {name}: {error}") from None


def quiz(lesson):
    """Show the quiz of ``lesson``; what is answered right is kept in the progress."""
    panel(lesson).show()


def panel(lesson):
    """The panel of :func:`quiz`, not yet shown."""
    questions = load(lesson)
    rows, text, html = [], [], ""
    for number, question in enumerate(questions, start=1):
        rows += _row(f"{lesson}/{number}", number, question)
        text += [f"{number}. {plain(question.text)}"]
        text += [f"   ( ) {plain(option)}" for option in question.options]
        items = "".join(f"<li>{markup(option)}</li>" for option in question.options)
        html += f"<li>{markup(question.text)}<ul>{items}</ul></li>"
    return Panel(rows, "\n".join(text), box(f"<ol>{html}</ol>", "note"))


def _row(key, number, question):
    """The widgets of one question."""
    radio, answer, feedback = choices(question.options), button("Answer"), prose()

    def show(option):
        mood = "right" if option == question.answer else "wrong"
        feedback.value = rich(question.explain(option), mood)

    def on_answer(_):
        if radio.value is None:
            feedback.value = rich("Choose an answer first.", "hint")
            return
        show(radio.value)
        if radio.value == question.answer:
            record("quizzes", key, True)

    answer.on_click(on_answer)
    if look_up("quizzes", key):
        radio.value = question.answer
        show(question.answer)
    return [prose(f"**{number}.** {question.text}"), radio, answer, feedback]
