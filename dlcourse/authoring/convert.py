"""From a lesson's text to its two notebooks: the learner's, and the solved one.

The source, ``notebooks/source/NN_topic.md``, is MyST Markdown with code cells. Between
``### BEGIN SOLUTION`` and ``### END SOLUTION`` (nbgrader's markers) stands what a
learner is to write.
"""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import jupytext
import yaml

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
TWINS = ("learner", "solved")
STUB = ("# YOUR CODE HERE", "raise NotImplementedError()")

_SOLUTION = re.compile(
    r"^(?P<indent>[ \t]*)### BEGIN SOLUTION\n(?P<body>.*?)^[ \t]*### END SOLUTION$",
    re.MULTILINE | re.DOTALL,
)
_MARKER = re.compile(r"#+ *(BEGIN|END) +SOLUTION", re.IGNORECASE)


class SourceError(ValueError):
    """What is wrong with a lesson's source, and where."""


@dataclass(frozen=True)
class Lesson:
    """A lesson's source.

    Attributes:
        source: the path of its text.
        minutes: study time, as tried.
        needs, gives: what must have been taught before, and what it teaches.
    """

    source: Path
    minutes: int
    needs: tuple
    gives: tuple

    @classmethod
    def read(cls, source):
        """The lesson at the path ``source``; SourceError where its head is wrong."""
        source = Path(source)
        text = source.read_text("utf-8")
        head = re.match(r"---\n(.*?)\n---\n", text, re.DOTALL)
        settings = (yaml.safe_load(head[1]) if head else {}).get("dlcourse")
        if not isinstance(settings, dict):
            raise SourceError(f"{source.name}: its head has no `dlcourse:` settings")
        if set(settings) != {"minutes", "needs", "gives"}:
            raise SourceError(
                f"{source.name}: dlcourse: expects minutes, needs and gives, got "
                f"{', '.join(settings)}"
            )
        return cls(
            source,
            settings["minutes"],
            tuple(settings["needs"]),
            tuple(settings["gives"]),
        )

    @property
    def name(self):
        return self.source.stem

    @property
    def title(self):
        return re.search(r"^# (.+)$", self.source.read_text("utf-8"), re.MULTILINE)[1]

    def path(self, twin):
        """Where its notebook for ``twin``, learner or solved, belongs."""
        folder = self.source.parent.parent
        if twin == "solved":
            folder = folder / "solutions"
        return folder / f"{self.name}.ipynb"

    def notebook(self, twin):
        """The notebook for ``twin``, not executed.

        Ids of cells follow from their text, so that the same text gives the same bytes.
        """
        notebook = jupytext.read(self.source)
        notebook.metadata = {
            "kernelspec": {
                "name": "python3",
                "display_name": "Python 3",
                "language": "python",
            },
            "language_info": {"name": "python"},
        }
        used = {}
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.source = (solve if twin == "solved" else strip)(cell.source)
                _fold(cell)
            elif twin == "solved":
                cell.source = _from_solutions(cell.source)
            cell.id = _id(cell, used)
        return notebook


def lessons(folder=NOTEBOOKS):
    """All lessons below ``folder``, in their order."""
    return [Lesson.read(path) for path in sorted(Path(folder).glob("source/*.md"))]


def strip(code):
    """The learner's form of a code cell: a stub where the solution stood."""
    return _checked(
        _SOLUTION.sub(lambda m: "\n".join(m["indent"] + line for line in STUB), code)
    )


def solve(code):
    """The solved form of a code cell: the solution, without its markers."""
    return _checked(_SOLUTION.sub(lambda m: m["body"].rstrip("\n"), code))


def _checked(code):
    if left := _MARKER.search(code):
        raise SourceError(
            f"a solution's markers do not match: {left[0]!r} is left over; write "
            "### BEGIN SOLUTION and ### END SOLUTION"
        )
    return code


def _fold(cell):
    """A cell tagged hide-input comes folded in JupyterLab; its first line still shows."""
    if "hide-input" in cell.metadata.get("tags", ()):
        cell.metadata["jupyter"] = {"source_hidden": True}


def _from_solutions(text):
    """Links to files, seen from the folder solutions/; its own notebooks are there too."""
    return re.sub(r"\]\(\.\./", "](../../", text)


def _id(cell, used):
    key = f"{cell.cell_type}\n{cell.source}"
    digest = hashlib.sha256(key.encode()).hexdigest()[:10]
    used[digest] = used.get(digest, 0) + 1
    return f"{cell.cell_type}-{digest}-{used[digest]}"
