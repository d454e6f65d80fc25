"""A lesson as the lint's rules see it: cells with their syntax, and executed twins."""

import ast
import re
from dataclasses import dataclass
from functools import cached_property

import nbformat
from IPython.core.inputtransformer2 import TransformerManager

from dlcourse.authoring.convert import SOLUTION, TWINS, Lesson

_SHELL = TransformerManager()


@dataclass(frozen=True)
class Cell:
    """One cell: ``text`` is its solved form, ``learners`` what a learner gets."""

    kind: str  # code or markdown
    text: str
    learners: str
    metadata: dict

    @cached_property
    def tree(self):
        """Its syntax; that of an empty cell where it has none."""
        try:
            return ast.parse(_SHELL.transform_cell(self.text))
        except SyntaxError:
            return ast.parse("")

    @property
    def tags(self):
        return self.metadata.get("tags", [])

    def calls(self, *names):
        """The calls of functions of these names, as ``f()`` or as ``anything.f()``."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and name_of(node.func) in names:
                yield node


@dataclass(frozen=True)
class Page:
    """A lesson: its cells, and by twin its executed notebook where there is one."""

    lesson: Lesson
    cells: tuple
    built: dict

    @classmethod
    def of(cls, lesson):
        pairs = zip(*(lesson.notebook(twin).cells for twin in TWINS), strict=True)
        cells = tuple(
            Cell(solved.cell_type, solved.source, learners.source, solved.metadata)
            for learners, solved in pairs
        )
        paths = {twin: lesson.path(twin) for twin in TWINS}
        built = {t: nbformat.read(p, 4) for t, p in paths.items() if p.exists()}
        return cls(lesson, cells, built)

    @property
    def number(self):
        """The lesson's number: 01."""
        return self.lesson.name[:2]

    @property
    def solutions(self):
        """What a learner is to write, as text, for each exercise."""
        return [found["body"] for found in SOLUTION.finditer(self.lesson.text)]

    @property
    def headings(self):
        """The text of its headings, without emphasis."""
        markdown = "\n".join(c.text for c in self.cells if c.kind == "markdown")
        return [bare(text) for text in re.findall(r"^#+ +(.+)$", markdown, re.M)]

    def learners_texts(self):
        """(cell's index or None, text) of all that the learner's notebook says."""
        built = self.built.get("learner")
        for index, cell in enumerate(self.cells):
            yield from ((index, text) for text in strings(cell.metadata))
            yield index, cell.learners
        for index, cell in enumerate(built.cells if built else ()):
            said = strings([cell.source, cell.metadata, cell.get("outputs", [])])
            yield from ((index, text) for text in said)
        yield from ((None, text) for text in strings(built.metadata if built else {}))

    def of_kind(self, kind):
        """Its cells of a kind, each after its index."""
        return [(i, cell) for i, cell in enumerate(self.cells) if cell.kind == kind]

    def arguments(self, function):
        """(index, first argument's syntax) of each call of ``function``."""
        for index, cell in self.of_kind("code"):
            for call in cell.calls(function):
                given = [*call.args, *(k.value for k in call.keywords)]
                yield index, given[0] if given else None


def name_of(node):
    """The last name of ``name`` or ``any.thing.name``; None for other syntax."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else None


def bare(text):
    """A heading's text as a page shows it."""
    return re.sub(r"[*`]", "", text).strip()


def strings(node):
    """Every text in a structure of dicts and lists, keys included."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield key
            yield from strings(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from strings(value)
    elif isinstance(node, str):
        yield node
