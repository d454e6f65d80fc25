"""Questions from earlier lessons, asked again at the start of a lesson.

To recall something is what makes it stay; to read it again is not. First come the
questions that this learner missed when they were last asked, then those that were not
asked for longest.
"""

import zlib
from itertools import chain, zip_longest

import numpy as np

from dlcourse.teach import course
from dlcourse.teach.panel import box, markup
from dlcourse.teach.quiz import listed, load, row
from dlcourse.teach.widgets import Panel, prose

__all__ = ["recall"]

HEADING = "**Recall.** From earlier lessons, without looking back:"


def recall(lesson, count=3):
    """Show ``count`` questions of the quizzes before ``lesson``, fewer if there are not
    as many.

    Raises LookupError where no earlier lesson has a quiz.
    """
    panel(lesson, count).show()


def panel(lesson, count=3):
    """The panel of :func:`recall`, not yet shown."""
    questions = chosen(lesson, count)
    rows = [
        widget
        for number, question in enumerate(questions, start=1)
        for widget in row(
            question, f"**{number}.** {question.text}{_source(question)}", afresh=True
        )
    ]
    text, html = listed(questions, _source)
    return Panel(
        [prose(HEADING), *rows],
        f"Recall. From earlier lessons, without looking back:\n{text}",
        box(markup(HEADING) + html, "note"),
    )


def chosen(lesson, count=3):
    """The questions that :func:`recall` asks.

    Without a learner's book they follow from the lesson's name, and come from as many
    lessons as possible.
    """
    lesson = course.lesson(lesson)
    earlier = course.LESSONS[: course.LESSONS.index(lesson)]
    shuffled = np.random.default_rng(zlib.crc32(lesson.folder.encode()))
    quizzes = [load(each.folder) for each in earlier if each.toml("quiz")]
    if not quizzes:
        raise LookupError(f"no lesson before {lesson.title} has a quiz")
    piles = [_order(shuffled, questions) for questions in _order(shuffled, quizzes)]
    in_turn = filter(None, chain.from_iterable(zip_longest(*piles)))
    return sorted(in_turn, key=_rank)[:count]


def _order(shuffled, items):
    return [items[i] for i in shuffled.permutation(len(items))]


def _rank(question):
    """What was missed, then what was not seen for longest or never was."""
    history = question.history
    return not history.get("missed"), str(history.get("seen", ""))


def _source(question):
    return f" ({course.lesson(question.lesson).title})"
