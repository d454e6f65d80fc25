"""When a clone's last commit was made, asked of git without trusting the clone.

Its configuration can name programs to run, so git never reads it: a repository of our
own lends it the objects alone. The time is that of the student's clock.
"""

import atexit
import datetime
import functools
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

__all__ = ["last_commit"]

SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
LARGEST = 2**20  # bytes of a file of references


def last_commit(folder):
    """The time of a clone's last commit, ISO in UTC; None where there is none."""
    git, commit = folder / ".git", None
    if shutil.which("git") and git.is_dir() and not git.is_symlink():
        commit = _head(git)
    if not commit:
        return None
    environment = {
        "PATH": os.environ["PATH"],
        "GIT_DIR": _own(),
        "GIT_OBJECT_DIRECTORY": str((git / "objects").resolve()),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
    }
    command = ["git", "log", "-1", "--no-show-signature", "--format=%ct", commit, "--"]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=60
    )
    if not re.fullmatch(r"\d{1,11}", said := done.stdout.strip()):
        return None
    return datetime.datetime.fromtimestamp(int(said), datetime.UTC).isoformat()


@functools.cache
def _own():
    """An empty repository of our own."""
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    subprocess.run(["git", "init", "--bare", "-q", folder], check=True)
    return folder


def _head(git):
    """The commit that is checked out."""
    said = _text(git / "HEAD")
    if said.startswith("ref: "):
        name = said[5:].strip()
        if ".." in name or not re.fullmatch(r"refs/[\w./-]{1,200}", name):
            return None
        packed = dict(reversed(p) for p in map(str.split, _lines(git)) if len(p) == 2)
        said = _text(git / name) or packed.get(name, "")
    return said.strip() if SHA.fullmatch(said.strip()) else None


def _lines(git):
    return _text(git / "packed-refs").splitlines()


def _text(path):
    try:
        fd = os.open(Path(path), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with open(fd, "rb") as file:
            return file.read(LARGEST).decode(errors="replace")
    except OSError:
        return ""
