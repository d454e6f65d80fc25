"""From a lesson's text to its two notebooks: the learner's, and the solved one.

The source, ``lesson.md`` in the lesson's folder, is MyST Markdown with code cells.
Between ``### BEGIN SOLUTION`` and ``### END SOLUTION`` (nbgrader's markers) stands what
a learner is to write. Nothing is executed here.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import jupytext
import yaml

from dlcourse.authoring import anywhere
from dlcourse.start.notebook import cell_id

ROOT = Path(__file__).resolve().parents[2]
SOURCES = Path("dlcourse", "lessons")  # below the root, as are the notebooks
TWINS = ("learner", "solved")
DEEPER = "## Deeper: "  # how the headings of sections beyond the core path begin
STUB = ("# YOUR CODE HERE", "raise NotImplementedError()")
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}

SOLUTION = re.compile(
    r"^(?P<indent>[ \t]*)### BEGIN SOLUTION\n(?P<body>.*?)^[ \t]*### END SOLUTION$",
    re.MULTILINE | re.DOTALL,
)
_MARKER = re.compile(r"#+ *(BEGIN|END) +SOLUTION", re.IGNORECASE)
_HEAD = re.compile(r"---\n(.*?)^---\n", re.DOTALL | re.MULTILINE)


class SourceError(ValueError):
    """What is wrong with a lesson's source, and where."""


@dataclass(frozen=True)
class Lesson:
    """A lesson's source.

    Attributes:
        source: the path of its text.
        text: the text, without its head.
        core, minutes: study time of the core path, and of all, as tried.
        needs, gives: what must have been taught before, and what it teaches.
    """

    source: Path
    text: str
    core: int
    minutes: int
    needs: tuple
    gives: tuple

    @classmethod
    def read(cls, source):
        """The lesson at the path ``source``; SourceError where its head is wrong."""
        source = Path(source)
        text = source.read_text("utf-8")
        head = _HEAD.match(text)
        try:
            settings = _settings(yaml.safe_load(head[1]) if head else {})
        except (ValueError, yaml.YAMLError) as error:
            raise SourceError(f"{_short(source)}, its head: {error}") from None
        return cls(source, text[head.end() :], **settings)

    @property
    def name(self):
        """That of its folder: 01_backprop."""
        return self.source.parent.name

    @property
    def folder(self):
        return self.source.parent

    @property
    def root(self):
        """The folder of the whole project."""
        return self.source.parents[3]

    @property
    def core_text(self):
        """What stands before the first section that goes deeper."""
        return self.text.partition(f"\n{DEEPER}")[0]

    @property
    def title(self):
        """The text of its first heading."""
        if found := re.search(r"^# (.+)$", self.text, re.MULTILINE):
            return found[1].strip()
        raise SourceError(f"{_short(self.source)}: it has no title; write '# NN Topic'")

    def path(self, twin):
        """Where its notebook for ``twin``, learner or solved, belongs."""
        folder = self.root / "notebooks"
        if twin == "solved":
            folder = folder / "solutions"
        return folder / f"{self.name}.ipynb"

    def notebook(self, twin):
        """The notebook for ``twin``, not executed.

        Ids of cells follow from their text: the same text gives the same bytes.
        Raises SourceError where the markers of a solution do not match.
        """
        notebook = jupytext.read(self.source)
        notebook.metadata = {
            "kernelspec": KERNEL,
            "language_info": {"name": "python"},
        }
        path = self.path(twin).relative_to(self.root).as_posix()
        notebook.cells = anywhere.with_head(notebook.cells, path)
        used = {}
        for index, cell in enumerate(notebook.cells):
            if cell.cell_type == "code":
                try:
                    cell.source = (solve if twin == "solved" else strip)(cell.source)
                except SourceError as error:
                    where = f"{_short(self.source)}, cell {index}"
                    raise SourceError(f"{where}: {error}") from None
                _fold(cell)
            else:
                if is_deeper(cell):  # JupyterLab opens it with its section folded
                    cell.metadata["jp-MarkdownHeadingCollapsed"] = True
                if twin == "solved":
                    cell.source = _from_solutions(cell.source)
            cell.id = cell_id(cell.cell_type, cell.source, used)
        anywhere.mark(notebook.cells)
        return notebook


def is_deeper(cell):
    """Whether a section beyond the core path begins with this cell."""
    return cell.cell_type == "markdown" and cell.source.startswith(DEEPER)


def core_cells(notebook):
    """How many cells come before the first section that goes deeper: the core path."""
    deeper = (i for i, cell in enumerate(notebook.cells) if is_deeper(cell))
    return next(deeper, len(notebook.cells))


def lessons(root=ROOT):
    """All lessons of the project in the folder ``root``, in their order."""
    sources = sorted((Path(root) / SOURCES).glob("*/lesson.md"))
    return [Lesson.read(path) for path in sources]


def chosen(names=(), root=ROOT):
    """The lessons of these names, or all; SourceError where there is none of a name."""
    known = {lesson.name: lesson for lesson in lessons(root)}
    wanted = [_named(name) for name in names] or list(known)
    for name in wanted:
        if name not in known:
            raise SourceError(f"there is no lesson {name!r}: {', '.join(known)}")
    return [known[name] for name in wanted]


def _named(name):
    """The lesson's name, of its folder or the path of its source or notebook."""
    path = Path(name)
    return path.parent.name if path.name == "lesson.md" else path.stem


def _short(source):
    return f"{source.parent.name}/{source.name}"


def strip(code):
    """The learner's form of a code cell: a stub where the solution stood."""
    return _checked(
        SOLUTION.sub(lambda m: "\n".join(m["indent"] + line for line in STUB), code)
    )


def solve(code):
    """The solved form of a code cell: the solution, without its markers."""
    return _checked(SOLUTION.sub(lambda m: m["body"].rstrip("\n"), code))


def _settings(head):
    """The values below ``dlcourse:``; ValueError where one is not what it should be."""
    settings = head.get("dlcourse") if isinstance(head, dict) else None
    if not isinstance(settings, dict) or set(settings) != {"minutes", "needs", "gives"}:
        given = ", ".join(settings) if isinstance(settings, dict) else "none"
        raise ValueError(f"`dlcourse:` expects minutes, needs and gives, got {given}")
    minutes = settings.pop("minutes")
    times = tuple(minutes.values()) if isinstance(minutes, dict) else ()
    if (
        not times
        or tuple(minutes) != ("core", "all")
        or not all(type(time) is int for time in times)
        or not 0 < times[0] <= times[1]
    ):
        raise ValueError(
            "minutes expects {core: ..., all: ...}, whole numbers above 0 and in this "
            f"order, got {minutes!r}"
        )
    for key in ("needs", "gives"):
        topics = settings[key]
        if not isinstance(topics, list) or not all(isinstance(t, str) for t in topics):
            raise ValueError(f"{key} expects a list of topics, got {topics!r}")
    topics = {key: tuple(names) for key, names in settings.items()}
    return {"core": times[0], "minutes": times[1], **topics}


def _checked(code):
    if left := _MARKER.search(code):
        raise SourceError(
            f"a solution's markers do not match: {left[0]!r} is left over; write "
            "### BEGIN SOLUTION and ### END SOLUTION, each on its own line"
        )
    return code


def _fold(cell):
    """A cell tagged hide-input is folded in JupyterLab; its first line still shows."""
    if "hide-input" in cell.metadata.get("tags", ()):
        cell.metadata["jupyter"] = {"source_hidden": True}


def _from_solutions(text):
    """Links to files, seen from solutions/; the lessons' notebooks are there too."""
    return re.sub(r"\]\(\.\./", "](../../", text)
