"""What the code of a learner's function says, without calling it: its bytecode.

The source would be easier to read, but is not always there (``exec``, a terminal). It
needs no other part of the course: it also runs where a learner's function is called far
away, and the function here, which stands for it, has its ``Written`` as an attribute.
"""

import ast
import dis
import inspect
import itertools
import re
import textwrap
from types import FunctionType
from typing import NamedTuple

__all__ = [
    "Written",
    "gives_back",
    "has_second_name",
    "has_unreached",
    "rebinds",
    "untouched",
    "written",
]

IDLE = ("RESUME", "NOP", "LOAD_CONST", "LOAD_COMMON_CONST", "LOAD_FAST", "RETURN")
RAISING = ("LOAD_GLOBAL", "PRECALL", "CALL", "RAISE_VARARGS")
NOTHING = (None, ...)


class Written(NamedTuple):
    """What is read in a function, as plain data.

    Attributes:
        idle: whether it does nothing: it gives a constant, or is a placeholder.
        code: its instructions and names, by which a stub is known; None without code.
        gives_back: whether some ``return`` has a value; None where that is not known.
        moves: for each name that it sets: the name it was loaded from, or None.
        unreached: whether lines stand below a `raise` and are never reached, which only
            the source tells: where there is none, False.
    """

    idle: bool
    code: tuple | None
    gives_back: bool | None
    moves: tuple
    unreached: bool = False


def written(f):
    """The Written of ``f``; of a class, only whether all of its methods are idle."""
    if isinstance(told := getattr(f, "written", None), Written):
        return told
    if isinstance(f, type):
        methods = [m for m in vars(f).values() if isinstance(m, FunctionType)]
        return Written(all(_idle(m.__code__) for m in methods), None, None, ())
    code = getattr(inspect.unwrap(f), "__code__", None)
    if code is None:
        return Written(False, None, None, ())
    moves = tuple(_moves(code))
    return Written(_idle(code), _marks(code), _gives_back(code), moves, _unreached(f))


def untouched(f, exercise):
    """Whether ``f`` is a stub: it gives a constant, or raises NotImplementedError.

    A docstring, ``pass``, ``...`` and ``x = None`` are nothing yet; nor are the lines
    that the lesson itself gives above the placeholder. A class is a stub where all of
    its methods are.
    """
    found = written(f)
    return found.idle or (
        found.code is not None and found.code == _marks(_shipped(exercise))
    )


def gives_back(f):
    """Whether some ``return`` of ``f`` has a value; None where that is not known."""
    return written(f).gives_back


def has_unreached(f):
    """Whether lines of ``f`` stand below a `raise`, where they are never reached."""
    return written(f).unreached


def rebinds(f, name):
    """Whether ``f`` gives the name of its parameter to something else: ``a = ...``."""
    return any(name == stored for _, stored in written(f).moves)


def has_second_name(f, name):
    """Whether ``f`` gives its parameter a second name: ``b = a``."""
    return any(loaded == name for loaded, _ in written(f).moves)


def _gives_back(code):
    steps = list(dis.get_instructions(code))
    return any(
        step.argval is not None
        if step.opname == "RETURN_CONST"
        else step.opname == "RETURN_VALUE"
        and (last.opname, last.argval) != ("LOAD_CONST", None)
        for last, step in itertools.pairwise(steps)
    )


def _moves(code):
    """(the name that was loaded, if one was, or None; the name that is set) pairs."""
    loaded = None
    for step in dis.get_instructions(code):
        names = step.argval if isinstance(step.argval, tuple) else (step.argval,)
        if step.opname.startswith("STORE_FAST"):  # STORE_FAST_LOAD_FAST is two steps
            stored = names[:1] if "LOAD" in step.opname else names
            yield from ((loaded, name) for name in stored)
        loaded = names[-1] if step.opname.startswith("LOAD_FAST") else None


def _unreached(f):
    try:
        (function,) = ast.parse(textwrap.dedent(inspect.getsource(f))).body
        return any(isinstance(line, ast.Raise) for line in function.body[:-1])
    except (OSError, TypeError, SyntaxError, ValueError, AttributeError):
        return False  # no source, or not that of one function


def _marks(code):
    return code and (code.co_code.hex(), code.co_names, code.co_varnames)


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


def _shipped(exercise):
    """The code of the stub in the lesson's text; None where it has none."""
    stub = re.search(
        rf"^(def {exercise.__name__}\((?:(?!```).)*?)([ \t]+)### BEGIN SOLUTION$",
        exercise.lesson.source,
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
