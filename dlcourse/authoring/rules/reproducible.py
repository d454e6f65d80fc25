"""What nbval cannot compare, because it comes out differently or not at all."""

import ast
import io
import re
import tokenize

from dlcourse.authoring.page import name_of, strings
from dlcourse.authoring.rules.table import rule

ARTISTS = set(
    "annotate axhline axhspan axvline axvspan bar barh boxplot contour contourf "
    "errorbar fill_between hexbin hist imshow legend loglog matshow pcolormesh plot "
    "quiver scatter semilogx semilogy set_title set_xlabel set_xlim set_xscale "
    "set_ylabel set_ylim set_yscale stem step text title violinplot xlabel "
    "ylabel".split()
)
INTERACT = ("interact", "interact_manual", "interactive", "interactive_output")
ESCAPE = re.compile(r"nbval[-_]|skip-execution$", re.I)
REASON = re.compile(r"^(because|reason:?) \S", re.I)


@rule("code")
def trailing_semicolon(cell):
    silent = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.ENDMARKER}
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(cell.text).readline))
    except (tokenize.TokenError, SyntaxError):  # a magic, perhaps
        return
    if [t.string for t in tokens if t.type not in silent][-1:] == [";"]:
        yield "a last ';' hides the value here, not under nbval: give it a name"


@rule("code")
def shown_artist(cell):
    last = cell.tree.body[-1] if cell.tree.body else None
    call = last.value if isinstance(last, ast.Expr) else None
    if isinstance(call, ast.Call) and name_of(call.func) in ARTISTS and call.args:
        yield (
            f"its last line shows what {name_of(call.func)}() returns, an address: "
            "use show.lines(...), or end it with show.figure(fig, alt)"
        )


@rule("code")
def interact(cell):
    used = {name_of(call.func) for call in cell.calls(*INTERACT)}
    for node in ast.walk(cell.tree):
        decorators = map(name_of, getattr(node, "decorator_list", ()))
        used.update(set(decorators) & set(INTERACT))
    for name in sorted(used):
        yield f"{name} cannot be compared: use show.explore(draw, ...)"


@rule("code")
def clear_output(cell):
    if any(cell.calls("clear_output")):
        yield "clear_output cannot be compared: print once, or use show.explore"


@rule("code")
def updated_display(cell):
    updating = any(
        keyword.arg == "update" and ast.unparse(keyword.value) != "False"
        for call in cell.calls("display")
        for keyword in call.keywords
    )
    if updating or any(cell.calls("update_display")):
        yield "an updated display cannot be compared: display once"


@rule("code")
def output_widget(cell):
    if any(cell.calls("Output")):
        yield "what an Output widget catches cannot be compared: use show.explore"


@rule("code")
def unreasoned_tag(cell):
    comments = re.findall(r"^\s*#+\s*(.+)$", cell.text, re.MULTILINE)
    found = [mark for mark in (*cell.tags, *comments) if ESCAPE.match(mark)]
    stated = cell.metadata.get("reason") or any(map(REASON.match, comments))
    if found and not stated:
        yield (
            f"{found[0]} exempts it from comparison: say why in a comment, "
            "'# because ...', or do without"
        )


@rule("output")
def object_address(output):
    for text in strings(output):
        if found := re.search(r"\w[\w. ]* at 0x[0-9a-f]{6,}", text, re.I):
            yield f"{found[0][:60]!r} differs on each run: do not show the object"
            return


@rule("output")
def standard_error(output):
    if output.get("name") == "stderr":
        last = output["text"].strip().splitlines()[-1:]
        yield f"it warns, or writes to stderr: mend the cause of {last}"
