"""For who does not see, and for who follows a link."""

import os
import re
from pathlib import Path
from urllib.parse import unquote

from dlcourse.authoring.convert import SOURCES
from dlcourse.authoring.rules.table import rule

LINK = re.compile(r"(?<!\\)\]\(([^()\s]+(?:\([^()]*\))?[^()\s]*)\)")
NOT_PROSE = re.compile(r"`[^`]*`|\$[^$]*\$")


@rule("output")
def picture_without_alt(output):
    metadata = output.get("metadata", {})
    for kind, content in output.get("data", {}).items():
        if kind.startswith("image/") and not metadata.get(kind, {}).get("alt"):
            yield f"an {kind} without alternative text: show.figure(fig, alt) keeps one"
        elif kind == "text/html" and any(_without_alt("".join(content))):
            yield "an <img> without alt: say there what is to be seen"


@rule("markdown")
def image_without_alt(cell):
    missing = re.findall(r"!\[\s*\]\(([^)]*)\)", cell.text)
    for image in (*missing, *_without_alt(cell.text)):
        yield f"the image {image[:60]!r} has no alternative text: say what it shows"


@rule("lesson")
def broken_link(page):
    folder = page.lesson.path("learner").parent
    anchors = {heading.replace(" ", "-") for heading in page.headings}
    for index, cell in page.of_kind("markdown"):
        for target in LINK.findall(NOT_PROSE.sub("", cell.learners)):
            file, _, anchor = unquote(target).partition("#")
            if re.match(r"[a-z]+:", target):
                continue
            if file and not _is_there(folder, file):
                yield index, f"it links to {file!r}, which is not there"
            elif not file and anchor not in anchors:
                yield index, f"it links to #{anchor}: no heading is called that"


def _without_alt(text):
    """The <img> tags without an alternative text."""
    for tag in re.findall(r"<img\b[^>]*>", text, re.I):
        if not re.search(r"""\balt=(["'])\s*[^"'\s]""", tag, re.I):
            yield tag


def _is_there(folder, file):
    """Whether a file is there, or the source that a notebook will be built from."""
    source = folder.parent / SOURCES / Path(file).stem / "lesson.md"
    there = Path(os.path.normpath(folder / file)).exists()
    return there or (file.endswith(".ipynb") and source.exists())
