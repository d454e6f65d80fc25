"""Claims and exercises, and the order in which things are taught."""

import ast
import re

from dlcourse.authoring.page import bare, name_of
from dlcourse.authoring.rules.table import rule
from dlcourse.classroom import slices
from dlcourse.teach.course import CLAIMS, LESSONS
from dlcourse.teach.exercise import all_exercises

LONG_EXERCISE = 84  # lines of its file, with its known mistakes


@rule("lesson")
def unknown_claim(page):
    for index, argument in page.arguments("claim"):
        if not isinstance(argument, ast.Constant):
            yield index, "claim() expects its name as text, so that it can be found"
        elif argument.value not in CLAIMS:
            yield index, f"no claims.toml has {argument.value!r}: correct either"


@rule("lesson")
def unsettled_claim(page):
    named = {
        getattr(argument, "value", None) for _, argument in page.arguments("claim")
    }
    for name, entry in CLAIMS.items():
        if entry["lesson"].number == page.number and name not in named:
            yield None, f"its claims.toml has {name!r}: settle it with claim()"


@rule("lesson")
def claim_without_contrast(page):
    for index, cell in page.of_kind("code"):
        for call in cell.calls("claim"):
            if "contrast" not in {keyword.arg for keyword in call.keywords}:
                yield (
                    index,
                    f"{ast.unparse(call.args[0])} has no contrast: what would the "
                    "number be, if the claim's cause were absent or wrong?",
                )


@rule("lesson", error=False)
def long_exercise(page):
    for file in sorted(page.lesson.source.parent.glob("exercises/*.py")):
        if (count := len(file.read_text("utf-8").splitlines())) > LONG_EXERCISE:
            yield (
                None,
                f"{file.name} has {count} lines, {LONG_EXERCISE} may be: "
                "which mistakes say more than check() says without them?",
            )


@rule("lesson")
def borrowed_by_variant(page):
    """What a release of it would lack: only the variant's own file comes along."""
    for file in sorted(page.lesson.source.parent.glob("exercises/variants/*.py")):
        for node in slices.of_file(file.read_text("utf-8"), file.stem):
            if isinstance(node, ast.ImportFrom) and node.level:
                yield (
                    None,
                    f"{file.name}'s reference uses `{ast.unparse(node)}`: write in its "
                    "own file what it needs, for students get no other",
                )


@rule("output")
def undecided_claim(output):
    note = output.get("metadata", {}).get("dlcourse", {})
    for contrast in note.get("contrasts", ()):
        if not contrast["outside"]:
            yield (
                f"the claim {note.get('claim')!r} comes out the same "
                f"{contrast['name']}: its number does not decide"
            )


@rule("lesson")
def literal_reveal(page):
    for index, cell in page.of_kind("code"):
        for call in cell.calls("reveal"):
            if len(call.args) > 1 and isinstance(call.args[1], ast.Constant):
                yield (
                    index,
                    f"reveal({ast.unparse(call.args[0])}, ...) gives a literal: let "
                    "what was measured pick the answer",
                )


@rule("code")
def several_predictions(cell):
    """The site draws one box for a cell, and opens an answer by its prediction."""
    for name in ("predict", "reveal"):
        if len([*cell.calls(name)]) > 1:
            yield f"{name}() stands in it more than once: one prediction a cell"


@rule("lesson")
def no_recall(page):
    follows = page.lesson.name in {each.folder for each in LESSONS[1:]}
    if follows and not list(page.arguments("recall")):
        yield None, "it does not open with three questions from earlier: recall()"


@rule("output")
def unsupported_claim(output):
    note = output.get("metadata", {}).get("dlcourse", {})
    if note.get("supported") is False:
        yield (
            f"the claim {note.get('claim')!r} {note.get('verdict')}: measure better, "
            "or change the verdict"
        )


@rule("lesson")
def unknown_exercise(page):
    known = {each.__name__ for each in all_exercises()}
    for index, argument in page.arguments("check"):
        name = argument and name_of(argument)
        if name not in known:
            yield (
                index,
                f"check({name or '...'}) has no exercise of that name: declare it in "
                "the exercises of its folder, or correct the name",
            )


@rule("code")
def imported_lesson(cell):
    if re.search(r"^\s*(from|import)\s+dlcourse\.lessons", cell.text, re.MULTILINE):
        yield 'a lesson imports no lesson: use reference("name") or fixture(...)'


@rule("lesson")
def unchecked_exercise(page):
    checked = {name_of(argument) for _, argument in page.arguments("check") if argument}
    for each in _exercises(page):
        if each.__name__ not in checked:
            yield None, f"the exercise {each.__name__} is declared for it: check() it"


@rule("lesson")
def unknown_section(page):
    for each in _exercises(page):
        if bare(each.section) not in page.headings:
            yield (
                None,
                f"{each.__name__} sends learners to {each.section!r}: no heading is "
                "called that",
            )


@rule("course")
def needs_before_gives(pages):
    given = {}
    for page in pages:
        name = page.lesson.name
        for topic in page.lesson.needs:
            if topic not in given:
                yield page, f"it needs {topic!r}, which no earlier lesson gives"
        for topic in page.lesson.gives:
            if given.setdefault(topic, name) != name:
                yield page, f"it gives {topic!r}, as {given[topic]} does: give it once"


def _exercises(page):
    return [each for each in all_exercises() if each.lesson.number == page.number]
