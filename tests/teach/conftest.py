"""Tests of the teaching room: no progress file, and no memory of the test before."""

from importlib import import_module

import pytest

checker, claims, predictions, book = (
    import_module(f"dlcourse.teach.{name}")
    for name in ("checker", "claims", "predictions", "book")
)


@pytest.fixture(autouse=True)
def a_fresh_session(monkeypatch):
    monkeypatch.setenv("DLCOURSE_BUILD", "1")
    monkeypatch.delenv("DLCOURSE_PROGRESS", raising=False)
    for memory in (
        checker._attempts,
        claims._settled,
        predictions._asked,
        book._memory,
    ):
        memory.clear()


@pytest.fixture
def progress_file(monkeypatch, tmp_path):
    """A progress file that is really used; it does not exist yet."""
    file = tmp_path / "progress.json"
    monkeypatch.setenv("DLCOURSE_PROGRESS", str(file))
    return file
