"""Imports point downwards, and `import dlcourse` brings NumPy only."""

import subprocess
import sys
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).resolve().parent.parent
HEAVY = {"torch", "matplotlib", "ipywidgets", "IPython", "tqdm", "jupyter"}


def loaded_by(module):
    """The modules that a fresh Python has loaded after importing this one."""
    code = f"import sys, {module}; print(*sys.modules)"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_contracts_of_pyproject_hold(capsys):
    failed = lint_imports(str(ROOT / "pyproject.toml"), no_cache=True, no_logo=True)
    assert not failed, capsys.readouterr().out


def test_import_dlcourse_is_light():
    loaded = loaded_by("dlcourse")
    assert {"dlcourse.autograd", "dlcourse.nn", "dlcourse.optim"} <= loaded
    assert loaded.isdisjoint(HEAVY)


@pytest.mark.parametrize("room", ["lab", "show", "teach", "authoring"])
def test_no_room_imports_torch_before_it_compares(room):
    assert "torch" not in loaded_by(f"dlcourse.{room}")
