"""What a stranger is told when something is missing, before anything is installed."""

import ast
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / "tools" / "bootstrap.py"


@pytest.fixture
def bootstrap(tmp_path):
    """A fresh copy of the script's module, whose ``.venv`` is an empty folder's."""
    spec = importlib.util.spec_from_file_location("bootstrap", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.VENV = tmp_path / ".venv"
    module.STAMP = module.VENV / "dlcourse.json"
    return module


def run(*arguments, **options):
    return subprocess.run(
        arguments, capture_output=True, text=True, check=False, **options
    )


def test_an_old_python_can_read_the_script():
    ast.parse(SCRIPT.read_text("utf-8"), feature_version=(3, 6))


@pytest.mark.parametrize("version", [(3, 6, 15), (3, 10, 13)])
def test_an_old_python_is_told_what_to_do(bootstrap, version):
    with pytest.raises(bootstrap.Problem) as told:
        bootstrap.check_python(version)
    assert "needs Python 3.11 or newer" in str(told.value)
    assert "this is Python {}.{}.".format(*version) in str(told.value)
    assert "tools/bootstrap.py" in str(told.value) or "make lab" in str(told.value)


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 14, 0), (4, 0, 0)])
def test_a_new_python_is_taken(bootstrap, version):
    bootstrap.check_python(version)


@pytest.mark.parametrize("missing", ["venv", "ensurepip"])
def test_a_missing_venv_module_is_named_with_its_package(bootstrap, missing):
    version = "{}.{}".format(*sys.version_info)
    with pytest.raises(bootstrap.Problem, match=f"apt install python{version}-venv"):
        bootstrap.check_venv_module(lambda name: None if name == missing else name)


@pytest.fixture
def installs(bootstrap, monkeypatch):
    """What pip was asked for, with nothing installed; .venv seems to work."""
    asked = []
    bootstrap.VENV.mkdir()
    monkeypatch.setattr(bootstrap, "works", lambda python: True)
    monkeypatch.setattr(bootstrap, "has_all", lambda python: True)
    monkeypatch.setattr(bootstrap, "pip", lambda *arguments: asked.append(arguments))
    return asked


def test_a_second_setup_installs_nothing(bootstrap, installs):
    bootstrap.setup()
    assert [asked[-1] for asked in installs] == ["torch>=2.6,<3", "."]
    assert all("constraints.txt" in asked for asked in installs)
    bootstrap.setup()
    assert len(installs) == 2


def test_the_tests_packages_come_on_top_and_stay(bootstrap, installs):
    bootstrap.setup()
    bootstrap.setup(["test"])
    assert installs[2:] == [
        ("--quiet", "-c", "constraints.txt", "--editable", ".[test]")
    ]
    bootstrap.setup()
    assert len(installs) == 3


def test_changed_requirements_are_installed(bootstrap, installs, monkeypatch):
    bootstrap.setup(["test"])
    monkeypatch.setattr(bootstrap, "fingerprint", lambda constraints: "another")
    bootstrap.setup()
    assert installs[-1][-1] == "."
    assert len(installs) == 4


def test_the_extra_index_is_for_pytorch_only(bootstrap, installs):
    bootstrap.setup(extra_index="an-address")
    assert [("an-address" in asked) for asked in installs] == [True, False]


def test_without_constraints_everything_is_upgraded(bootstrap, installs):
    bootstrap.setup(constraints="")
    assert all("--upgrade" in asked and "-c" not in asked for asked in installs)


@pytest.mark.parametrize("damage", ["{", "[]", "{}"])
def test_a_damaged_stamp_means_install_again(bootstrap, installs, damage):
    bootstrap.setup()
    bootstrap.STAMP.write_text(damage, encoding="utf-8")
    bootstrap.setup()
    assert len(installs) == 4


def test_what_was_taken_out_since_is_installed_again(bootstrap, installs, monkeypatch):
    bootstrap.setup()
    monkeypatch.setattr(bootstrap, "has_all", lambda python: False)  # torch, say
    bootstrap.setup()
    assert len(installs) == 4


def test_what_the_course_stands_on_is_looked_for(bootstrap, tmp_path):
    assert bootstrap.has_all(sys.executable)
    assert not bootstrap.has_all(tmp_path / "no_python")
    assert not bootstrap.answers_yes(sys.executable, "import no_such_package")


def test_in_a_renamed_or_copied_folder_the_environment_is_made_anew(
    bootstrap, installs, monkeypatch, tmp_path, capsys
):
    made = []

    def create(place, **_):
        made.append(Path(place))
        Path(place).mkdir()

    monkeypatch.setattr("venv.create", create)
    bootstrap.setup()
    old = bootstrap.VENV / "old.txt"
    old.write_text("")
    renamed = tmp_path / "renamed"
    renamed.mkdir()
    shutil.copy(ROOT / "pyproject.toml", renamed)
    shutil.copy(ROOT / "constraints.txt", renamed)
    monkeypatch.setattr(bootstrap, "ROOT", renamed)
    bootstrap.setup()
    assert made == [bootstrap.VENV] and not old.exists()
    assert "renamed or copied" in capsys.readouterr().out
    bootstrap.setup()
    assert made == [bootstrap.VENV]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["lab", "--port", "8889", "mine"], "dlcourse lab --port 8889 mine"),
        (["test", "-k", "tensor"], "pytest -n 2 --dist loadfile -k tensor"),
    ],
)
def test_what_comes_after_is_handed_on(bootstrap, monkeypatch, given, expected):
    asked = []
    monkeypatch.setattr(bootstrap, "setup", lambda *_: None)
    monkeypatch.setattr(bootstrap, "run", asked.append)
    assert bootstrap.main(given) == 0
    assert asked == [["-m", *expected.split()]]


def test_setup_takes_nothing_else(bootstrap, capsys):
    with pytest.raises(SystemExit):
        bootstrap.main(["setup", "--port", "8889"])
    assert "unknown: --port 8889" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code", "sentence"),
    [
        (KeyboardInterrupt(), 130, "Stopped. The same command goes on from here."),
        (OSError(28, "No space left", ".venv"), 1, "Stopped: No space left (.venv)."),
    ],
)
def test_what_stops_it_is_a_sentence(
    bootstrap, monkeypatch, capsys, error, code, sentence
):
    def stop(*_):
        raise error

    monkeypatch.setattr(bootstrap, "setup", stop)
    assert bootstrap.main(["setup"]) == code
    assert capsys.readouterr().err.strip() == sentence


def test_a_failing_pip_is_told_in_a_sentence(bootstrap, monkeypatch):
    monkeypatch.setattr(bootstrap.subprocess, "call", lambda *_, **__: 1)
    with pytest.raises(bootstrap.Problem, match="often the network or a full disk"):
        bootstrap.pip("something")


needs_make = pytest.mark.skipif(
    os.name == "nt" or not shutil.which("make"), reason="needs make"
)


@needs_make
def test_make_without_any_python_says_so(tmp_path):
    command = [shutil.which("make"), "-f", str(ROOT / "Makefile"), "lab"]
    done = run(*command, cwd=tmp_path, env={"PATH": str(tmp_path)})
    assert done.returncode == 2
    assert "There is no Python here. The course needs Python 3.11" in done.stderr


@needs_make
def test_make_alone_lists_the_commands(tmp_path):
    done = run(shutil.which("make"), cwd=ROOT)
    assert done.returncode == 0
    for target in ("lab", "setup", "test", "build", "lint", "readme", "test-matrix"):
        assert f"make {target} " in done.stdout
