import os

import pytest
from submissions import SEED, notebook

from dlcourse.classroom.doctor import missing
from dlcourse.classroom.grade import graded


@pytest.fixture(scope="session")
def isolated():
    """Real isolation, or the test is skipped: but not where CI has installed it."""
    if why := missing():
        if os.environ.get("DLCOURSE_REQUIRE_SANDBOX"):
            pytest.fail(why)
        pytest.skip(why)


@pytest.fixture
def grade(isolated):
    """grade(*cells): what is told of ``he_std`` and ``gain_from`` in such a notebook.

    One argument of bytes is the notebook's file itself.
    """

    def grade(*cells, names=("he_std",), limits=None):
        raw = cells[0] if isinstance(cells[0], bytes) else notebook(*cells)
        return graded({"hw.ipynb": raw}, names, SEED, limits=limits)

    return grade
