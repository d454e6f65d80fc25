"""The wheel alone is the course: installed away from the checkout, lessons run."""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

RUN = """
import sys
import nbclient
import nbformat

import dlcourse

assert dlcourse.__file__.startswith(sys.prefix), dlcourse.__file__
for name in sys.argv[1:]:
    notebook = nbformat.read(name, 4)
    nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            print(output.get("text", ""))
"""


def run(*command, cwd):
    """Run a command as somebody without the checkout does; what it prints."""
    ours = ("DLCOURSE_", "PYTHON", "JUPYTER", "IPYTHON", "VIRTUAL_ENV")
    settings = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, env=settings, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    place = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index"]
    run(*pip, "--no-build-isolation", "--wheel-dir", place, ROOT, cwd=place)
    (wheel,) = place.glob("dlcourse-*.whl")
    return wheel


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The folder of an environment with the wheel, beside what it depends on."""
    place = tmp_path_factory.mktemp("elsewhere") / "environment"
    venv.create(place, symlinks=os.name == "posix")
    python = next(place.glob("Scripts/python.exe" if os.name == "nt" else "bin/python"))
    paths = run(
        python, "-c", "import site; print(site.getsitepackages()[-1])", cwd=place
    )
    # What the wheel needs is found where this environment has it: nothing is fetched,
    # and the checkout, which a file of that folder names, is not found.
    needed = sysconfig.get_path("purelib")
    Path(paths.strip(), "needed.pth").write_text(f"{needed}\n")
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet"]
    run(*pip, "--no-deps", "--no-index", wheel, cwd=place.parent)
    return python


def test_the_wheel_holds_lessons_solutions_and_data(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("notebooks", "notebooks/solutions"):
        built = {f"dlcourse/{folder}/{p.name}" for p in (ROOT / folder).glob("[0-9]*")}
        assert built and built <= names
    assert {"dlcourse/data/mnist.npz", "dlcourse/data/README.md"} <= names
    allowed = ("dlcourse/", "dlcourse-")
    assert all(name.startswith(allowed) for name in names)
    assert not any("checkpoint" in name or ".dlcourse-" in name for name in names)


def test_the_command_is_there_and_finds_nothing_to_mend(installed, tmp_path):
    program = installed.with_name("dlcourse.exe" if os.name == "nt" else "dlcourse")
    assert run(program, "--version", cwd=tmp_path).startswith("dlcourse 0.")
    assert run(program, "check", cwd=tmp_path).endswith("\nReady.\n")


def test_lessons_run_from_the_wheel_alone(installed, tmp_path):
    run(installed, "-m", "dlcourse", "lessons", "mine", cwd=tmp_path)
    folder = tmp_path / "mine"
    script = tmp_path / "run.py"
    script.write_text(RUN)
    lessons = "00_start_here.ipynb", "solutions/01_backprop.ipynb"
    said = run(installed, script, *lessons, cwd=folder)
    assert "Ready." in said and "checkout" not in said
    assert (folder / ".dlcourse-progress.json").exists()
