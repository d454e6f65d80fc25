"""The table of what a learner has done, lesson by lesson."""

from collections import Counter

from dlcourse.teach.book import recorded
from dlcourse.teach.course import LESSONS
from dlcourse.teach.panel import box, publish, table

__all__ = ["progress"]


def progress():
    """Show what is done, lesson by lesson."""
    passed, answered = recorded("exercises"), recorded("quizzes")
    right = Counter(key.split("/")[0] for key in answered)  # by lesson
    rows = []
    for lesson in LESSONS:
        done = sum(name in passed for name in lesson.exercises)
        if done or right[lesson.folder]:
            there = len(lesson.exercises)
            rows.append((lesson.title, f"{done} of {there}", str(right[lesson.folder])))
    committed = f"Predictions committed: {len(recorded('predictions'))}."
    if rows:
        rich, text = table(("lesson", "exercises", "quiz questions"), rows)
        publish(f"{text}\n{committed}", f"{rich}<p>{committed}</p>")
    else:
        nothing = f"No exercise is solved yet. {committed}"
        publish(nothing, box(nothing, "note"))
