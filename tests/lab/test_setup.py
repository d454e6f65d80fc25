"""The check of the set-up says what to do."""

import importlib.metadata
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

from dlcourse import lab
from dlcourse.lab import setup

ROOT = Path(__file__).parents[2]


def test_here_everything_is_ok(capsys):
    lab.check_setup()
    out = capsys.readouterr().out
    assert out.endswith("\nReady.\n")
    assert out.count(" ok\n") == len(setup.NEEDED) + 3


def test_an_old_and_a_missing_package_are_named(capsys, monkeypatch):
    def version(name):
        if name == "torch":
            raise importlib.metadata.PackageNotFoundError(name)
        return {"numpy": "1.26.4"}.get(name, "99.0")

    monkeypatch.setattr(importlib.metadata, "version", version)
    lab.check_setup()
    out = capsys.readouterr().out
    old = "numpy          PROBLEM: 1.26.4 is too old, 2.0 is needed: pip install"
    assert f"{old} 'numpy>=2.0'" in out
    assert "torch          PROBLEM: not installed" in out
    assert "2 to mend" in out


def test_missing_data_are_named(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("DLCOURSE_DATA", str(tmp_path))
    lab.check_setup()
    out = capsys.readouterr().out
    assert "data: MNIST    PROBLEM" in out and "mnist.npz" in out


def test_the_versions_are_those_of_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lower = {r.name: r.specifier for r in map(Requirement, project["dependencies"])}
    for name, version in setup.NEEDED.items():
        oldest = ".".join(map(str, version))
        assert any(
            s.operator == ">=" and s.version.startswith(oldest) for s in lower[name]
        )
