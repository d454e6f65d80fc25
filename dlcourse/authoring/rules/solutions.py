"""What a learner must not find: a solution, or a mark where one was."""

import html
import re
import unicodedata

from dlcourse.authoring.rules.table import rule

SHORTEST = 20  # characters; what is shorter may stand anywhere

MARKER = re.compile(
    r"\b(begin|end|start|stop)[ \t_*#:-]*(the[ \t]+)?(solution|hidden[ \t_-]*tests?)\b"
    r"|#[# \t]*solution[ \t_:-]*(begin|end|start|stop)?s?[ \t#]*$"
    r"|<summary>[^<]*\bsolution\b",
    re.IGNORECASE | re.MULTILINE,
)


@rule("lesson")
def surviving_marker(page):
    for index, text in page.learners_texts():
        if found := MARKER.search(_plain(text)):
            yield (
                index,
                f"{found[0].strip()!r} is left in the learner's notebook: mark "
                "solutions with ### BEGIN SOLUTION and ### END SOLUTION, in code cells",
            )
    for index, cell in enumerate(page.cells):
        for tag in cell.tags:
            if "solution" in tag.lower():
                yield index, f"the tag {tag!r} hides nothing: use the markers"


@rule("lesson")
def surviving_solution(page):
    solutions = {_squeezed(text): text.strip().splitlines() for text in page.solutions}
    for index, text in page.learners_texts():
        squeezed = _squeezed(text)
        for solution, lines in solutions.items():
            if len(solution) >= SHORTEST and solution in squeezed:
                yield (
                    index,
                    f"it gives away the solution that begins {lines[0].strip()!r}: "
                    "remove it, or write it differently",
                )


def _plain(text):
    """The text without what only looks different: other widths, invisible signs."""
    text = unicodedata.normalize("NFKC", html.unescape(text))
    return "".join(c for c in text if unicodedata.category(c) != "Cf")


def _squeezed(code):
    """The code without its comments and its white space."""
    return re.sub(r"\s+", "", re.sub(r"#.*", "", _plain(code)))
