"""Imports point downwards, and `import dlcourse` brings NumPy only."""

import ast
import importlib
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


def imported(path):
    """What a file imports: (how many folders up, the module's name)."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((0, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.level, node.module or ""


def test_a_lessons_folder_needs_no_other_lesson_and_no_room_above():
    """The contracts leave them out: the names of the folders begin with a digit."""
    above = tuple(f"dlcourse.{room}" for room in ("authoring", "classroom", "lessons"))
    files = sorted((ROOT / "dlcourse" / "lessons").glob("*/**/*.py"))
    assert len(files) > 20
    for path in files:
        depth = len(path.relative_to(ROOT / "dlcourse" / "lessons").parts) - 1
        for level, name in imported(path):
            assert not name.startswith(above), f"{path} imports {name}"
            assert level <= depth, f"{path} imports from above its lesson"


def test_import_dlcourse_is_light():
    loaded = loaded_by("dlcourse")
    assert {"dlcourse.autograd", "dlcourse.nn", "dlcourse.optim"} <= loaded
    assert loaded.isdisjoint(HEAVY)


@pytest.mark.parametrize("room", ["lab", "show", "teach", "authoring"])
def test_no_room_imports_torch_before_it_compares(room):
    assert "torch" not in loaded_by(f"dlcourse.{room}")


@pytest.mark.parametrize("package", ["compress", "nn", "nn.functional", "optim"])
def test_names_that_are_loaded_late_are_all_there(package):
    module = importlib.import_module(f"dlcourse.{package}")
    for name in module.__all__:
        assert getattr(module, name) is not None, name
    assert set(module.__all__) <= set(dir(module))
    with pytest.raises(AttributeError, match="has no attribute 'Lineer'"):
        module.Lineer  # noqa: B018


def test_a_layer_is_loaded_when_it_is_first_used():
    assert "dlcourse.nn.conv" not in loaded_by("dlcourse")
