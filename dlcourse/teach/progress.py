"""The table of what a learner has done, lesson by lesson."""

from dlcourse.teach.book import recorded
from dlcourse.teach.course import LESSONS
from dlcourse.teach.panel import box, publish, table
from dlcourse.teach.quiz import Score, load

__all__ = ["progress"]

HEADER = (
    "lesson",
    "core exercises",
    "core predictions",
    "all exercises",
    "all predictions",
    "quiz: before → after",
)


def progress():
    """Show what is done, lesson by lesson: of its core, and of all.

    A quiz counts once all its questions are answered; before and after the lesson.
    """
    solved, predicted = set(recorded("exercises")), set(recorded("predictions"))
    rows = []
    for lesson in LESSONS:
        counts = [
            f"{len(done.intersection(names))} of {len(names)}"
            for part in (lesson.core, lesson.whole)
            for names, done in ((part.exercises, solved), (part.predictions, predicted))
        ]
        quiz = _quiz(lesson)
        if quiz or any(not count.startswith("0 ") for count in counts):
            rows.append((lesson.title, *counts, quiz))
    if rows:
        rich, text = table(HEADER, rows)
        publish(text, rich)
    else:
        nothing = "Nothing is done yet: no exercise, no prediction, no quiz."
        publish(nothing, box(nothing, "note"))


def _quiz(lesson):
    if not lesson.toml("quiz"):
        return ""
    score = Score.of(load(lesson.folder))
    if score.after is None:
        return "" if score.before is None else f"{score.before} → ? of {score.all}"
    before = "" if score.before is None else f"{score.before} → "
    return f"{before}{score.after} of {score.all}"
