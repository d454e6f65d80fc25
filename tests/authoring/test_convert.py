"""From a source to its two notebooks, without executing anything."""

import re

import pytest
from small_lesson import SMALL, code, source, write

from dlcourse.authoring.anywhere import without_head
from dlcourse.authoring.convert import Lesson, SourceError, chosen, core_cells

FOLDED = "jp-MarkdownHeadingCollapsed"


def cells(root, text, twin="learner"):
    """What its source makes of the lesson, without what every lesson is given."""
    notebook = Lesson.read(write(root, "90_small", text)).notebook(twin)
    return without_head(notebook.cells)[1]


def joined(cells):
    return "\n".join(cell.source for cell in cells)


def test_a_learner_gets_a_stub_where_the_solution_stood(root):
    exercise = cells(root, source(SMALL))[2].source
    assert exercise.splitlines()[1:4] == [
        '    """The mean of the squared differences."""',
        "    # YOUR CODE HERE",
        "    raise NotImplementedError()",
    ]
    assert exercise.endswith("check(mean_squared_error)")


def test_the_solved_twin_keeps_the_solution_without_its_marks(root):
    text = joined(cells(root, source(SMALL), "solved"))
    assert "    return np.mean((predictions - targets) ** 2)\n\n" in text
    assert "SOLUTION" not in text and "YOUR CODE" not in text


def test_the_twins_differ_in_nothing_else(root):
    twins = [cells(root, source(SMALL), twin) for twin in ("learner", "solved")]
    differ = [
        i
        for i, pair in enumerate(zip(*twins, strict=True))
        if len(set(cell.source for cell in pair)) > 1
    ]
    assert differ == [0, 2]  # the link, seen from solutions/, and the exercise


def test_ids_follow_from_the_text_alone(root):
    before = [cell.id for cell in cells(root, code("a = 1", "b = 2", "a = 1"))]
    after = [cell.id for cell in cells(root, code("a = 1", "b = 3", "a = 1"))]
    same = [old == new for old, new in zip(before, after, strict=True)]
    assert same == [True, False, True]
    assert len(set(before)) == 3
    assert all(re.match("code-", id) for id in before)


def test_links_are_seen_from_the_folder_solutions(root):
    assert "](../data/README.md)" in cells(root, source(SMALL))[0].source
    solved = cells(root, source(SMALL), "solved")[0].source
    assert "](../../data/README.md)" in solved


def test_hide_input_folds_the_cell(root):
    folded = [cell.metadata.get("jupyter") for cell in cells(root, source(SMALL))]
    assert folded == [None, None, None, {"source_hidden": True}, None]


def test_deeper_sections_are_folded_and_begin_where_the_core_ends(root):
    text = source("# T\n\n## Deeper\n\n+++\n\n## Deeper: one\n\nx\n\n+++\n\ny\n")
    write(root, "90_small", text)
    notebook = chosen(root=root)[0].notebook("learner")
    folded = [cell.metadata.get(FOLDED) for cell in notebook.cells]
    assert folded == [None, None, None, True, None]  # title, first cell, ...
    assert core_cells(notebook) == 3
    assert core_cells(Lesson.read(write(root, "91", code("1"))).notebook("solved")) == 3


@pytest.mark.parametrize(
    "cell",
    [
        "### BEGIN SOLUTION\nx = 1",
        "x = 1\n### END SOLUTION",
        "### END SOLUTION\n### BEGIN SOLUTION",
        "# begin solution\nx = 1\n# end solution",
        "x = 1  ### BEGIN SOLUTION\n### END SOLUTION",
    ],
)
@pytest.mark.parametrize("twin", ["learner", "solved"])
def test_markers_that_do_not_match_are_reported(root, cell, twin):
    with pytest.raises(SourceError, match=r"90_small/lesson.md, cell 3: .*markers"):
        cells(root, code("y = 1", cell), twin)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# No head\n", "expects minutes, needs and gives, got none"),
        ("---\ndlcourse: {minutes: 5}\n---\n# T\n", "got minutes"),
        ("---\ndlcourse: [\n---\n# T\n", "its head"),
        (source("# T\n", minutes="soon"), "minutes expects {core: ..., all: ...}"),
        (source("# T\n", core=0), "above 0 and in this order, got {'core': 0, 'all'"),
        (source("# T\n", core=9, minutes=8), "in this order, got {'core': 9, 'all'"),
        (source("# T\n").replace("{core: 4, all: 5}", "5"), "all: ...}, whole"),
        (source("# T\n", needs="tape"), "needs expects a list of topics, got 'tape'"),
        (source("# T\n", gives="[1]"), "gives expects a list of topics"),
    ],
)
def test_a_wrong_head_is_reported(root, text, said):
    with pytest.raises(SourceError, match=re.escape(said)):
        Lesson.read(write(root, "90_small", text))


def test_the_title_is_the_first_heading_and_must_be_there(root):
    path = write(root, "90_small", source("# 90 Small\n"))
    assert Lesson.read(path).title == "90 Small"
    path = write(root, "90_small", source("No heading.\n"))
    with pytest.raises(SourceError, match="no title"):
        _ = Lesson.read(path).title


def test_lessons_are_named_as_it_comes(root):
    write(root, "91_b", code("1"))
    write(root, "90_a", code("1"))
    names = ["91_b", "dlcourse/lessons/90_a/lesson.md", "notebooks/91_b.ipynb"]
    assert [c.name for c in chosen(names, root)] == ["91_b", "90_a", "91_b"]
    assert [c.name for c in chosen(root=root)] == ["90_a", "91_b"]
    with pytest.raises(SourceError, match="there is no lesson '92_c': 90_a, 91_b"):
        chosen(["92_c"], root)
