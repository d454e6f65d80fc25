"""What lessons call: exercises, claims, predictions, quizzes, recall, progress."""

from dlcourse.lab.statistics import measured
from dlcourse.teach.checker import check
from dlcourse.teach.claims import claim, settled
from dlcourse.teach.course import fixture
from dlcourse.teach.exercise import exercise, reference
from dlcourse.teach.predictions import predict, reveal
from dlcourse.teach.progress import progress
from dlcourse.teach.quiz import quiz
from dlcourse.teach.recall import recall
from dlcourse.teach.without_torch import listen

listen()

__all__ = [
    "check",
    "claim",
    "exercise",
    "fixture",
    "measured",
    "predict",
    "progress",
    "quiz",
    "recall",
    "reference",
    "reveal",
    "settled",
]
