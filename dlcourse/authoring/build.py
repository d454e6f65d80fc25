"""From sources to executed notebooks: what changed is built, and only that.

What may differ between two runs, numbers behind ``≈`` and the pixels of pictures, does
not rewrite a notebook: where nothing else has changed, the committed one is kept.
"""

import ast
import asyncio
import functools
import hashlib
import json
import os
import re
from pathlib import Path

import nbformat
from tqdm import tqdm

from dlcourse.authoring.compare import difference, sanitised
from dlcourse.authoring.convert import ROOT, TWINS, chosen, lessons
from dlcourse.authoring.execute import BuildError, execute
from dlcourse.authoring.frames import (
    FOLDER,
    GRIDS,
    drawing_code,
    explored,
    kept_digest,
    path_of,
)
from dlcourse.authoring.pace import pace

__all__ = ["BuildError", "Measured", "build", "check"]

PNG = "iVBORw0KGgo"  # how each base64-encoded PNG begins
CODE = re.compile(r"^```\{code-cell\}.*?(?:^```|\Z)", re.DOTALL | re.MULTILINE)


def build(names=(), root=ROOT, force=False):
    """Build the notebooks of the lessons ``names`` (default: all) that have changed.

    As many at once as the machine has cores; the longest begin. With ``force`` all of
    them, and they are written as they come out, measured numbers and pixels included.
    Returns which were executed, as "01_backprop (learner)".

    Raises BuildError where a cell fails and SourceError where a source is wrong; the
    notebooks built before that are kept.
    """
    stale = [
        (lesson, twin, lesson.notebook(twin))
        for lesson in chosen(names, root)
        for twin in TWINS
        if force or not Measured(lesson).is_current(twin) or old_frames(lesson, twin)
    ]
    asyncio.run(_build_all(stale, force))
    return [f"{lesson.name} ({twin})" for lesson, twin, _ in stale]


async def _build_all(stale, force):
    """Execute notebooks, several at once; where one fails, the others are ended."""
    cells = sum(len(notebook.cells) for *_, notebook in stale)
    slower = pace() if stale else 1  # before the machine is busy
    places = asyncio.Semaphore(os.cpu_count() or 1)

    async def one(lesson, twin, notebook):
        path = lesson.path(twin)
        also = drawing(lesson) if old_frames(lesson, twin, force) else {}
        async with places:
            executed, seconds, peak = await execute(
                notebook, path, step=bar.update, **also
            )
        save(executed, path, force)
        Measured(lesson).note(twin, seconds / slower, peak)
        bar.set_description(f"{lesson.name} ({twin}) done")

    def longest_first(job):
        lesson, twin, _ = job
        return -Measured(lesson).get(twin).get("seconds", 0)

    with tqdm(total=cells, unit="cell", disable=not stale) as bar:
        jobs = [
            asyncio.create_task(one(*job)) for job in sorted(stale, key=longest_first)
        ]
        try:
            await asyncio.gather(*jobs)
        finally:
            for job in jobs:
                job.cancel()
            await asyncio.gather(*jobs, return_exceptions=True)


def old_frames(lesson, twin="learner", force=False):
    """The explorables of a lesson that the site has no frames of, or old ones.

    They are drawn where the learner's notebook is run. With ``force`` all are old.
    """
    names = explored(lesson.text) if twin == "learner" else ()
    now = names and frames_digest(lesson)
    return [name for name in names if force or kept_digest(lesson.folder, name) != now]


def drawing(lesson):
    """What :func:`execute` is to do for the frames of a lesson."""
    code = drawing_code(lesson.folder, frames_digest(lesson))
    return {"also": lambda cell: code if explored(cell.source) else ""}


def save(notebook, path, force=False):
    """Write ``notebook``; unless ``force``, only where it says or shows something new.

    Returns whether it was written.
    """
    text = nbformat.writes(notebook) + "\n"
    if path.exists() and not force and _agree(path.read_text("utf-8"), text):
        return False
    path.write_text(text, "utf-8", newline="\n")
    return True


def _agree(committed, built):
    """Whether the texts of two notebooks differ in measured numbers and pixels only."""
    (words, pictures), (new_words, new_pictures) = map(_split, (committed, built))
    return words == new_words and difference(pictures, new_pictures) is None


def _split(text):
    """A notebook's text less what may vary, and the pictures that it had."""
    pictures = []

    def visit(node):
        if isinstance(node, dict):
            return {key: visit(value) for key, value in node.items()}
        if isinstance(node, list):
            return [visit(value) for value in node]
        if isinstance(node, str) and node.startswith(PNG):
            pictures.append(node)
            return "a picture"
        return sanitised(node) if isinstance(node, str) else node

    return visit(json.loads(text)), pictures


class Measured:
    """``measured.json`` of a lesson: run time, memory and digest of each notebook.

    A notebook is current while its digest, of what it is made of, is. Run time, in
    seconds of one machine (see ``pace``), and memory are those of the build; they
    scatter, so small changes are not noted.
    """

    SCATTER = 0.25

    def __init__(self, lesson):
        self.lesson = lesson
        self.path = lesson.folder / "measured.json"
        self.entries = {}
        if self.path.exists():
            self.entries = json.loads(self.path.read_text("utf-8"))

    def get(self, twin):
        """The entry of a notebook; {} where there is none."""
        return self.entries.get(twin, {})

    def is_current(self, twin):
        """Whether the notebook is there and nothing that it is made of has changed."""
        known = self.get(twin).get("digest")
        return self.lesson.path(twin).exists() and known == digest(self.lesson)

    def note(self, twin, seconds, peak):
        """Write down that a notebook was built: seconds, and bytes of memory."""
        before = self.get(twin)
        new = {"seconds": round(seconds, 1), "peak_mb": round(peak / 1e6)}
        for key, value in new.items():
            old = before.get(key, 0)
            if abs(value - old) <= self.SCATTER * old:
                new[key] = old
        new["digest"] = digest(self.lesson)
        self.entries[twin] = new
        text = json.dumps(self.entries, indent=1, sort_keys=True) + "\n"
        self.path.write_text(text, "utf-8", newline="\n")


def digest(lesson):
    """A digest of all that decides a lesson's outputs: its folder, the mechanisms.

    Its opening questions are those of earlier lessons, so their quizzes count too, and
    variants of its exercises do not: it poses none. Of Python's files counts what they
    do: comments, docstrings and layout do not.
    """
    room = lesson.folder.parent
    quizzes = [q for q in room.glob("*/quiz.toml") if q.parent.name < lesson.name]
    own = [path for path in _own(lesson, ".md", ".py", ".toml") if path.name != GRIDS]
    added = lesson.root / "dlcourse" / "authoring" / "anywhere.py"
    return _digest([*own, added, *quizzes, *_shared(lesson)], lesson.root)


def frames_digest(lesson):
    """A digest of all that decides a lesson's frames: of its text the code only.

    What only talks with a learner, the room ``teach``, draws nothing.
    """
    until = lesson.text[: lesson.text.rindex("explore(")]
    teach = lesson.root / "dlcourse" / "teach"
    shared = [path for path in _shared(lesson) if teach not in path.parents]
    paths = [*_own(lesson, ".py"), lesson.folder / GRIDS, *shared]
    return _digest(paths, lesson.root, "".join(CODE.findall(until)))


def _own(lesson, *suffixes):
    """The files of these kinds in a lesson's folder, but for its variants."""
    variants = lesson.folder / "exercises" / "variants"
    files = (path for path in lesson.folder.rglob("*") if path.suffix in suffixes)
    return [path for path in files if variants not in path.parents]


def _shared(lesson):
    """The files that decide the outputs of every lesson."""
    package, room = lesson.root / "dlcourse", lesson.folder.parent
    apart = {package / name for name in ("authoring", "classroom", "lessons", "start")}
    return [
        lesson.root / "constraints.txt",
        room / "course.toml",
        *(lesson.root / "data").glob("*.npz"),
        *(path for path in package.rglob("*.py") if apart.isdisjoint(path.parents)),
    ]


def _digest(paths, root, text=""):
    whole = hashlib.sha256(text.encode())
    for path in sorted(paths):
        if path.exists():
            stat = path.stat()
            whole.update(path.relative_to(root).as_posix().encode() + b"\0")
            whole.update(_digest_of(path, stat.st_mtime_ns, stat.st_size))
    return whole.hexdigest()[:16]


@functools.cache
def _digest_of(path, *_stamp):
    content = path.read_bytes()
    if path.suffix == ".py":
        content = _program(content)
    return hashlib.sha256(content).digest()


def _program(source):
    """What Python's compiler sees of a file, less its docstrings."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        match getattr(node, "body", None):
            case [ast.Expr(value=ast.Constant(value=str()) as docstring), *_]:
                docstring.value = ""
    return ast.dump(tree).encode()


def check(names=(), root=ROOT):
    """What is wrong with what is committed, as sentences; nothing is executed."""
    root = Path(root)
    problems = []
    for lesson in chosen(names, root):
        for twin in TWINS:
            path = lesson.path(twin)
            where = path.relative_to(root).as_posix()
            if not path.exists():
                problems.append(f"{where}: it is not built: run `make build`")
                continue
            built = nbformat.read(path, 4)
            found = _differences(built, lesson.notebook(twin))
            problems += [f"{where}: {problem}" for problem in found]
        for name in old_frames(lesson):
            where = path_of(lesson.folder, name).relative_to(root).as_posix()
            problems.append(f"{where}: missing, or drawn by older code: `make build`")
        for path in sorted((lesson.folder / FOLDER).glob("*.json")):
            if path.stem not in explored(lesson.text):
                where = path.relative_to(root).as_posix()
                problems.append(f"{where}: no cell explores that: remove it")
    known = {lesson.name for lesson in lessons(root)}
    for path in sorted((root / "notebooks").glob("**/*.ipynb")):
        if path.stem not in known:
            where = path.relative_to(root).as_posix()
            problems.append(f"{where}: it has no source: remove it, or write one")
    return problems


def _differences(built, expected):
    """What the notebook ``built`` is not, though its source says so."""
    if len(built.cells) != len(expected.cells):
        yield (
            f"it has {len(built.cells)} cells, its source {len(expected.cells)}: "
            "run `make build`"
        )
        return
    count = 0
    pairs = zip(built.cells, expected.cells, strict=True)
    for index, (cell, wanted) in enumerate(pairs):
        count += wanted.cell_type == "code" and bool(wanted.source.strip())
        kept = ("id", "cell_type", "source", "metadata")
        if any(cell.get(key) != wanted.get(key) for key in kept):
            yield f"cell {index} is not its source's: edit the source, `make build`"
            continue
        if cell.cell_type != "code":
            continue
        if cell.execution_count != (count if cell.source.strip() else None):
            yield f"cell {index} was not executed in order: run `make build`"
        failed = any(output.output_type == "error" for output in cell.outputs)
        if failed and "raises-exception" not in cell.metadata.get("tags", ()):
            yield f"cell {index} ends in an error: mend it, `make build`"
