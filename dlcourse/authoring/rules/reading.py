"""What fits a screen, and what reads well."""

import re

from dlcourse.authoring.rules.table import rule

LONGEST, LONG = 25, 20  # lines of a code cell
WIDEST = 88  # columns
READING = 350  # words between two code cells


@rule("code")
def long_cell(cell):
    if (count := _lines(cell)) > LONGEST:
        yield f"{count} lines do not fit a screen: split it; {LONGEST} may be"


@rule("code", error=False)
def longish_cell(cell):
    if LONG < (count := _lines(cell)) <= LONGEST:
        yield f"{count} lines: {LONG} or fewer read better"


@rule("code")
def long_line(cell):
    for number, line in enumerate(cell.text.splitlines(), start=1):
        if len(line) > WIDEST:
            yield f"line {number} has {len(line)} columns: break it at {WIDEST}"


@rule("lesson", error=False)
def long_reading(page):
    start, words = 0, 0
    for index, cell in enumerate([*page.cells, None]):
        if cell is not None and cell.kind == "markdown":
            start = start if words else index
            words += len(_read(cell.text).split())
            continue
        if words > READING:
            yield (
                start,
                f"{words} words until there is something to do, {READING} may be: ask "
                "for a prediction, or let something be run",
            )
        words = 0


@rule("markdown", error=False)
def filler(cell):
    for word in re.findall(r"\b(simply|obviously|as we can see)\b", cell.text, re.I):
        yield f"{word!r} helps nobody who does not see it: give the reason instead"


def _lines(cell):
    return max(len(form.splitlines()) for form in (cell.text, cell.learners))


def _read(text):
    """What is read at first: not the folded parts, and no mark-up."""
    text = re.sub(r"<details>.*?</details>", "", text, flags=re.DOTALL)
    markup = r"<[^>]*>|\]\([^)]*\)|^[|:\s-]+$|[|#*]"
    return re.sub(markup, " ", text, flags=re.MULTILINE)
