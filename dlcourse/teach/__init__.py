"""What lessons call to teach: exercises, claims, predictions, quizzes, progress."""

from dlcourse.lab.statistics import measured
from dlcourse.teach.checker import check
from dlcourse.teach.claims import claim, settled
from dlcourse.teach.course import fixture
from dlcourse.teach.exercise import exercise, reference
from dlcourse.teach.predictions import predict, reveal
from dlcourse.teach.progress import progress
from dlcourse.teach.quiz import quiz

__all__ = [
    "check",
    "claim",
    "exercise",
    "fixture",
    "measured",
    "predict",
    "progress",
    "quiz",
    "reference",
    "reveal",
    "settled",
]
