"""What lessons call to teach: exercises, claims, predictions, quizzes, progress."""

from dlcourse.teach.checker import check
from dlcourse.teach.claims import claim, measured, settled
from dlcourse.teach.exercise import exercise
from dlcourse.teach.predictions import predict, reveal
from dlcourse.teach.progress import progress
from dlcourse.teach.quiz import quiz

__all__ = [
    "check",
    "claim",
    "exercise",
    "measured",
    "predict",
    "progress",
    "quiz",
    "reveal",
    "settled",
]
