"""CLAIMS.md and the README's tables, made from executed notebooks."""

import shutil

import nbformat
import pytest
from small_lesson import code, write

from dlcourse.authoring import ledger, readme
from dlcourse.teach.course import CLAIMS

PLACES = "".join(
    f"<!-- {name}:begin -->\nan old table\n<!-- {name}:end -->\n\n"
    for name in readme.PARTS
)


def test_claims_come_from_the_metadata_of_the_solved_notebook(built):
    (entry,) = ledger.settled(built)
    assert entry.claim == "mlp-three-steps"
    assert entry.lesson == "90_small"
    assert entry.block().splitlines() == [
        f"**`mlp-three-steps`** {CLAIMS['mlp-three-steps']['statement']}  ",
        "*A · lesson [90](notebooks/90_small.ipynb)*",
        "",
        "- **Holds, with a caveat**: Of |x| only.",
        "- Measured: ≈ 0.500. Asserted: at most 1.",
        "- Contrast. Without it: ≈ 2.00, outside.",
    ]


def test_a_contrast_stands_beside_the_number():
    note = {
        "claim": "he",
        "verdict": "holds",
        "measured": "≈ 1.0",
        "bound": "within 0.1 of 1",
        "because": "",
        "erratum": "",
        "contrasts": [
            {"name": "with Xavier's variance", "measured": "≈ 0.5", "outside": True},
            {"name": "with n_out", "measured": "≈ 1.0", "outside": False},
        ],
    }
    assert ledger.Settled.of(note, "04_initialisation").block().splitlines()[3:] == [
        "- **Holds**",
        "- Measured: ≈ 1.0. Asserted: within 0.1 of 1.",
        "- Contrast. With Xavier's variance: ≈ 0.5, outside.",
        "- Contrast. With n_out: ≈ 1.0, **inside**.",
    ]


def test_the_page_is_in_sections_and_ends_with_the_errata(built):
    page = ledger.page(built)
    place = page.index("## Why deep, and what a network is")
    assert page.index("**`mlp-three-steps`**") > place
    assert "## Backprop" not in page
    assert "\n- **B**: Deep Learning, CompSci 370 (R. Parr)\n" in page
    assert page.endswith(
        "\n- A, page 1: five should be six. ([90](notebooks/90_small.ipynb))\n"
    )


def test_the_summary_counts_verdicts_and_errata(built, root):
    assert ledger.summary(built) == (
        f"1 of {len(CLAIMS)} claims are settled: 1 hold with a caveat. 1 errata of the "
        "slides."
    )
    assert ledger.summary(root).startswith(f"0 of {len(CLAIMS)} claims are settled. 0")


def test_lessons_come_with_what_the_build_measured(built):
    row = readme.lessons_table(built).splitlines()[2]
    lesson, minutes, exercises, claims, seconds, memory = row.strip("| ").split(" | ")
    assert lesson == "[90 Small](notebooks/90_small.ipynb)"
    assert (minutes, exercises, claims) == ("4 of 5", "1 of 1", "1 of 1")
    assert float(seconds) > 0 and 30 < int(memory) < 800


def test_both_pages_are_written_and_then_current(built, tmp_path):
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    path = tmp_path / "README.md"
    path.write_text(f"before\n{PLACES}after\n", "utf-8")
    assert readme.old(tmp_path) == ["README.md", "CLAIMS.md"]
    assert readme.write(tmp_path) == ["README.md", "CLAIMS.md"]
    text = path.read_text("utf-8")
    assert text.startswith("before\n") and text.endswith("after\n")
    assert "an old table" not in text and readme.lessons_table(built) in text
    assert readme.old(tmp_path) == []
    assert readme.write(tmp_path) == []

    all_of_them = f"of {len(CLAIMS)}"
    path.write_text(text.replace(f"1 {all_of_them}", f"2 {all_of_them}"), "utf-8")
    page = tmp_path / "CLAIMS.md"
    page.write_text(page.read_text("utf-8").replace("at most 1", "at most 2"), "utf-8")
    assert readme.old(tmp_path) == ["README.md", "CLAIMS.md"]


@pytest.mark.parametrize("name", readme.PARTS)
def test_a_readme_without_a_place_is_reported(built, name):
    with pytest.raises(ledger.LedgerError, match=f"no place for the {name}"):
        readme.rendered(PLACES.replace(f"<!-- {name}:end", "<!-- "), built)


def test_a_lesson_that_is_not_built_says_so(root):
    write(root, "90_small", code("1"))
    assert ledger.settled(root) == []
    assert "| 0 of 0 | 0 of 0 | not built | not built |" in readme.lessons_table(root)


def test_an_unknown_claim_is_reported(root):
    write(root, "90_small", code("1"))
    note = {"dlcourse": {"claim": "no-such-claim"}}
    output = nbformat.v4.new_output("display_data", metadata=note)
    cell = nbformat.v4.new_code_cell("1", outputs=[output])
    (root / "notebooks/solutions").mkdir(parents=True)
    solved = nbformat.v4.new_notebook(cells=[cell])
    nbformat.write(solved, root / "notebooks/solutions/90_small.ipynb")
    with pytest.raises(ledger.LedgerError, match="has the claim 'no-such-claim'"):
        ledger.settled(root)
