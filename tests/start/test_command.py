"""The command ``dlcourse``: what it prints, and its exit codes."""

import os
import subprocess
import sys

import pytest

from dlcourse import __version__
from dlcourse.lab import setup
from dlcourse.start import command
from dlcourse.start.command import main
from dlcourse.start.problem import Problem


def python(*arguments):
    """A fresh Python with these arguments."""
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=False
    )


def test_the_version_and_the_help_load_little():
    code = (
        "import sys\nfrom dlcourse.start.command import main\n"
        "try: main(sys.argv[1:])\n"
        "finally: print(*sys.modules, file=sys.stderr)"
    )
    heavy = {"torch", "matplotlib", "IPython", "jupyterlab", "dlcourse.lab", "filelock"}
    for option, said in (("--version", f"dlcourse {__version__}\n"), ("--help", "usa")):
        done = python("-c", code, option)
        assert (done.returncode, done.stdout[: len(said)]) == (0, said)
        assert heavy.isdisjoint(done.stderr.split())


def test_it_is_a_module_too():
    done = python("-m", "dlcourse", "--version")
    assert (done.returncode, done.stdout) == (0, f"dlcourse {__version__}\n")


@pytest.mark.parametrize("which", [[], ["lab"], ["lessons"], ["check"]])
def test_every_help_has_examples_and_the_exit_codes(which, capsys):
    with pytest.raises(SystemExit) as ended:
        main([*which, "--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert "  dlcourse lab ~/deep --port 8889 " in said and "exit codes: 0 " in said


@pytest.mark.parametrize(
    "wrong", [[], ["open"], ["lab", "--port", "x"], ["check", "."]]
)
def test_a_wrong_command_line_ends_with_two(wrong, capsys):
    with pytest.raises(SystemExit) as ended:
        main(wrong)
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("usage: dlcourse")


def test_lessons_fills_a_folder_and_says_so(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["lessons"]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"In {tmp_path / 'my-lessons'}:\n  new: ")
    assert (tmp_path / "my-lessons" / "00_start_here.ipynb").exists()
    assert main(["lessons"]) == 0
    done = f"The lessons in {tmp_path / 'my-lessons'} are up to date.\n"
    assert capsys.readouterr().out == done


def test_a_problem_is_a_sentence_and_ends_with_one(tmp_path, capsys):
    (tmp_path / "letter").write_text("")
    assert main(["lessons", str(tmp_path / "letter")]) == 1
    said = capsys.readouterr()
    assert said.out == "" and "could not be brought into" in said.err
    assert main(["lab", "--port", "0"]) == 1
    assert "0 is no port" in capsys.readouterr().err


def test_lab_brings_the_lessons_and_opens_jupyterlab(tmp_path, monkeypatch, capsys):
    opened = []
    monkeypatch.setattr(command, "check_port", lambda port: None)
    monkeypatch.setattr(command, "open_lab", lambda *a, **k: opened.append((a, k)))
    assert main(["lab", str(tmp_path), "--port", "8890", "--no-browser"]) == 0
    assert opened == [((tmp_path, 8890), {"browser": False})]
    assert (tmp_path / "solutions" / "00_start_here.ipynb").exists()
    capsys.readouterr()
    assert main(["lab", str(tmp_path)]) == 0
    assert capsys.readouterr().out == ""  # quiet the next time
    assert opened[1] == ((tmp_path, 8888), {"browser": True})


def test_lab_writes_nothing_while_the_port_is_in_use(tmp_path, monkeypatch, capsys):
    def used(port):
        raise Problem("Port 8888 is in use")

    monkeypatch.setattr(command, "check_port", used)
    assert main(["lab", str(tmp_path / "mine")]) == 1
    assert capsys.readouterr().err.strip() == "Port 8888 is in use"
    assert not (tmp_path / "mine").exists()


@pytest.mark.parametrize("problems", [0, 2])
def test_check_ends_with_what_it_has_found(problems, monkeypatch):
    monkeypatch.setattr(setup, "report", lambda: problems)
    assert main(["check"]) == (problems > 0)


def test_ctrl_c_ends_quietly(monkeypatch, capsys):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "fill", stop)
    assert main(["lessons"]) == 130
    assert capsys.readouterr().err.strip() == "Stopped."


def test_the_lessons_can_be_brought_from_anywhere(tmp_path):
    settings = {k: v for k, v in os.environ.items() if k[:9] != "DLCOURSE_"}
    done = subprocess.run(
        [sys.executable, "-m", "dlcourse", "lessons", "deep"],
        cwd=tmp_path,
        env=settings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "deep" / "00_start_here.ipynb").exists()
