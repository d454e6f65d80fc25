"""The lint of lessons: every rule of the table on every lesson."""

from dataclasses import dataclass
from pathlib import Path

from dlcourse.authoring.convert import ROOT, chosen, lessons
from dlcourse.authoring.page import Page
from dlcourse.authoring.rules import RULES


@dataclass(frozen=True)
class Finding:
    """Where a rule found something, and what to do about it."""

    file: str
    cell: int | None
    rule: str
    sentence: str
    error: bool

    def place(self):
        """By this they are sorted: a lesson's name begins with its number."""
        path = Path(self.file)
        name = path.parent.name if path.name == "lesson.md" else path.stem
        return name, self.cell or 0, self.file, self.rule, self.sentence

    def __str__(self):
        where = self.file if self.cell is None else f"{self.file}, cell {self.cell}"
        return f"{'!' if self.error else '?'} {where}: {self.rule}: {self.sentence}"


def lint(names=(), root=ROOT, rules=RULES):
    """The findings in the lessons ``names`` (default: all), by file and cell.

    The order of the lessons is judged over all of them. Raises SourceError where a
    source cannot be converted.
    """
    root = Path(root)
    wanted = {lesson.name for lesson in chosen(names, root)}
    pages = [Page.of(lesson) for lesson in lessons(root)]
    found = {
        Finding(path.relative_to(root).as_posix(), index, each.name, said, each.error)
        for each in rules
        for page, path, index, said in _SCOPES[each.scope](each.find, pages)
        if page.lesson.name in wanted
    }
    return sorted(found, key=Finding.place)


def _cells(kind):
    def apply(find, pages):
        for page in pages:
            for index, cell in page.of_kind(kind):
                for said in find(cell):
                    yield page, page.lesson.source, index, said

    return apply


def _outputs(find, pages):
    for page in pages:
        for twin, notebook in page.built.items():
            for index, cell in enumerate(notebook.cells):
                for output in cell.get("outputs", ()):
                    for said in find(output):
                        yield page, page.lesson.path(twin), index, said


def _lessons(find, pages):
    for page in pages:
        for index, said in find(page):
            yield page, page.lesson.source, index, said


def _course(find, pages):
    for page, said in find(pages):
        yield page, page.lesson.source, None, said


_SCOPES = {
    "code": _cells("code"),
    "markdown": _cells("markdown"),
    "output": _outputs,
    "lesson": _lessons,
    "course": _course,
}
