"""Every rule of the lint finds its bad example, and lets its good one be."""

import nbformat
import pytest
from small_lesson import code, source, write

from dlcourse.authoring import lint
from dlcourse.authoring.rules import RULES
from dlcourse.teach.exercise import find

BY_NAME = {rule.name: rule for rule in RULES}


def markdown(text):
    return source(f"# 90 Small\n\n{text}\n")


def solved_as(body, rest=""):
    return code(
        f"def f():\n    ### BEGIN SOLUTION\n    {body}\n    ### END SOLUTION", rest
    )


def tagged(tags, body="1"):
    return code(body).replace("ipython3\n", f"ipython3\n:tags: [{tags}]\n\n")


def fence(cell):
    return f"```{{code-cell}} ipython3\n{cell}\n```\n\n"


def path(core, *deeper):
    """A lesson with a core path of this code, and deeper sections, each linked."""
    links = " ".join(f"[{i}](#Deeper:-part-{i})" for i in range(len(deeper)))
    parts = "".join(f"## Deeper: part {i}\n\n{fence(c)}" for i, c in enumerate(deeper))
    return source(f"# 90 Small\n\n{links}\n\n{fence(core)}{parts}")


CORE = "\n".join(f"check({f})" for f in "abcd") + "\nsettled()\nquiz('x')\n"
REFERENCES = "## References\n\nNone.\n"
WORDS = "word " * 200
SOLVED = "return np.mean((a - b) ** 2)"

# rule: (bad sources, good sources); the rule must find something in each bad one
SOURCES = {
    "trailing-semicolon": (
        [code("x = 1\nx;"), code("f(1);  # why"), code("x;\n\n# the end")],
        [code("x = 1"), code("x; y"), code("print(';')"), code("x  # not;")],
    ),
    "shown-artist": (
        [code("ax.plot(x)"), code("x\nplt.hist(x, 3)"), code("a.b[0].set_title('x')")],
        [code("ax.plot(x)\nplt.show()"), code("line = ax.plot(x)"), code("plot")],
    ),
    "interact": (
        [
            code("interact(f, x=1)"),
            code("@widgets.interact\ndef f(x):\n    pass"),
            code("@interact(x=3)\ndef f(x):\n    pass"),
            code("widgets.interactive_output(f, {})"),
        ],
        [code("show.explore(f, x=1)"), code("interact = 1")],
    ),
    "clear-output": (
        [
            code("clear_output()"),
            code("for i in x:\n    display.clear_output(wait=True)"),
        ],
        [code("clear_output = 1"), markdown("`clear_output()`")],
    ),
    "updated-display": (
        [code("display(x, update=True)"), code("update_display(x)")],
        [code("display(x)"), code("display(x, update=False)"), code("f(update=True)")],
    ),
    "output-widget": (
        [code("out = widgets.Output()"), code("with Output():\n    print(1)")],
        [code("Output = 1"), code("outputs()")],
    ),
    "unreasoned-tag": (
        [
            tagged("nbval-ignore-output"),
            tagged("nbval-skip, NBVAL_SKIP"),
            code("# NBVAL_IGNORE_OUTPUT\nprint(1)"),
            tagged("skip-execution"),
        ],
        [
            tagged("nbval-ignore-output", "# because the clock is shown\n1"),
            code("# NBVAL_SKIP\n# reason: it needs a microphone\nprint(1)"),
            tagged("hide-input"),
            tagged("raises-exception"),
        ],
    ),
    "surviving-marker": (
        [
            markdown("### BEGIN SOLUTION"),
            markdown("<!-- end solution -->"),
            markdown("BEGIN_SOLUTION"),
            markdown("begin\N{ZERO WIDTH SPACE} solution"),
            markdown("\N{FULLWIDTH LATIN CAPITAL LETTER B}EGIN SOLUTION"),
            markdown("## Solution"),
            markdown("<details><summary>Solution to 3</summary>\n\nx\n</details>"),
            code("x = 1  # Begin-Solution"),
            code("###start solution\nx = 1"),
            code("x = 1\n# solution ends"),
            code("# SOLUTION\nx = 1"),
            code("### BEGIN HIDDEN TESTS\nassert x"),
            code("print('end of the cell: END   SOLUTION')"),
            tagged("solution"),
            tagged("x-solution-only"),
            code("1").replace("ipython3\n", 'ipython3\n:note: "begin solution"\n\n'),
        ],
        [
            solved_as(SOLVED),
            markdown("At the end, solutions to all are in the folder `solutions`."),
            markdown("The solution begins with $x$. A good end. Solution by hand:"),
            code("x = 1  # the solution of the equation"),
            code("solution = 1"),
        ],
    ),
    "surviving-solution": (
        [
            solved_as(SOLVED, f"def g(a, b):\n    {SOLVED}"),
            solved_as(SOLVED, f"def g(a, b):\n  {SOLVED.replace(' ', '')}  # so"),
            solved_as(SOLVED) + f"\n```\n{SOLVED}\n```\n",
            solved_as(
                "c = np.dot(a, b)  # both\n    return c * c",
                "def g(a, b):\n    c = np.dot(a, b)\n    # squared\n    return c * c",
            ),
            solved_as(SOLVED, f'"""{SOLVED}"""'),
        ],
        [
            solved_as(SOLVED),
            solved_as("return x", "def g(x):\n    return x"),
            solved_as(SOLVED, "def g(a, b):\n    return np.mean((b - a) ** 2)"),
        ],
    ),
    "long-cell": (
        [code("x\n" * 26), solved_as("\n    ".join(["x"] * 26))],
        [code("x\n" * 25), markdown("x\n" * 60)],
    ),
    "longish-cell": ([code("x\n" * 21), code("x\n" * 25)], [code("x\n" * 20)]),
    "long-line": ([code("x" * 89)], [code("x" * 88), markdown("x" * 200)]),
    "long-reading": (
        [markdown(f"{WORDS}\n\n+++\n\n{WORDS}"), code("1") + WORDS + WORDS],
        [
            markdown(WORDS) + code("1").partition("# 90 Small\n")[2] + WORDS,
            markdown(f"{WORDS}\n<details><summary>Hint</summary>\n{WORDS}</details>"),
        ],
    ),
    "filler": (
        [markdown("It simply works."), markdown("As we can see, so.")],
        [markdown("It works simplify."), code("simply = 1")],
    ),
    "unknown-claim": (
        [
            code("claim('no-such', measured=1, at_most=2)"),
            code("claim(name, measured=1)"),
        ],
        [code("claim('cheap-gradient', measured=1, at_most=2)"), code("claimed('x')")],
    ),
    "claim-without-contrast": (
        [code("claim('he', measured=1, at_most=2)")],
        [code("claim('he', measured=1, at_most=2, contrast={'without': 3})")],
    ),
    "literal-reveal": (
        [code("reveal('he', 'yes')"), code("reveal('he', 3)")],
        [code("reveal('he', 'yes' if slope > 0 else 'no')"), code("reveal(a, b)")],
    ),
    "several-predictions": (
        [code("predict('a', 'A?')\npredict('b', 'B?')"), code("reveal(a)\nreveal(b)")],
        [code("predict('a', 'A?')"), code("reveal(a)\npredict(b)")],
    ),
    "long-core": (
        [source("# 90 Small\n", core=91, minutes=100)],
        [source("# 90 Small\n", core=90, minutes=100)],
    ),
    "core-without-end": (
        [path("x = 1\n", "y = 1\n"), path(CORE.replace("settled()", ""), "y = 1")],
        [path(CORE, "y = 1"), code("x = 1")],
    ),
    "code-behind-deeper": (
        [path("x = 1", "y = 1") + "## References\n" + fence("z = 1")],
        [path("x = 1", "y = 1", "z = 1") + "### More\n" + fence("w = 1") + REFERENCES],
    ),
    "deeper-not-alone": (
        [
            path("x = 1", "def f():\n    return 1", "f()"),
            path("x = 1", "import os", "def g():\n    return os.getcwd()"),
            path("x = 1", "y", "y = 1"),
        ],
        [
            path("x = 1", "y = x", "y = 2 * x\ny"),
            path("x = 1", "y = x", "def g(y):\n    return y"),
            path("x = 1", "y = x", "[y for y in range(x)]"),
        ],
    ),
    "deeper-without-link": (
        [path("x = 1", "y = 1").replace("(#Deeper:-part-0)", "")],
        [path("x = 1", "y = 1", "z = 1")],
    ),
    "imported-lesson": (
        [
            code("from dlcourse.lessons import x"),
            code("if 1:\n    import dlcourse.lessons.x"),
        ],
        [code("reference('x')"), code("import dlcourse")],
    ),
    "unknown-exercise": (
        [code("check(no_such)"), code("check(lambda x: x)"), code("check()")],
        [code("check(mean_squared_error)"), code("checked(no_such)")],
    ),
    "image-without-alt": (
        [
            markdown("![](../x.png)"),
            markdown("<img src='x'>"),
            markdown('<img alt="">'),
        ],
        [markdown("![a curve](../x.png)"), markdown("<img alt='A curve' src='x'>")],
    ),
    "broken-link": (
        [
            markdown("[x](no_such.ipynb)"),
            markdown("[x](#No-such)"),
            markdown("[x](../no%20such.md#Title)"),
        ],
        [
            markdown("[x](90_small.ipynb)"),
            markdown("[x](#Is-it-right?)\n\n## Is it *right*?"),
            markdown("[x](https://example.org/no) `[x](no)` $f[x](y)$"),
            markdown("[x](../dlcourse/lessons/90_small/lesson.md)"),
        ],
    ),
}


def shown(data, **metadata):
    return nbformat.v4.new_output("display_data", data, metadata=metadata)


def printed(text, name="stdout"):
    return nbformat.v4.new_output("stream", name=name, text=text)


INSIDE = {"name": "without it", "measured": "≈ 1", "outside": False}

# rule: (bad outputs, good outputs) of an executed cell
OUTPUTS = {
    "object-address": (
        [
            shown({"text/plain": "<Figure object at 0x7f21aa03>"}),
            shown({"text/html": "<p>&lt;function f at 0x7F21AA03&gt;</p>"}),
            printed("[<matplotlib.lines.Line2D at 0x7f21aa03d0>]\n"),
        ],
        [printed("0x7f21aa03"), printed("at 0x1f")],
    ),
    "standard-error": (
        [printed("UserWarning: no\n", "stderr")],
        [printed("UserWarning: no\n")],
    ),
    "picture-without-alt": (
        [
            shown({"image/png": "iVBORw0KGgo="}),
            shown({"image/png": "iVBORw0KGgo="}, **{"image/png": {"alt": ""}}),
            shown({"image/svg+xml": "<svg/>"}),
            shown({"text/html": "<img src='x'>"}),
        ],
        [
            shown({"image/png": "iVBORw0KGgo="}, **{"image/png": {"alt": "A curve."}}),
            shown({"text/html": "<img alt='A curve.' src='x'>"}),
            printed("x"),
        ],
    ),
    "undecided-claim": (
        [shown({}, dlcourse={"claim": "x", "contrasts": [INSIDE]})],
        [
            shown(
                {}, dlcourse={"claim": "x", "contrasts": [INSIDE | {"outside": True}]}
            ),
            shown({}, dlcourse={"claim": "x"}),
        ],
    ),
    "unsupported-claim": (
        [
            shown(
                {}, dlcourse={"claim": "x", "supported": False, "verdict": "undecided"}
            )
        ],
        [shown({}, dlcourse={"claim": "x", "supported": True})],
    ),
    "surviving-marker": (
        [printed("### BEGIN SOLUTION"), shown({"text/html": "&#35; end solution"})],
        [printed("solved in `solutions/90_small.ipynb`")],
    ),
    "surviving-solution": ([printed(SOLVED)], [printed("return")]),
}


def source_of(name):
    """Where a lesson's source lies, as the lint names it."""
    return f"dlcourse/lessons/{name}/lesson.md"


def found(rule, root):
    return lint.lint(root=root, rules=[BY_NAME[rule]])


def each(examples, which):
    return [(rule, text) for rule, both in examples.items() for text in both[which]]


@pytest.mark.parametrize(("rule", "text"), each(SOURCES, 0))
def test_bad_sources_are_found(root, rule, text):
    write(root, "90_small", text)
    findings = found(rule, root)
    assert findings
    for finding in findings:
        assert finding.rule == rule and finding.error is BY_NAME[rule].error
        assert finding.file == source_of("90_small")
        assert str(finding).startswith("! " if finding.error else "? ")


@pytest.mark.parametrize(("rule", "text"), each(SOURCES, 1))
def test_good_sources_pass(root, rule, text):
    write(root, "90_small", text)
    assert found(rule, root) == []


def build_with(root, output, twin="learner"):
    """The executed notebook of a lesson whose only code cell has this output."""
    lesson = lint.chosen([write(root, "90_small", solved_as(SOLVED))], root)[0]
    notebook = lesson.notebook(twin)
    notebook.cells[1].outputs = [output]
    lesson.path(twin).parent.mkdir(parents=True)
    nbformat.write(notebook, lesson.path(twin))


@pytest.mark.parametrize(("rule", "output"), each(OUTPUTS, 0))
def test_bad_outputs_are_found(root, rule, output):
    build_with(root, output)
    findings = found(rule, root)
    assert [finding.cell for finding in findings] == [1]


@pytest.mark.parametrize(("rule", "output"), each(OUTPUTS, 1))
def test_good_outputs_pass(root, rule, output):
    build_with(root, output)
    assert found(rule, root) == []


def test_a_solution_belongs_into_the_solved_twin(root):
    build_with(root, printed(SOLVED), "solved")
    assert found("surviving-solution", root) == []


def test_needs_must_be_given_by_an_earlier_lesson(root):
    write(root, "90_a", source("# A\n", gives="[x]"))
    write(root, "91_b", source("# B\n", needs="[x]", gives="[y]"))
    assert found("needs-before-gives", root) == []
    write(root, "89_c", source("# C\n", needs="[y]", gives="[x]"))
    assert [str(finding) for finding in found("needs-before-gives", root)] == [
        f"! {source_of('89_c')}: needs-before-gives: it needs 'y', which no earlier "
        "lesson gives",
        f"! {source_of('90_a')}: needs-before-gives: it gives 'x', as 89_c does: give "
        "it once",
    ]


def test_a_lesson_settles_checks_and_names_what_is_declared_for_it(root):
    exercise = find("mean_squared_error")
    write(root, "00_start", code("1"))
    write(root, "01_backprop", code("1"))
    for rule in ("unchecked-exercise", "unknown-section"):
        said = [f for f in found(rule, root) if f.file == source_of("00_start")]
        assert [exercise.__name__ in finding.sentence for finding in said] == [True]
    unsettled = [f.sentence.split("'")[1] for f in found("unsettled-claim", root)]
    assert "cheap-gradient" in unsettled and "minibatch-variance" not in unsettled

    cells = ("check(mean_squared_error)", "claim('cheap-gradient', measured=1)")
    write(root, "00_start", code(*cells) + f"## {exercise.section}\n")
    write(root, "01_backprop", code(*cells))
    for rule in ("unchecked-exercise", "unknown-section"):
        assert source_of("00_start") not in {f.file for f in found(rule, root)}
    still = [f.sentence.split("'")[1] for f in found("unsettled-claim", root)]
    assert set(unsettled) - set(still) == {"cheap-gradient"}


def test_each_lesson_but_the_first_opens_with_a_recall(root):
    for name in ("00_start_here", "01_backprop", "02_gradient_descent"):
        write(root, name, code("1"))
    write(root, "03_activations", code("recall('03_activations')"))
    files = [finding.file for finding in found("no-recall", root)]
    assert files == [source_of("01_backprop"), source_of("02_gradient_descent")]


def test_an_exercise_keeps_to_its_lines(root):
    folder = write(root, "90_small", code("1")).parent / "exercises"
    folder.mkdir()
    (folder / "long.py").write_text("x = 1\n" * 85)
    (folder / "short.py").write_text("x = 1\n" * 84)
    (finding,) = found("long-exercise", root)
    assert finding.sentence.startswith("long.py has 85 lines, 84 may be")
    assert not finding.error


BORROWS = """from ..fixtures import system
from ..{name} import {name}, _helper

def _own(x):
    return {inner}(x)

@{name}.variant("no", inputs=system)
def other(x):
    return _own(x)

other.mistake("no", wrong=lambda x: _helper(x))
"""


def test_a_variant_stands_by_itself(root):
    folder = write(root, "90_small", code("1")).parent / "exercises" / "variants"
    folder.mkdir(parents=True)
    for inner, expected in (("abs", 0), ("_helper", 1)):
        (folder / "other.py").write_text(BORROWS.format(name="small", inner=inner))
        findings = found("borrowed-by-variant", root)
        assert len(findings) == expected
    assert "uses `from ..small import small, _helper`" in findings[0].sentence


def test_every_rule_has_its_examples():
    elsewhere = {
        "borrowed-by-variant",
        "long-exercise",
        "needs-before-gives",
        "no-recall",
        "unchecked-exercise",
        "unknown-section",
        "unsettled-claim",
    }
    assert set(BY_NAME) == {*SOURCES, *OUTPUTS, *elsewhere}
    assert len(BY_NAME) == len(RULES)


def test_a_good_lesson_has_no_finding(built):
    broken = "it links to '../data/README.md', which is not there"
    assert [finding.sentence for finding in lint.lint(root=built)] == [broken]


def test_only_the_lessons_asked_for_are_reported(root):
    write(root, "90_a", code("x;"))
    write(root, "91_b", code("x;"))
    assert {f.file for f in lint.lint(["91_b"], root)} == {source_of("91_b")}


def test_findings_come_in_the_order_of_reading(root):
    write(root, "90_a", code("x;", "y;") + "simply\n")
    write(root, "91_b", code("x" * 99).replace("smallness", "length"))
    assert [(f.file, f.cell, f.rule) for f in lint.lint(root=root)] == [
        (source_of("90_a"), 2, "trailing-semicolon"),
        (source_of("90_a"), 3, "trailing-semicolon"),
        (source_of("90_a"), 4, "filler"),
        (source_of("91_b"), 2, "long-line"),
    ]
