import pytest
import small_lesson

from dlcourse.authoring import build


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """A project with the small lesson, built. Tests must not change it."""
    root = tmp_path_factory.mktemp("built")
    small_lesson.write(root, "90_small", small_lesson.source(small_lesson.SMALL))
    build.build(root=root)
    return root


@pytest.fixture
def root(tmp_path):
    """A project without lessons."""
    return tmp_path
