import pytest
import small_lesson

from dlcourse.authoring import build


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """A folder with the small lesson, built. Tests must not change it."""
    folder = tmp_path_factory.mktemp("built") / "notebooks"
    small_lesson.write(folder, "90_small", small_lesson.source(small_lesson.SMALL))
    build.build(folder=folder)
    return folder


@pytest.fixture
def folder(tmp_path):
    """An empty folder for lessons."""
    return tmp_path / "notebooks"
