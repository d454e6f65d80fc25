"""The course's own lessons: built from their sources, within budget, without lint."""

import pytest

from dlcourse.authoring import build, lint, readme
from dlcourse.authoring.convert import TWINS, lessons

SECONDS, MEGABYTES = 60, 800  # the most that a lesson may take, in the build
LESSONS = lessons()


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_notebooks_agree_with_their_source(lesson):
    assert build.check([lesson.name]) == []


@pytest.mark.parametrize("twin", TWINS)
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_lessons_keep_within_their_budget(lesson, twin):
    """As the build noted them: nothing is timed here."""
    entry = build.Measured(lesson).get(twin)
    assert 0 < entry["seconds"] <= SECONDS
    assert 0 < entry["peak_mb"] <= MEGABYTES


def test_nothing_is_found_by_the_lint():
    errors = [str(finding) for finding in lint.lint() if finding.error]
    assert errors == []


def test_the_pages_tell_what_the_notebooks_say():
    assert readme.old() == [], "run `make readme`"
