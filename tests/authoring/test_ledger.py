"""The README's tables, made from executed notebooks."""

import nbformat
import pytest
from small_lesson import code, write

from dlcourse.authoring import ledger

PLACES = "".join(
    f"<!-- {name}:begin -->\nan old table\n<!-- {name}:end -->\n\n"
    for name in ledger.PARTS
)


def test_claims_come_from_the_metadata_of_the_solved_notebook(built):
    (entry,) = ledger.settled(built)
    assert entry.claim == "mlp-three-steps"
    assert entry.lesson == "90_small"
    row = ledger.claims_table(built).splitlines()[2]
    cells = [cell.strip() for cell in row.strip("|").split(" | ")]
    assert cells[0].startswith("`mlp-three-steps`: An MLP's training step is")
    assert cells[1:] == [
        "A",
        r"**holds, with a caveat**: Of \|x\| only.",
        "≈ 0.500 (at most 1)",
        "[90](notebooks/90_small.ipynb)",
    ]


def test_lessons_come_with_what_the_build_measured(built):
    row = ledger.lessons_table(built).splitlines()[2]
    lesson, minutes, seconds, memory, claims = row.strip("| ").split(" | ")
    assert (lesson, minutes) == ("[90 Small](notebooks/90_small.ipynb)", "5")
    assert float(seconds) > 0 and 30 < int(memory) < 800
    assert claims == "1"


def test_errata_are_listed(built):
    assert ledger.errata(built) == (
        "- A, page 1: five should be six. ([90](notebooks/90_small.ipynb))"
    )


def test_the_readme_is_written_between_its_marks(built, tmp_path):
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{PLACES}after\n", "utf-8")
    assert not ledger.is_current(readme, built)
    assert ledger.write(readme, built)
    text = readme.read_text("utf-8")
    assert text.startswith("before\n") and text.endswith("after\n")
    assert "an old table" not in text and ledger.claims_table(built) in text
    assert ledger.is_current(readme, built)
    assert not ledger.write(readme, built)

    readme.write_text(text.replace("at most 1", "at most 2"), "utf-8")
    assert not ledger.is_current(readme, built)


@pytest.mark.parametrize("name", ledger.PARTS)
def test_a_readme_without_a_place_is_reported(built, name):
    with pytest.raises(ledger.LedgerError, match=f"no place for the {name}"):
        ledger.rendered(PLACES.replace(f"<!-- {name}:end", "<!-- "), built)


def test_a_lesson_that_is_not_built_says_so(root):
    write(root, "90_small", code("1"))
    assert ledger.settled(root) == []
    assert "| not built | not built | 0 |" in ledger.lessons_table(root)


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
