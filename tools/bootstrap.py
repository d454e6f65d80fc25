"""Make the course's environment, open it, test it: what ``make`` does, on any system.

    python tools/bootstrap.py setup             .venv with what a learner needs
    python tools/bootstrap.py lab [ARGS]        the same, then: dlcourse lab ARGS
    python tools/bootstrap.py test [ARGS]       the same, then every test (pytest ARGS)

It runs where nothing is set up yet, so it needs the standard library only, and keeps to
a syntax that a Python too old for the course can still read, in order to say so.
"""

import argparse
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "dlcourse.json"
OLDEST = (3, 11)
WINDOWS = os.name == "nt"

# A notebook's cells have to run in one worker: hence loadfile.
TEST = ["-m", "pytest", "-n", "2", "--dist", "loadfile"]


class Problem(Exception):
    """What is wrong and what to do about it, in whole sentences."""


def say(sentence):
    """Print at once, also into a file: what follows may take minutes."""
    print(sentence, flush=True)


def check_python(version=sys.version_info):
    """Raise :class:`Problem` where this Python is too old for the course."""
    if tuple(version[:2]) < OLDEST:
        again = "make lab PYTHON=/path/to/python3.12"
        if WINDOWS:
            again = "py -3.12 tools/bootstrap.py lab"
        raise Problem(
            "The course needs Python {}.{} or newer, and this is Python {}.{}. "
            "Install a newer one (README, 'Start'), or name one that you have: "
            "{}".format(*OLDEST, *version[:2], again)
        )


def check_venv_module(find=importlib.util.find_spec):
    """Raise :class:`Problem` where Python cannot make environments with pip in them."""
    if find("venv") is None or find("ensurepip") is None:
        raise Problem(
            "This Python has no complete 'venv' module, so it cannot make an "
            "environment for the course. On Debian and Ubuntu: sudo apt install "
            "python{}.{}-venv. Then type the same command again.".format(
                *sys.version_info[:2]
            )
        )


def python_of(environment):
    """The interpreter of a virtual environment."""
    return environment / ("Scripts/python.exe" if WINDOWS else "bin/python")


def works(python):
    """Whether the interpreter at this path runs and is new enough."""
    return answers_yes(python, f"import sys; print(sys.version_info >= {OLDEST})")


def has_all(python):
    """Whether this interpreter finds the course and what it stands on."""
    find = "importlib.util.find_spec(name)"
    names = ("dlcourse", "jupyterlab", "torch")
    code = f"import importlib.util; print(all({find} for name in {names}))"
    return answers_yes(python, code)


def answers_yes(python, code):
    try:
        done = subprocess.run([str(python), "-c", code], stdout=subprocess.PIPE)
    except OSError:
        return False
    return done.stdout.strip() == b"True"


def fingerprint(constraints):
    """A digest of all that decides what is installed."""
    digest = hashlib.sha256()
    for name in filter(None, ["pyproject.toml", constraints]):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def read_stamp():
    """What the last complete setup has noted; {} where there was none."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def pip(*arguments):
    """Run the environment's pip; :class:`Problem` where it fails."""
    # A user's "always --user" would make pip refuse to install into an environment.
    settings = dict(os.environ, PIP_USER="0", PIP_DISABLE_PIP_VERSION_CHECK="1")
    command = [str(python_of(VENV)), "-m", "pip", "install", *arguments]
    if subprocess.call(command, cwd=str(ROOT), env=settings):
        raise Problem(
            "Installing stopped: pip says why above. It is often the network or a full "
            "disk; the same command again goes on where this one stopped. Where pip "
            "finds no torch for this computer (an Intel Mac, macOS before 14), take "
            "the conda way: README, 'Start'."
        )


def setup(extras=(), constraints="constraints.txt", extra_index=""):
    """Make ``.venv`` with the learner's packages and ``extras``, unless it is there."""
    check_python()
    wanted = fingerprint(constraints)
    stamp = read_stamp()
    # An environment knows where it was made: in a renamed folder its programs are not
    # found, in a copied one they import the original.
    moved = stamp.get("place", str(ROOT)) != str(ROOT)
    usable = not moved and works(python_of(VENV))
    have = None
    if usable and stamp.get("fingerprint") == wanted and has_all(python_of(VENV)):
        have = set(stamp.get("extras", ()))
        if have >= set(extras):
            return
    if not usable:
        check_venv_module()
        import venv  # not before the check

        if moved:
            say("The folder was renamed or copied: its environment is made anew.")
        say("Making .venv with Python {}.{}.".format(*sys.version_info[:2]))
        shutil.rmtree(str(VENV), ignore_errors=True)
        venv.create(str(VENV), with_pip=True, symlinks=not WINDOWS)

    # Both steps obey the same constraints. PyTorch goes first and alone, because it is
    # the one download that is long enough to want pip's progress bar.
    limits = ["-c", constraints] if constraints else ["--upgrade"]
    if have is None:
        import tomllib  # not before check_python

        project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
        torch = [r for r in project["dependencies"] if r.startswith("torch")]
        index = ["--extra-index-url", extra_index] if extra_index else []
        say(
            "Installing PyTorch: 200 MB, or several GB where pip takes the build with "
            "CUDA (README, 'Start')."
        )
        pip(*limits, *index, *torch)
    extras = sorted(set(extras) | (have or set()))
    say("Installing the rest, about 100 MB, quietly.")
    course = ".[{}]".format(",".join(extras)) if extras else "."
    pip("--quiet", *limits, "--editable", course)
    stamp = {"fingerprint": wanted, "extras": extras, "place": str(ROOT)}
    STAMP.write_text(json.dumps(stamp), encoding="utf-8")
    say("Ready.")


def run(arguments):
    """Become ``.venv``'s Python with these arguments, so that signals reach it."""
    command = [str(python_of(VENV)), *arguments]
    os.chdir(str(ROOT))
    if WINDOWS:  # where exec returns to the prompt at once
        sys.exit(subprocess.call(command))
    os.execv(command[0], command)


def main(arguments=None):
    """The command line: returns the exit code where JupyterLab or pytest does not."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=["setup", "lab", "test"])
    parser.add_argument("--extra", action="append", default=[], help="test, site, ...")
    parser.add_argument("--extra-index", default="", metavar="ADDRESS")
    parser.add_argument("--constraints", default="constraints.txt", metavar="FILE")
    options, rest = parser.parse_known_args(arguments)
    if rest and options.command == "setup":
        parser.error("unknown: {}".format(" ".join(rest)))
    try:
        check_python()
        if options.command == "test":
            options.extra += ["cluster", "site", "test"]
        setup(options.extra, options.constraints, options.extra_index)
        if options.command == "lab":
            run(["-m", "dlcourse", "lab", *rest])
        if options.command == "test":
            run([*TEST, *rest])
    except Problem as problem:
        print(f"\n{problem}\n", file=sys.stderr)
        return 1
    except OSError as error:  # a full disk, a folder that can't be written, a lost file
        where = f" ({error.filename})" if error.filename else ""
        print(f"\nStopped: {error.strerror or error}{where}.\n", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on from here.\n", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
