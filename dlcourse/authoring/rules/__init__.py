"""What lessons must be: the table of the lint, RULES, by subject.

reproducible.py   what nbval cannot compare
solutions.py      what a learner must not find
reading.py        what fits a screen, what reads well
course.py         claims, exercises, and the order of lessons
path.py           the core path, and what goes deeper
access.py         for who does not see, and for who follows a link
"""

from dlcourse.authoring.rules import (
    access,
    course,
    path,
    reading,
    reproducible,
    solutions,
)
from dlcourse.authoring.rules.table import RULES, Rule

__all__ = [
    "RULES",
    "Rule",
    "access",
    "course",
    "path",
    "reading",
    "reproducible",
    "solutions",
]
