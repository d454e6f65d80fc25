from importlib import import_module
from types import SimpleNamespace

import pytest


@pytest.fixture
def outputs(monkeypatch):
    """What a notebook would receive: a list of (data, metadata)."""
    received, shell = [], SimpleNamespace(execution_count=1)
    for name in ("figure", "explorable"):
        module = import_module(f"dlcourse.show.{name}")  # show.figure is a function
        monkeypatch.setattr(module, "get_ipython", lambda: shell)
        monkeypatch.setattr(
            module,
            "publish_display_data",
            lambda data, metadata=None: received.append((data, metadata or {})),
        )
    return received
