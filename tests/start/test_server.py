"""Before JupyterLab opens: the port, the browser, what it finds in its environment."""

import json
import os
import socket
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from jupyter_core.paths import jupyter_config_path

from dlcourse.start import server
from dlcourse.start.problem import Problem


@contextmanager
def used_port():
    """A port of this computer at which somebody listens."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_used_port_is_told_with_another_one():
    with used_port() as port, pytest.raises(Problem) as told:
        server.check_port(port)
    assert f"Port {port} is in use" in str(told.value)
    assert f"--port {port + 1 if port < 65535 else 8889}" in str(told.value)
    server.check_port(port)  # free again


@pytest.mark.parametrize("port", [-1, 0, 65536])
def test_a_port_that_is_none_is_told(port):
    with pytest.raises(Problem, match="from 1024 to 65535"):
        server.check_port(port)


def test_no_browser_without_a_screen(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    for variable in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(variable, raising=False)
    assert not server.has_browser()
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(server.webbrowser, "get", lambda: "a browser")
    assert server.has_browser()


def test_a_home_that_cannot_be_written_is_replaced(monkeypatch, tmp_path):
    monkeypatch.setattr(os.path, "expanduser", lambda path: str(tmp_path))
    assert server.homes(tmp_path / "instead") == {}
    monkeypatch.setattr(os.path, "expanduser", lambda path: str(tmp_path / "none"))
    homes = server.homes(tmp_path / "instead")
    assert set(homes) >= {"JUPYTER_RUNTIME_DIR", "IPYTHONDIR"}
    assert all(Path(home).parent == tmp_path / "instead" for home in homes.values())


def test_jupyterlab_does_not_ask_about_news(monkeypatch):
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "")
    found = server.environment()["JUPYTER_CONFIG_PATH"]
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", found)
    files = [Path(p, "labconfig", "page_config.json") for p in jupyter_config_path()]
    off = [json.loads(f.read_text())["disabledExtensions"] for f in files if f.exists()]
    assert {"@jupyterlab/apputils-extension:announcements": True} in off


def test_what_somebody_has_set_stays(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "mine")
    settings = server.environment()
    assert settings["OMP_NUM_THREADS"] == "3"
    assert settings["JUPYTER_CONFIG_PATH"].split(os.pathsep)[1:] == ["mine"]
    assert settings["PATH"].startswith(str(Path(sys.executable).parent))
