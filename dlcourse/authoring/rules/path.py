"""The core path and what goes deeper: each part can be read without what follows it."""

import ast
import symtable

from dlcourse.authoring.convert import DEEPER
from dlcourse.authoring.page import bare
from dlcourse.authoring.rules.table import rule

LONGEST = 90  # minutes of a core path
EXERCISES = range(4, 7)  # how many of a lesson's are in the core


@rule("lesson")
def long_core(page):
    if page.lesson.core > LONGEST:
        yield None, f"its core takes {page.lesson.core} minutes, {LONGEST} may be"


@rule("lesson")
def core_without_end(page):
    core, *deeper = sections(page)
    if deeper:
        for name in ("settled", "quiz"):
            if not any(any(cell.calls(name)) for _, cell in core):
                yield None, f"its core does not end: {name}() belongs before {DEEPER!r}"
        checks = [call for _, cell in core for call in cell.calls("check")]
        there = len({ast.unparse(call.args[0]) for call in checks if call.args})
        if there not in EXERCISES:
            yield None, f"its core has {there} exercises, 4 to 6 belong there"


@rule("lesson")
def code_behind_deeper(page):
    """Behind the deeper sections come references, and nothing to run."""
    for part in sections(page)[1:]:
        headings = [i for i, cell in part if cell.text.startswith("## ")]
        for index, cell in part:
            if cell.kind == "code" and index > headings[-1] > headings[0]:
                yield index, f"it is neither in the core nor below a {DEEPER!r}"


@rule("lesson")
def deeper_not_alone(page):
    """A deeper section builds on the core, not on another one."""
    core, *deeper = sections(page)
    known = set().union(*(defined(cell) for _, cell in core))
    others = [set().union(*(defined(cell) for _, cell in part)) for part in deeper]
    for number, part in enumerate(deeper):
        here = known | others[number]
        elsewhere = set().union(*others[:number], *others[number + 1 :]) - here
        for index, cell in part:
            for name in sorted(used(cell) & elsewhere):
                yield (
                    index,
                    f"{name!r} is from another deeper section: move it, or both",
                )


@rule("lesson")
def deeper_without_link(page):
    """A deeper section is linked from the place in the core where it belongs."""
    core, *deeper = sections(page)
    text = "\n".join(cell.text for _, cell in core if cell.kind == "markdown")
    for (index, first), *_ in deeper:
        heading = bare(first.text.splitlines()[0].lstrip("# "))
        if f"(#{heading.replace(' ', '-')})" not in text:
            yield index, f"no link in the core leads to {heading!r}"


def sections(page):
    """The core and each deeper section: lists of (index, cell)."""
    parts = [[]]
    for index, cell in enumerate(page.cells):
        if cell.kind == "markdown" and cell.text.startswith(DEEPER):
            parts.append([])
        parts[-1].append((index, cell))
    return parts


def defined(cell):
    """The names that a cell defines for the cells after it."""
    return {s.get_name() for s in _table(cell).get_symbols() if _is_made(s)}


def used(cell):
    """The names that a cell takes from the notebook, inside its functions too."""
    table = _table(cell)
    found = {s.get_name() for s in table.get_symbols() if s.is_referenced()}
    pending = table.get_children()
    while pending:
        scope = pending.pop()
        found |= {s.get_name() for s in scope.get_symbols() if s.is_global()}
        pending += scope.get_children()
    return found


def _is_made(symbol):
    return symbol.is_assigned() or symbol.is_imported()


def _table(cell):
    code = ast.unparse(cell.tree) if cell.kind == "code" else ""
    return symtable.symtable(code, "cell", "exec")
