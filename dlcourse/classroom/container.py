"""What docker or podman puts round a submission, where bubblewrap is not to be had.

The image holds Python, NumPy and what else the course imports, in the versions that are
installed here, and nothing of the course: what a submission may see of that is mounted,
read-only, as with bubblewrap. ``python -m dlcourse.classroom.container`` prints how the
image is made: ``... | docker build --tag dlcourse-submissions -``.

The limit of memory is the engine's (podman without root has it with cgroups 2 only).
Processes are counted by the kernel, too, for a user that each container has of its own.
The limit of computing is the kernel's for each process, and the clock's for all: what
runs in there, the grader cannot see. System calls are filtered by the worker itself:
the engines' own filters let namespaces and AF_VSOCK through, as podman 4.3 does.
"""

import os
import shutil
import subprocess
import sys
import uuid
from importlib.metadata import version

from dlcourse.classroom import bubble

__all__ = ["ENGINES", "command", "problem", "recipe", "remove"]

ENGINES = "docker", "podman"
IMAGE = "dlcourse-submissions"
PACKAGES = "numpy matplotlib psutil tqdm filelock ipython ipywidgets".split()
USERS = 20_000, 40_000  # the first, and how many: below 65,536, which podman maps
PATIENCE = 30  # seconds for the engine's own answers
LONGEST = 3600  # seconds of a container, should the grader be gone


def recipe():
    """The file of which the image is made."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    wanted = " ".join(f"{name}=={version(name)}" for name in PACKAGES)
    return f"FROM python:{python}-slim\nRUN pip install --no-cache-dir {wanted}\n"


def problem(engine):
    """Why this engine cannot be used, in a sentence; None where it can be tried."""
    if not shutil.which(engine):
        return f"{engine} is not installed"
    if complaint := _asked(engine, "version"):
        return f"{engine} does not run ({complaint})"
    if _asked(engine, "image", "inspect", IMAGE):
        make = "python -m dlcourse.classroom.container"
        return f"it has no image; make it: {make} | {engine} build --tag {IMAGE} -"
    return None


def command(engine, environment, limits):
    """The command that starts a worker, and the name of its container."""
    name, user = f"dlcourse-{uuid.uuid4().hex}", USERS[0] + os.getpid() % USERS[1]
    whole = [engine, "run", "--rm", "--interactive", "--name", name]
    whole += ["--network", "none", "--ipc", "private", "--hostname", "submission"]
    whole += ["--user", f"{user}:{user}", "--cap-drop", "ALL"]
    whole += ["--security-opt", "no-new-privileges", "--log-driver", "none"]
    whole += ["--read-only", "--tmpfs", f"/tmp:rw,mode=1777,size={limits.disk}"]
    whole += ["--shm-size", "1m", "--workdir", "/tmp", "--pull", "never"]
    whole += ["--memory", str(limits.memory), "--memory-swap", str(limits.memory)]
    whole += ["--pids-limit", str(limits.processes)]
    for here, there in bubble.visible():
        whole += ["--volume", f"{here}:{there}:ro"]
    for variable, value in environment.items():
        whole += ["--env", f"{variable}={value}"]
    start = f"import sys; sys.path.insert(0, {str(bubble.COURSE)!r}); {bubble.START}"
    first = ["timeout", "--signal=KILL", str(LONGEST)]  # the process of number 1
    return [*whole, IMAGE, *first, "python", "-I", "-B", "-c", start], name


def remove(engine, name):
    """End a container and all that runs in it: its client's end leaves it running."""
    _asked(engine, "rm", "--force", name)


def _asked(engine, *arguments):
    """The last line of what the engine complains of; "" where it does not."""
    try:
        done = subprocess.run(
            [engine, *arguments],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            stdin=subprocess.DEVNULL,
            env=os.environ,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{error}"
    if done.returncode == 0:
        return ""
    lines = done.stderr.strip().splitlines()
    return lines[-1][:300] if lines else f"exit status {done.returncode}"


if __name__ == "__main__":
    print(recipe(), end="")
