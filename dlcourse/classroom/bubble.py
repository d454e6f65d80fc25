"""What bubblewrap puts round a submission on Linux: namespaces, mounts, a filter.

Read-only: the system, the Python that runs here with its packages, and the parts of the
course that learners import. Not there at all: the lessons, ``teach`` and this room (but
for the worker's own files), the rest of the disk, the network, other processes. What is
written goes to a small /tmp in memory, which ends with the submission.

An ordinary user needs user namespaces. Root needs none; there the worker takes a user
id of its own, so that limits of processes count for itself alone.
"""

import os
import shutil
import sys
from pathlib import Path

from dlcourse.classroom import seccomp
from dlcourse.shipped import PACKAGE, shipped

__all__ = ["command", "problem", "sealed", "visible"]

MEGABYTE = 2**20
SYSTEM = "/usr", "/bin", "/sbin", "/lib", "/lib64", "/lib32", "/etc/ld.so.cache"
COURSE = Path("/course")
OPEN = ("autograd", "nn", "optim", "compress", "lab", "show")
FILES = ("__init__.py", "checks.py", "lazy.py", "random.py", "shipped.py")
WORKER = (
    *("classroom/worker.py", "classroom/inside.py", "classroom/slices.py"),
    *("classroom/wire.py", "classroom/reader.py", "classroom/writer.py"),
    "classroom/seccomp.py",
    *("teach/traced.py", "teach/written.py"),
)
FIXTURES = "lessons/*/fixtures.py"  # on which functions are tried; no answer is in them
START = "from dlcourse.classroom.worker import main; main()"


def problem():
    """Why bubblewrap cannot be used on this system; None where it can be tried."""
    if sys.platform != "linux":
        return "bubblewrap needs Linux"
    if not shutil.which("bwrap"):
        return "bubblewrap is not installed (apt-get install bubblewrap)"
    if seccomp.program() is None:
        return "there is no filter of system calls for this processor"
    return None


def command(environment, disk):
    """The command that starts a worker, and the files that must stay open for it.

    ``environment``: its variables. ``disk``: the bytes that it may write.
    """
    arguments = [*_namespaces(), *_mounts(disk), "--clearenv"]
    for name, value in environment.items():
        arguments += ["--setenv", name, value]
    filtered = sealed(seccomp.program())
    arguments += ["--seccomp", str(filtered), "--chdir", "/tmp"]
    # In a file, so that it cannot be read in /proc/1/cmdline.
    listed = sealed(b"\0".join(map(os.fsencode, arguments)))
    python = os.path.abspath(sys.executable)
    start = f"import sys; sys.path.insert(0, {str(COURSE)!r}); {START}"
    whole = ["bwrap", "--args", str(listed), "--", python, "-I", "-B", "-c", start]
    return whole, (filtered, listed)


def sealed(data):
    """A file in memory that holds ``data``, open for reading."""
    fd = os.memfd_create("dlcourse")
    os.write(fd, data)
    os.lseek(fd, 0, os.SEEK_SET)
    return fd


def _namespaces():
    yield from ("--die-with-parent", "--new-session", "--hostname", "submission")
    yield from ("--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts")
    yield "--unshare-cgroup-try"
    if os.getuid() == 0:
        yield from ("--cap-drop", "ALL")
        yield from ("--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID")
    else:
        yield from ("--unshare-user", "--disable-userns")


def _mounts(disk):
    """bubblewrap makes mounts in their order: a later one hides what lies below it."""
    for folder in SYSTEM:
        if os.path.islink(folder):
            yield from ("--symlink", os.readlink(folder), folder)
        elif os.path.exists(folder):
            yield from ("--ro-bind", folder, folder)
    yield from ("--size", str(disk), "--perms", "1777", "--tmpfs", "/tmp")
    python = dict.fromkeys((os.path.abspath(sys.prefix), sys.base_prefix))
    system = [Path(each) for each in (*SYSTEM, "/usr/local")]
    inside = [each for each in map(Path, python) if not _under(each, system)]
    yield from _reachable([*inside, COURSE / "data", COURSE / "dlcourse/x/y/z"])
    for folder in inside:
        yield from ("--ro-bind", str(folder), str(folder))
    for installed in _installed([*system, *inside]):
        yield from ("--tmpfs", str(installed), "--remount-ro", str(installed))
    for here, there in visible():
        yield from ("--ro-bind", str(here), str(there))
    yield from ("--proc", "/proc", "--dev", "/dev", "--size", str(MEGABYTE))
    yield from ("--perms", "1777", "--tmpfs", "/dev/shm", "--remount-ro", "/dev")
    yield from ("--remount-ro", "/")


def visible():
    """(path here, path there) of what a submission may see of the course."""
    there = COURSE / "dlcourse"
    for name in (*OPEN, *FILES, *WORKER):
        yield PACKAGE / name, there / name
    for file in sorted(PACKAGE.glob(FIXTURES)):
        yield file, there / file.relative_to(PACKAGE)
    if shipped("data").is_dir():
        yield shipped("data"), COURSE / "data"


def _under(path, folders):
    return any(path.is_relative_to(folder) for folder in folders)


def _installed(roots):
    """The whole course, wherever what is mounted holds it: exercises, solutions."""
    found = {f for root in roots for f in root.glob("lib*/python*/*-packages/dlcourse")}
    return sorted(found | ({PACKAGE} if _under(PACKAGE, roots) else set()))


def _reachable(paths):
    """Make the folders above: bubblewrap makes them for their owner alone."""
    made = {Path("/"), Path("/tmp"), Path("/usr")}
    rooms = {(COURSE / "dlcourse" / name).parent for name in WORKER}
    rooms |= {COURSE / "dlcourse" / f.relative_to(PACKAGE) for f in _lessons()}
    above = [p for path in (*paths, *sorted(rooms)) for p in reversed(path.parents)]
    for folder in (*above, *sorted(rooms)):
        if folder not in made and folder.name not in "xyz":
            made.add(folder)
            yield from ("--perms", "0755", "--dir", str(folder))


def _lessons():
    return (file.parent for file in PACKAGE.glob(FIXTURES))
