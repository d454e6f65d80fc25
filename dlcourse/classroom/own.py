"""Exercises of an instructor's own: ``exercises/NAME.py`` in the assignment's folder.

They are declared as the course's are, each in one file, with ``lesson=`` for what is to
be read again. The file is the instructor's and runs in the grader; a submission never
sees it. It travels as text, to wherever submissions are graded.
"""

import functools
import linecache
import sys
import types

from dlcourse.start.problem import Problem
from dlcourse.teach.exercise import Exercise, find

__all__ = ["found", "sources"]


def sources(folder, names):
    """{name: text} of those of ``names`` that the assignment's folder has a file for.

    Raises Problem where the course has an exercise of that name.
    """
    texts = {}
    for name in names:
        file = folder / "exercises" / f"{name}.py"
        if file.is_file():
            texts[name] = file.read_text("utf-8")
            if _in_the_course(name):
                raise Problem(f"{file}: the course has an exercise of that name.")
    return texts


def found(name, own):
    """The Exercise ``name``: declared in ``own``, {name: text}, or in the course.

    Raises LookupError where there is none, and Problem where its file cannot be used.
    """
    return _declared(name, own[name]) if name in own else find(name)


@functools.cache
def _declared(name, text):
    file = f"exercises/{name}.py"
    module = types.ModuleType(f"dlcourse_own_{name}")
    module.__file__ = file
    sys.modules[module.__name__] = module
    linecache.cache[file] = len(text), None, text.splitlines(True), file
    try:
        exec(compile(text, file, "exec"), vars(module))
        made = getattr(module, name, None)
        if not isinstance(made, Exercise):
            raise ValueError(f"it declares no exercise named {name}")
        return made.validate()
    except Exception as error:
        raise Problem(f"{file}: {type(error).__name__}: {error}") from error


def _in_the_course(name):
    try:
        return find(name)
    except LookupError:
        return None
