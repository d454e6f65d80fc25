"""A notebook's statements, and which of them a function needs.

A submission may hold a lesson's long experiments, a cell that raises, a figure. To
grade one function only what it is made of is run: its definition, and in their order
the statements that bind or change a name that it needs, down to the imports. So what
stands elsewhere costs neither time nor points.

It reads what nobody has checked, and so it runs beside the submission, in isolation.
"""

import ast
import copy
import functools
import json
import re
import symtable

__all__ = [
    "NotANotebook",
    "code_cells",
    "compiled",
    "defines",
    "needed",
    "source_of",
    "statements",
]

LARGEST = 20 * 2**20  # bytes of a notebook
MOST_CELLS = 5000
LONGEST_CELL = 200_000  # characters
MAGIC = re.compile(r"^(\s*)(?:[%!?]|[\w.]+\s*=\s*[%!]|.*\?\s*$)")
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)


class NotANotebook(ValueError):
    """A file that is no notebook, in words for the student."""


def code_cells(raw):
    """[(number, source)] of the code cells in a notebook's bytes.

    Cells are counted from 1. Raises NotANotebook.
    """
    if len(raw) > LARGEST:
        raise NotANotebook(f"it has {len(raw):,} bytes, and {LARGEST:,} are the most")
    if not raw.strip():
        raise NotANotebook("it is empty")
    try:
        book = json.loads(raw.decode("utf-8-sig"))
    except UNREADABLE as error:
        raise NotANotebook(f"it is no JSON ({type(error).__name__})") from None
    cells = book.get("cells") if isinstance(book, dict) else None
    if not isinstance(cells, list):
        raise NotANotebook("it has no list of cells")
    if len(cells) > MOST_CELLS:
        raise NotANotebook(
            f"it has {len(cells):,} cells, and {MOST_CELLS:,} are the most"
        )
    return [
        (number, source[:LONGEST_CELL])
        for number, cell in enumerate(cells, 1)
        if (source := _source(cell)) is not None
    ]


def _source(cell):
    if not isinstance(cell, dict) or cell.get("cell_type") != "code":
        return None
    source = cell.get("source")
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else None


def statements(cells):
    """([(cell, statement)], [(cell, what is wrong, source)]) of all cells.

    Lines for IPython and for the shell are left out, as if they were not there.
    """
    found, problems = [], []
    for number, source in cells:
        try:
            body = _parse(source)
        except UNREADABLE as error:
            line = getattr(error, "lineno", None)
            words = (
                f"{type(error).__name__}: {getattr(error, 'msg', None) or 'too deep'}"
            )
            problems.append(
                (number, words + (f", line {line}" if line else ""), source)
            )
        else:
            found += [(number, part) for node in body for part in _parts(node)]
    return found, problems


def _parse(source):
    try:
        return ast.parse(source).body
    except SyntaxError as error:
        if source.lstrip().startswith("%%"):
            return []
        lines = source.split("\n")
        plain = [f"{m[1]}pass" if (m := MAGIC.match(line)) else line for line in lines]
        if plain == lines:
            raise
        try:
            return ast.parse("\n".join(plain)).body
        except SyntaxError:
            raise error from None


def _parts(node):
    """An import of several names as several imports; all else as it is."""
    if not isinstance(node, ast.Import | ast.ImportFrom) or len(node.names) == 1:
        yield node
        return
    for alias in node.names:
        one = copy.copy(node)
        one.names = [alias]
        yield one


class _Names(ast.NodeVisitor):
    """The names that a statement binds, changes and uses."""

    def __init__(self, node):
        self.binds, self.changes = set(), set()
        self.loads, self.scopes = set(), []
        self.visit(node)

    @functools.cached_property
    def uses(self):
        """Worked out where it is asked for: of most functions nobody asks."""
        return self.loads.union(*map(_from_outside, self.scopes))

    def visit_Name(self, node):
        (self.loads if isinstance(node.ctx, ast.Load) else self.binds).add(node.id)

    def visit_Import(self, node):
        for alias in node.names:
            self.binds.add(alias.asname or alias.name.partition(".")[0])

    visit_ImportFrom = visit_Import

    def _scope(self, node):
        self.binds.add(node.name)
        self.scopes.append(node)

    visit_FunctionDef = visit_AsyncFunctionDef = visit_ClassDef = _scope

    def _stored(self, node):
        if isinstance(node.ctx, ast.Store) and (root := _root(node)):
            self.changes.add(root)
        self.generic_visit(node)

    visit_Attribute = visit_Subscript = _stored

    def visit_AugAssign(self, node):
        if root := _root(node.target):
            self.changes.add(root)
            self.loads.add(root)
        self.generic_visit(node)

    def visit_Expr(self, node):
        call = node.value
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
            if root := _root(call.func):
                self.changes.add(root)  # items.append(...)
        self.generic_visit(node)


def _names(node):
    if not hasattr(node, "names_found"):
        node.names_found = _Names(node)
    return node.names_found


def _root(node):
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def _from_outside(node):
    """The names that a function or class takes from outside, however deep inside it."""
    try:
        top = symtable.symtable(ast.unparse(node), "cell", "exec")
    except UNREADABLE:
        return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    names, stack = set(), [top]
    while stack:
        table = stack.pop()
        stack += table.get_children()
        names |= {
            symbol.get_name()
            for symbol in table.get_symbols()
            if symbol.is_referenced() and (table is top or symbol.is_global())
        }
    return names


def defines(node, name):
    """Whether a statement binds ``name``."""
    return name in _names(node).binds


def needed(found, name):
    """The indices in ``found``, of ``statements``, of those that ``name`` needs.

    What uses a name but neither binds nor changes one that is needed is left out, so is
    a bare call such as ``check(f)``.
    """
    binding, changing = {}, {}
    for index, (_, node) in enumerate(found):
        for each in _names(node).binds:
            binding.setdefault(each, []).append(index)
        for each in _names(node).changes:
            changing.setdefault(each, []).append(index)
    wanted, queue, chosen = {name}, [name], set()
    while queue:
        each = queue.pop()
        if each not in binding:  # built in, or nowhere
            continue
        for index in {*binding[each], *changing.get(each, ())} - chosen:
            chosen.add(index)
            names = _names(found[index][1])
            new = (names.uses | names.changes) - wanted
            wanted |= new
            queue += new
    return sorted(chosen)


def of_file(source, name):
    """The statements of an exercise's file that its function ``name`` needs.

    Less the decorator, the docstring, and the mistakes, which are bare calls.
    """
    body = ast.parse(source).body
    found = [(0, node) for node in body if not isinstance(node, ast.Expr)]
    for _, node in found:
        if getattr(node, "name", None) == name:
            node.decorator_list = []
    return [found[index][1] for index in needed(found, name)]


def source_of(node, cell):
    """The lines of a statement in its cell's source."""
    return "\n".join(cell.split("\n")[_first_line(node) - 1 : node.end_lineno])


def _first_line(node):
    return min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])


def compiled(node, file):
    """A statement's code, with its lines as they are counted in its cell."""
    return compile(ast.Module([node], []), file, "exec")
