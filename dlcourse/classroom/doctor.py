"""What isolates submissions on this machine, and what they could do: it is tried."""

import json
import os
import socket
from functools import cache

from dlcourse.classroom import bubble, container
from dlcourse.classroom.line import Ended
from dlcourse.classroom.reader import Reader
from dlcourse.classroom.sandbox import Limits, NotGraded, Sandbox
from dlcourse.classroom.writer import Writer
from dlcourse.start.problem import Problem

__all__ = ["best", "missing", "tried"]

KINDS = "bubblewrap", *container.ENGINES  # the first that works is taken

TRIALS = """
import ctypes, importlib, os, socket

libc = ctypes.CDLL(None, use_errno=True)


def works(f):
    try:
        return f() is not False
    except BaseException:
        return False


def connect(port):
    socket.create_connection(("127.0.0.1", port), 2).close()


def forks():
    started = 0
    try:
        for started in range(200):
            if not os.fork():
                os._exit(0)
    finally:
        for _ in range(started):
            os.wait()


def fill():
    for i in range(1000):
        with open(f"/tmp/{i}", "wb") as file:
            file.write(bytes(2**20))


def written(path):
    open(path, "a").close()
    os.unlink(path)


def trials(port, secret):
    exercises = "dlcourse.lessons.01_backprop.exercises.sweep"
    places = "/", "/usr/", "/course/", "/course/dlcourse/nn/", "/dev/"
    others = [p for p in os.listdir("/proc") if p.isdigit()]
    return {
        "read a file of yours": works(lambda: open(secret).read()),
        "reach the network": works(lambda: connect(port)),
        "reach the host of a virtual machine": works(lambda: socket.socket(40, 1)),
        "see other processes": len(others) > 4,
        "act as root": os.getuid() == 0,
        "make namespaces": works(lambda: libc.unshare(0x10000000) == 0),
        "trace a process": works(lambda: libc.ptrace(16, os.getppid(), 0, 0) == 0),
        "write to the system": any(works(lambda: written(p + "x")) for p in places),
        "read the exercises": works(lambda: importlib.import_module(exercises)),
        "start 200 processes": works(forks),
        "take 8 GB of memory": works(lambda: len(bytearray(2**33)) > 0),
        "write 1 GB": works(fill),
    }
"""


def tried(kind, secret):
    """{what a submission should not be able to do: whether it is}, in this ``kind``.

    ``secret``: the path of a file that is not for it. Raises NotGraded where the
    isolation does not start; where it ends before it has tried, that is the only entry.
    """
    book = {"cells": [{"cell_type": "code", "source": TRIALS}]}
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        Sandbox(kind, Limits()) as box,
    ):
        port, writer = server.getsockname()[1], Writer(functions=[])
        args = [writer.value(each) for each in (port, str(secret))]
        try:
            request = {"do": "read", "names": ["trials"]}
            box.line.ask(request, None, [json.dumps(book).encode()])
            load = {"do": "load", "name": "trials", "driver": None, "seconds": 10}
            box.line.ask(load, None)
            answer, blobs = box.line.ask(
                {"do": "call", "args": args, "kwargs": {}, "times": 1}, None
            )
            return Reader(blobs).value(answer["values"][0])
        except Ended as ended:
            return {f"end the trial: it {ended.words}": True}


@cache
def missing(kind="bubblewrap"):
    """Why this kind of isolation does not work here, as tried; None where it does."""
    bubbles = kind == "bubblewrap"
    if problem := bubble.problem() if bubbles else container.problem(kind):
        return problem
    try:
        with Sandbox(kind):
            return None
    except (NotGraded, OSError) as error:
        hint = ""
        if "namespace" in str(error) or "uid map" in str(error):
            hint = " (closed to users? kernel.apparmor_restrict_unprivileged_userns)"
        return f"{error}{hint}"


def best(trust=False):
    """The kind of isolation to use; raises Problem where nothing isolates."""
    if not hasattr(os, "fork"):
        raise Problem("Grading needs Linux, or macOS for submissions that you trust.")
    why = []
    for kind in KINDS:
        if (problem := missing(kind)) is None:
            return kind
        why.append(problem)
    if trust:
        return "none"
    raise Problem(
        "Submissions would run with your own rights: they could read and change your "
        f"files. Nothing here isolates them: {'; '.join(why)}.\nInstall one, or say "
        "--trust if you know every submission."
    )
