"""The program beside a submission, in isolation.

It runs what a function needs, and calls it on inputs from outside. It holds no
reference, no known mistake and no seed. Whatever a submission does to this process,
what comes out of it is a claim about numbers, which the grader compares.
"""

import builtins
import contextlib
import functools
import importlib
import inspect
import json
import linecache
import os
import signal
import sys
import warnings

import numpy as np

import dlcourse
from dlcourse.classroom import slices, wire
from dlcourse.classroom.inside import (
    LONGEST,
    Channel,
    Printed,
    alone,
    confine,
    no_input,
    private,
    stand_in,
)
from dlcourse.classroom.reader import Reader
from dlcourse.classroom.writer import Writer
from dlcourse.teach import traced, written

LONGEST_SOURCE = 20_000
LEFT = 77  # the exit status of a child that was left
AGAIN = 0.5  # seconds of computing until TimeUp comes again to who swallowed it


class TimeUp(BaseException):
    """The function has computed for too long."""


class Worker:
    """Answers requests: to read a notebook, to load a function, call and leave it.

    ``alone``: whether there is nobody in its namespace but what it has started.
    """

    def __init__(self, channel, alone=False):
        self.channel, self.alone = channel, alone
        self.found, self.calling = [], False
        self.f = self.drive = None
        signal.signal(signal.SIGPROF, self._ring)

    def serve(self):
        self.channel.write({"hello": 1})
        while True:
            request, blobs = self.channel.read()
            if request["do"] == "load" and not self._apart():
                continue
            if request["do"] == "leave":
                os._exit(LEFT)
            try:
                answer, parts = getattr(self, f"do_{request['do']}")(request, blobs)
            except slices.NotANotebook as error:
                answer, parts = {"unreadable": str(error)[:LONGEST]}, ()
            except TimeUp:  # it came late
                answer, parts = {"error": self._told(TimeUp(), None)}, ()
            self.channel.write({**answer, "echo": request["echo"]}, parts)

    def _apart(self):
        """Whether this is a child, in which a function is loaded and called.

        The parent waits until it is left, and has never run a line of the submission:
        what a function patches or leaves behind touches no other.
        """
        if not (child := os.fork()):
            return True
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if code != LEFT:
            os._exit(code if code >= 0 else 128 - code)
        if self.alone:
            with contextlib.suppress(ProcessLookupError):
                os.kill(-1, signal.SIGKILL)  # all others of this namespace of processes
        self.channel.write({"left": 1})
        return False

    # ------------------------------------------------------- nothing is executed yet

    def do_read(self, request, blobs):
        """What the notebook says of the functions ``names``."""
        cells = slices.code_cells(blobs[0])
        self.sources = dict(cells)
        self.found, problems = slices.statements(cells)
        functions, defined = {}, []
        for cell, node in self.found:
            if isinstance(name := getattr(node, "name", None), str):
                defined.append(name[:80])
            for name in request["names"]:
                if slices.defines(node, name):
                    times = functions.get(name, {"times": 0})["times"]
                    text = slices.source_of(node, self.sources[cell])[:LONGEST_SOURCE]
                    about = {"cell": cell, "times": times + 1, "source": text}
                    functions[name] = about
        return {
            "functions": functions,
            "defined": sorted(set(defined))[:500],
            "problems": [
                [cell, words[:LONGEST], [n for n in request["names"] if n in source]]
                for cell, words, source in problems[:20]
            ],
        }, ()

    # ------------------------------------------------------------- from here on it is

    def do_load(self, request, blobs):
        """Run what the function needs; it has ``seconds`` of computing from now on."""
        name, trouble = request["name"], None
        space = {"__name__": "__main__", "display": print, "get_ipython": lambda: None}
        signal.setitimer(signal.ITIMER_PROF, request["seconds"], AGAIN)
        for index in slices.needed(self.found, name):
            cell, node = self.found[index]
            file = f"<cell {cell}>"
            text = self.sources[cell]
            linecache.cache[file] = len(text), None, text.splitlines(True), file
            try:
                with self._quiet(Printed()):
                    exec(slices.compiled(node, file), space)
            except BaseException as error:
                trouble = trouble or [cell, *self._told(error, None)]
        self.take(space.get(name), request.get("driver"))
        about = {"loaded": name in space, "trouble": trouble}
        return {**about, **self._about(self.f)}, ()

    def take(self, f, driver=None):
        """Let ``f`` be what is called, by the course's ``driver`` where it has one."""
        self.f, self.drive = f, driver and self._find(driver)

    def do_call(self, request, blobs):
        """Call the function, and tell what it returned, raised, printed and changed.

        It may be called many ``times`` with the same arguments, at one request.
        """
        known = {}
        reader = Reader(blobs, known, self._far, self._find)
        args = [reader.value(tree) for tree in request["args"]]
        named = {name: reader.value(tree) for name, tree in request["kwargs"].items()}
        numbers = {id(value): number for number, value in known.items()}

        def states():
            for number, value in known.items():
                writer = Writer(numbers)
                yield (
                    number,
                    wire.frame({"is": writer.state(value, number)}, writer.blobs),
                )

        before, printed, answer = dict(states()), Printed(), {}
        f = functools.partial(self.drive, self.f) if self.drive else self.f
        writer, values = Writer(numbers), []
        try:
            with self._quiet(printed):
                for _ in range(request["times"]):
                    once = Writer(numbers, blobs=writer.blobs)  # as it is now
                    values.append(once.value(f(*args, **named)))
                answer["values"] = values
        except BaseException as error:
            answer = {"error": self._told(error, self.f)}
        changed = [number for number, now in states() if now != before[number]]
        answer["after"] = [writer.state(known[number], number) for number in changed]
        answer["printed"] = printed.getvalue()
        return answer, writer.blobs

    # -------------------------------------------------------------------------- parts

    @contextlib.contextmanager
    def _quiet(self, printed):
        self.calling = True
        try:
            with (
                contextlib.redirect_stdout(printed),
                contextlib.redirect_stderr(printed),
                warnings.catch_warnings(action="ignore"),
                np.errstate(all="ignore"),
            ):
                yield
        finally:
            self.calling = False

    def _ring(self, *_):
        if self.calling:
            raise TimeUp

    def _told(self, error, f):
        """[kind, the built-in kind that it is, words, trace] of an exception."""
        try:
            words = str.__str__(str(error))[:LONGEST]
        except Exception:
            words = ""
        kinds = type(error).__mro__
        kind = f"{kinds[0].__module__}:{kinds[0].__name__}"[:200]
        base = next(kind.__name__ for kind in kinds if kind.__module__ == "builtins")
        with contextlib.suppress(Exception):
            return [kind, base, words, traced.traced(error, f)]
        return [kind, base, words, None]

    def _about(self, f):
        try:
            signature = inspect.signature(f)
            each = signature.parameters.values()
            form = (
                [[int(p.kind), p.default is not p.empty] for p in each],
                f"{signature}",
            )
        except (TypeError, ValueError):
            form = None
        about = {"callable": callable(f), "kind": type(f).__name__[:80]}
        return {**about, "signature": form, "written": written.written(f)}

    def ask(self, request, args):
        """The value of a function that stayed outside, for these ``args``."""
        writer = Writer()
        trees = [writer.value(each) for each in args]
        self.channel.write({**request, "args": trees}, writer.blobs)
        answer, blobs = self.channel.read()
        if "error" in answer:
            kind, words = answer["error"]
            known = getattr(builtins, kind, None)
            raise (known if isinstance(known, type) else RuntimeError)(words)
        return Reader(blobs).value(answer["value"])

    def _far(self, number):
        """A function that stayed outside: it is called there."""
        return lambda *args: self.ask({"callback": number}, args)

    def _find(self, name):
        """What both sides have under this name; a new class where it has no module."""
        module, _, path = name.rpartition(":")
        if not module:
            return type(name, (), {})
        found = importlib.import_module(module)
        for part in path.split("."):
            found = getattr(found, part)
        return found


def main():
    setup = json.loads(os.environ.pop("DLCOURSE_WORKER"))
    by_itself = alone()
    if setup["alone"] and not by_itself:
        sys.exit("the processes of others can be seen from here")
    channel = Channel(private(0), private(1))
    confine(setup)
    private(2)  # until here it may tell why it does not start
    worker = Worker(channel, by_itself)
    dlcourse.teach = sys.modules["dlcourse.teach"] = stand_in(worker.ask)
    builtins.input = no_input
    importlib.import_module("dlcourse.nn")  # once, for all the children that need it
    worker.serve()
