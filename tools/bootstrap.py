"""Make the course's environment, open it, test it: what ``make`` does, on any system.

    python tools/bootstrap.py setup             .venv with what a learner needs
    python tools/bootstrap.py lab [--port N]    the same, then JupyterLab on Start here
    python tools/bootstrap.py test [ARGS]       the same, then every test (pytest ARGS)

It runs where nothing is set up yet, so it needs the standard library only, and keeps to
a syntax that a Python too old for the course can still read, in order to say so.
"""

import argparse
import errno
import hashlib
import importlib.util
import json
import os
import shutil
import socket
import subprocess
import sys
import webbrowser
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "dlcourse.json"
FIRST_LESSON = "notebooks/00_start_here.ipynb"
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


def check_port(port):
    """Raise :class:`Problem` where nothing can listen at ``port`` on this computer."""
    again = "python tools/bootstrap.py lab --port " if WINDOWS else "make lab PORT="
    again += str(port + 1 if 1024 <= port < 65535 else 8889)
    if not 0 < port < 65536:
        raise Problem(f"{port} is no port: take one from 1024 to 65535: {again}")
    for family, kind, protocol, _, address in socket.getaddrinfo(
        "localhost", port, type=socket.SOCK_STREAM
    ):
        try:
            with socket.socket(family, kind, protocol) as probe:
                if not WINDOWS:  # there it would let two programs share the port
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise Problem(
                    f"Port {port} is in use, perhaps by a JupyterLab that is still "
                    f"open. Close that one, or take another port: {again}"
                ) from None
            if error.errno == errno.EACCES:
                raise Problem(
                    f"Port {port} is not open to you: take another port: {again}"
                ) from None
            # An address family that this computer does not have: Jupyter skips it too.


def has_browser():
    """Whether JupyterLab can open a window here, not only a text browser."""
    if sys.platform.startswith("linux") and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    ):
        return False
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True


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
    # JupyterLab would ask its makers for news. Nothing here leaves the computer.
    settings = VENV / "etc" / "jupyter" / "labconfig"
    settings.mkdir(parents=True, exist_ok=True)
    off = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
    (settings / "page_config.json").write_text(json.dumps(off), encoding="utf-8")
    stamp = {"fingerprint": wanted, "extras": extras, "place": str(ROOT)}
    STAMP.write_text(json.dumps(stamp), encoding="utf-8")
    say("Ready.")


def run(arguments):
    """Become ``.venv``'s Python with these arguments, so that signals reach it."""
    command = [str(python_of(VENV)), *arguments]
    # A terminal opened in JupyterLab finds the course's Python first.
    path = [str(python_of(VENV).parent), os.environ.get("PATH", os.defpath)]
    settings = dict(os.environ, PATH=os.pathsep.join(path))
    # The course's matrices are small: on a busy computer more threads only wait.
    settings.setdefault("OMP_NUM_THREADS", "1")
    settings.update(homes())
    os.chdir(str(ROOT))
    if WINDOWS:  # where exec returns to the prompt at once
        sys.exit(subprocess.call(command, env=settings))
    os.execve(command[0], command, settings)


def homes():
    """Where Jupyter, IPython and Matplotlib may write, if not in the home folder."""
    home = Path(os.path.expanduser("~"))
    if home.is_dir() and os.access(str(home), os.W_OK):
        return {}
    say(f"Your home folder, {home}, can't be written: settings are kept in .venv.")
    names = (
        "JUPYTER_CONFIG_DIR",
        "JUPYTER_DATA_DIR",
        "JUPYTER_RUNTIME_DIR",
        "IPYTHONDIR",
        "MPLCONFIGDIR",
    )
    return {name: str(VENV / "home" / name.lower()) for name in names}


def lab(port):
    """Open JupyterLab on the first lesson."""
    options = [
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--LabApp.default_url=/lab/tree/{FIRST_LESSON}",
        "--Application.log_level=WARN",
        # On a computer with several people, nobody listens; and Jupyter does not warn.
        "--KernelManager.transport_encryption=auto",
    ]
    if not has_browser():
        say("There is no browser here: open one of the addresses below in yours.")
        say(f"From another computer, first: ssh -L {port}:localhost:{port} this-one")
        options.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")  # in a container everybody is root
    say("JupyterLab runs until you press Ctrl-C here.")
    run(["-m", "jupyter", "lab", *options])


def main(arguments=None):
    """The command line: returns the exit code where JupyterLab or pytest does not."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=["setup", "lab", "test"])
    parser.add_argument("--extra", action="append", default=[], help="test or data")
    parser.add_argument("--port", type=int, default=8888)
    parser.add_argument("--extra-index", default="", metavar="ADDRESS")
    parser.add_argument("--constraints", default="constraints.txt", metavar="FILE")
    options, rest = parser.parse_known_args(arguments)
    if rest and options.command != "test":
        parser.error("unknown: {}".format(" ".join(rest)))
    try:
        check_python()
        if options.command == "lab":
            check_port(options.port)
        if options.command == "test":
            options.extra.append("test")
        setup(options.extra, options.constraints, options.extra_index)
        if options.command == "lab":
            lab(options.port)
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
