"""What the code of a learner's function says, without calling it: its bytecode.

The source would be easier to read, but is not always there (``exec``, a terminal).
"""

import ast
import dis
import inspect
import itertools
import re
from types import FunctionType

from dlcourse.teach.course import ROOM

__all__ = ["gives_back", "has_second_name", "rebinds", "untouched"]

IDLE = ("RESUME", "NOP", "LOAD_CONST", "LOAD_COMMON_CONST", "LOAD_FAST", "RETURN")
RAISING = ("LOAD_GLOBAL", "PRECALL", "CALL", "RAISE_VARARGS")
NOTHING = (None, ...)


def untouched(f, exercise):
    """Whether ``f`` is a stub: it gives a constant, or raises NotImplementedError.

    A docstring, ``pass``, ``...`` and ``x = None`` are nothing yet; nor are the lines
    that the lesson itself gives above the placeholder. A class is a stub where all of
    its methods are.
    """
    if isinstance(f, type):
        methods = [m for m in vars(f).values() if isinstance(m, FunctionType)]
        return all(_idle(method.__code__) for method in methods)
    code = _code(f)
    return code is not None and (_idle(code) or _same(code, _shipped(exercise)))


def gives_back(f):
    """Whether some ``return`` of ``f`` has a value; None where that is not known."""
    code = _code(f)
    if code is None:
        return None
    steps = list(dis.get_instructions(code))
    return any(
        step.argval is not None
        if step.opname == "RETURN_CONST"
        else step.opname == "RETURN_VALUE"
        and (last.opname, last.argval) != ("LOAD_CONST", None)
        for last, step in itertools.pairwise(steps)
    )


def rebinds(f, name):
    """Whether ``f`` gives the name of its parameter to something else: ``a = ...``."""
    return any(name in stored for _, stored in _moves(f))


def has_second_name(f, name):
    """Whether ``f`` gives its parameter a second name: ``b = a``."""
    return any(loaded == name for loaded, _ in _moves(f))


def _moves(f):
    """For each name that ``f`` sets: the name it was loaded from, if from one."""
    code, loaded = _code(f), None
    for step in dis.get_instructions(code) if code else ():
        names = step.argval if isinstance(step.argval, tuple) else (step.argval,)
        if step.opname.startswith("STORE_FAST"):  # STORE_FAST_LOAD_FAST is two steps
            yield loaded, names[:1] if "LOAD" in step.opname else names
        loaded = names[-1] if step.opname.startswith("LOAD_FAST") else None


def _code(f):
    return getattr(inspect.unwrap(f), "__code__", None)


def _idle(code):
    last = None
    for step in dis.get_instructions(code):
        nothing = last and last.opname == "LOAD_CONST" and last.argval in NOTHING
        if not (
            step.opname.startswith(IDLE)
            or (step.opname == "STORE_FAST" and nothing)
            or (step.opname in RAISING and _placeholder(code))
        ):
            return False
        last = step
    return True


def _placeholder(code):
    return set(code.co_names) <= {"NotImplementedError"}


def _same(code, other):
    return other is not None and all(
        getattr(code, part) == getattr(other, part)
        for part in ("co_code", "co_names", "co_varnames")
    )


def _shipped(exercise):
    """The code of the stub in the lesson's text; None where it has none."""
    text = ROOM.joinpath(exercise.lesson.folder, "lesson.md").read_text("utf-8")
    stub = re.search(
        rf"^(def {exercise.__name__}\((?:(?!```).)*?)([ \t]+)### BEGIN SOLUTION$",
        text,
        re.MULTILINE | re.DOTALL,
    )
    if not stub:
        return None
    source = ast.parse(f"{stub[1]}{stub[2]}raise NotImplementedError()")
    (code,) = (
        part
        for part in compile(source, "lesson.md", "exec").co_consts
        if inspect.iscode(part)
    )
    return code
