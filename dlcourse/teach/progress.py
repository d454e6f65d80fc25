"""The table of what a learner has done, lesson by lesson."""

from dlcourse.teach.book import recorded
from dlcourse.teach.course import LESSONS
from dlcourse.teach.panel import box, publish, table
from dlcourse.teach.quiz import Score, load

__all__ = ["progress"]

COUNTED = ("exercises", "predictions", "claims")
HEADER = (
    "lesson",
    *(f"{part} {each}" for part in ("core", "all") for each in COUNTED),
    "quiz: before → after",
)


def progress():
    """Show what is done, lesson by lesson: of its core, and of all.

    Exercises count once solved, predictions once made, claims once this learner's run
    of the notebook has settled them. A quiz counts once all its questions are answered;
    before and after the lesson.
    """
    done, rows = {each: set(recorded(each)) for each in COUNTED}, []
    for lesson in LESSONS:
        counts = [
            _count(getattr(part, each), done[each])
            for part in (lesson.core, lesson.whole)
            for each in COUNTED
        ]
        quiz = _quiz(lesson)
        if quiz or any(not count.startswith("0 ") for count in counts):
            rows.append((lesson.title, *counts, quiz))
    if rows:
        rich, text = table(HEADER, rows)
        publish(text, rich)
    else:
        nothing = "Nothing is done yet: no exercise, no prediction, no claim, no quiz."
        publish(nothing, box(nothing, "note"))


def _count(names, done):
    return f"{len(done.intersection(names))} of {len(names)}"


def _quiz(lesson):
    if not lesson.toml("quiz"):
        return ""
    score = Score.of(load(lesson.folder))
    if score.after is None:
        return "" if score.before is None else f"{score.before} → ? of {score.all}"
    before = "" if score.before is None else f"{score.before} → "
    return f"{before}{score.after} of {score.all}"
