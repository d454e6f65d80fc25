"""An exercise as it is posed: its text, what is given, the solution, its hints.

It comes from the built lesson. A variant, or an exercise of an instructor's own, stands
in no lesson: there the text is its file's docstring, and the solution its reference.
"""

import ast
import functools
import inspect
import json
import re
import sys
import textwrap

from dlcourse.classroom import slices
from dlcourse.shipped import shipped
from dlcourse.start.problem import Problem

__all__ = ["Posed"]

STUB = "# YOUR CODE HERE"
HEADING = re.compile(r"^### Exercise \d+ · (.*)$", re.M)
HINT = re.compile(r"<details>.*?</details>", re.S)
LINK = re.compile(
    r"(?<!!)\[([^\]]+)\]\((?!https?:)[^)]*\)"
)  # to the lesson's own places
CHECK = "from dlcourse.teach import check"


class Posed:
    """How ``exercise`` is posed.

    Attributes:
        title, text, hints: Markdown; the text goes on after "*2 points. ".
        imports: lines that the lesson begins with; ``given``: code that comes before.
        solution: its cell, between nbgrader's markers what is to be written.
        check: the line that checks it.
    """

    def __init__(self, exercise):
        self.name, self.lesson = exercise.__name__, exercise.lesson
        self.section = exercise.section
        self.check, self.hints, self.given = f"check({self.name})", "", ""
        if self.name in self.lesson.exercises:
            self._from_lesson(*_notebooks(self.lesson))
        else:
            self._from_file(exercise)

    def _from_lesson(self, learners, solved):
        at = self._place(learners)
        self.imports = [
            CHECK,
            *_imports(node for _, node in _statements(solved[: at + 1])),
        ]
        solution, _ = self._split(solved[at]["source"])
        stub, _ = self._split(learners[at]["source"])
        self.solution = _marked(stub, solution)
        before = _statements(solved[:at])
        needed = slices.needed([*before, (at, ast.parse(solution))], self.name)
        self.given = "\n".join(
            slices.source_of(node, solved[cell]["source"])
            for cell, node in (before[i] for i in needed if i < len(before))
            if not _is_import(node)
        )
        if "reference(" in self.given:
            self.imports.append("from dlcourse.teach import reference")
        after = learners[at + 1] if at + 1 < len(learners) else {"cell_type": ""}
        if after["cell_type"] == "markdown" and after["source"].startswith("<details>"):
            self.hints = _unlinked("\n\n".join(HINT.findall(after["source"])))

    def _place(self, cells):
        """The number of its cell; sets the title and the text above it."""
        title, text = self.name, []
        for number, cell in enumerate(cells):
            source = cell["source"]
            if cell["cell_type"] == "code":
                if STUB in source and re.search(
                    rf"\b(def|class) {self.name}\b", source
                ):
                    self.title, self.text = title, self._where("\n\n".join(text))
                    return number
                text.append(f"```python\n{source}\n```")  # to be read: it is not run
            elif found := list(HEADING.finditer(source)):
                title, text = found[-1][1], [source[found[-1].end() :].strip()]
            else:
                text.append(source)
        raise Problem(f"{self.lesson.notebook} has no cell for {self.name}: build it.")

    def _where(self, text):
        """The text, with where in the lesson it stands; it begins in italics."""
        place = f"Lesson {self.lesson.title}, section “{self.section}”."
        return f"{place}*\n\n{_unlinked(text)}"

    def _split(self, source):
        """A cell's code up to the end of the function, and what follows it."""
        lines = source.split("\n")
        for node in ast.parse(source).body:
            if getattr(node, "name", None) == self.name:
                end = node.end_lineno
                return "\n".join(lines[:end]), "\n".join(lines[end:]).strip()
        raise Problem(
            f"{self.lesson.notebook}: {self.name} is not defined in its cell."
        )

    def _from_file(self, exercise):
        f = getattr(exercise.reference, "__wrapped__", exercise.reference)
        module = sys.modules[f.__module__]
        source = inspect.getsource(module)
        used = slices.of_file(source, self.name)
        (node,) = (each for each in used if getattr(each, "name", None) == self.name)
        self.imports = [CHECK, *_imports(used)]
        self.title = self.name.replace("_", " ")
        self.text = self._where(inspect.getdoc(module) or "")
        helpers = [
            slices.source_of(each, source)
            for each in used
            if each is not node and not _is_import(each)
        ]
        lines, first = source.split("\n"), node.body[0]
        indent = " " * first.col_offset
        self.solution = "\n".join(
            [
                *lines[node.lineno - 1 : first.end_lineno],
                f"{indent}### BEGIN SOLUTION",
                *(textwrap.indent(each, indent) for each in helpers),
                *lines[first.end_lineno : node.end_lineno],
                f"{indent}### END SOLUTION",
            ]
        )
        if self.name not in self.lesson.variants:
            self.check = "# It is checked when it is graded."


@functools.cache
def _notebooks(lesson):
    """The cells of the learner's notebook, and of the solved one."""
    try:
        books = [
            json.loads((shipped("notebooks") / name).read_text("utf-8"))
            for name in (lesson.notebook, lesson.solution)
        ]
    except OSError as error:
        raise Problem(f"The lesson is not built: {error}.") from None
    for book in books:
        for cell in book["cells"]:
            cell["source"] = "".join(cell["source"])
    learners, solved = (book["cells"] for book in books)
    return learners, solved


def _statements(cells):
    code = [
        (number, cell["source"])
        for number, cell in enumerate(cells)
        if cell["cell_type"] == "code"
    ]
    return slices.statements(code)[0]


def _is_import(node):
    return isinstance(node, ast.Import | ast.ImportFrom)


def _imports(found):
    """Of these statements the imports of other packages, and of the course's rooms."""
    return [
        ast.unparse(node)
        for node in found
        if isinstance(node, ast.Import)
        or (
            isinstance(node, ast.ImportFrom)
            and not node.level
            and not node.module.startswith("dlcourse.teach")
        )
    ]


def _marked(stub, solution):
    """The solution, with markers round what stands in the place of the stub."""
    a, b = stub.split("\n"), solution.split("\n")
    begin = next(i for i, line in enumerate(a) if line.strip() == STUB)
    end = len(b) - (len(a) - begin - 2)
    indent = a[begin][: -len(STUB)]
    inner = [f"{indent}### BEGIN SOLUTION", *b[begin:end], f"{indent}### END SOLUTION"]
    return "\n".join([*b[:begin], *inner, *b[end:]])


def _unlinked(text):
    return LINK.sub(r"\1", text)
