"""claim(): what is asserted is what the verdict says."""

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcourse.lab import Sample
from dlcourse.teach import book, claim, claims, settled
from dlcourse.teach.book import record, recorded
from dlcourse.teach.bounds import Bound

ID = "minibatch-variance"


def sample(*values):
    return Sample(np.array(values, float))


# ------------------------------------------------------------------------- the verdict

YES, NO, OPEN = "supported", "contradicted", "undecided"


@pytest.mark.parametrize(
    ("number", "bound", "outcome"),
    [
        (-1.04, {"expected": -1, "within": 0.05}, YES),
        (-1.06, {"expected": -1, "within": 0.05}, NO),
        (-0.94, {"expected": -1, "within": 0.05}, NO),
        (2578, {"expected": 2578, "within": 0}, YES),
        (2579, {"expected": 2578, "within": 0}, NO),
        (94, {"at_least": 94}, YES),
        (93.9, {"at_least": 94}, NO),
        (1e-13, {"at_most": 1e-12}, YES),
        (1e-11, {"at_most": 1e-12}, NO),
        (3, {"at_least": 2, "at_most": 3}, YES),
        (3.1, {"at_least": 2, "at_most": 3}, NO),
        (1.9, {"at_least": 2, "at_most": 3}, NO),
        (1, {"less_than": 2}, YES),
        (2, {"less_than": 2}, NO),
        (math.inf, {"at_least": 1e6}, YES),
        (math.nan, {"at_least": 94}, "not measured"),
        (1, {"less_than": math.nan}, "not measured"),
        (sample(95.0, 95.1, 95.2), {"at_least": 94}, YES),
        (sample(95.0, 95.1, 95.2), {"at_most": 94}, NO),
        (sample(93.0, 94.1, 95.2), {"at_least": 94}, OPEN),
        (sample(1.0, 1.1), {"less_than": sample(5.0, 5.1)}, YES),
        (sample(5.0, 5.1), {"less_than": sample(1.0, 1.1)}, NO),
        (sample(1.0, 2.0), {"less_than": sample(1.5, 2.5)}, OPEN),
        (sample(0.9, 1.0, 1.1), {"expected": 1, "within": 0.5}, YES),
        (sample(0.9, 1.0, 1.1), {"expected": 1, "within": 0.1}, OPEN),
        (sample(0.9, 1.0, 1.1), {"expected": 9, "within": 0.1}, NO),
    ],
)
def test_the_outcome(number, bound, outcome):
    assert claim(ID, number, **bound).outcome == outcome


def test_an_interval_may_be_given():
    assert claim(ID, 95, interval=(94, 96), at_least=94).outcome == YES
    assert claim(ID, 95, interval=(93, 97), at_least=94).outcome == OPEN


numbers = st.floats(-1e6, 1e6)


@given(ends=st.tuples(numbers, numbers), low=numbers, high=numbers)
def test_a_verdict_is_certain_only_where_the_whole_interval_is(ends, low, high):
    a, b = sorted(ends)
    bound = Bound("", low=low, high=(high, high))
    inside = [low <= x <= high for x in (a, b)]
    outcome = bound.judge(a, b)
    assert (outcome == YES) == all(inside)
    assert (outcome == NO) == (b < low or a > high)


def test_the_verdict_is_shown_with_what_was_asserted(capsys):
    claim(ID, -1.012, expected=-1, within=0.05)
    assert capsys.readouterr().out == (
        "Claim minibatch-variance: The variance falls as 1/s (lecture E).\n"
        "  Measured: ≈ -1.01. Asserted: within 0.05 of -1.\n"
        "  Verdict: holds.\n"
    )


def test_a_number_that_does_not_support_the_verdict_changes_the_text(capsys):
    good = claim("backprop-not-gd", 0.0, at_most=1e-9, **DOES_NOT)
    bad = claim("backprop-not-gd", 1.0, at_most=1e-9, **DOES_NOT)
    assert "Verdict: does not hold. Descent is one use" in good.text
    assert "Verdict: comes out differently here." in bad.text
    assert "does not hold*, rests on" not in bad.text
    assert "does not hold, rests on a number that is at most 1e-09" in bad.text
    assert "Descent is one use" not in bad.text
    assert not bad.supported
    assert capsys.readouterr().out.count("Claim backprop-not-gd") == 2


DOES_NOT = {"verdict": "does not hold", "because": "Descent is one use of it."}


def test_only_the_number_behind_the_sign_varies():
    def hidden(verdict):
        text = re.sub(r"\d seeds", "seeds", verdict.text + verdict.html)
        return re.sub(r"≈ ?(\[[^\]]*\]|[-+.e\d]+)", "≈ #", text)

    def settle(measured, changed):
        contrast = {"shuffled": changed, "sorted": changed.mean}
        return claim(ID, measured, expected=1, within=0.5, contrast=contrast)

    one = settle(sample(0.91, 1.0, 1.1), sample(1e-9, 2e-9))
    two = settle(sample(0.92, 1.1, 1.15), sample(-0.02, 0.01, 0.02))
    assert one.text != two.text
    assert hidden(one) == hidden(two)


def test_a_count_is_exact_and_stands_without_the_sign():
    counted = claim("sharing-counts", 2578, expected=2578, within=0, unit="weights")
    assert "Measured: 2578 weights. Asserted: exactly 2578 weights." in counted.text


def test_nan_is_said_to_be_none():
    text = claim(ID, math.nan, at_most=1).text
    assert "Verdict: could not be measured. The measurement gave NaN." in text


@pytest.mark.parametrize(
    ("number", "bound", "sentence", "outside"),
    [
        (0.5, {"at_most": 0.1}, "≈ 0.500, outside.", True),
        (0.1, {"at_most": 0.1}, "≈ 0.100, inside: the number does not decide", False),
        (math.inf, {"at_most": 0.1}, "≈ inf, outside.", True),
        (math.nan, {"at_most": 0.1}, "≈ nan, which is no number: it does not", False),
        (-2, {"expected": 0, "within": 0.1}, "≈ -2.00, outside.", True),
        (0.5, {"less_than": sample(0.6, 0.8)}, "≈ 0.500, which reaches across", False),
        (
            sample(0.5, 0.5, 0.6),
            {"at_most": 0.1},
            "≈ 0.53, 95 % interval ≈ [0.39, 0.68] (3 seeds), outside.",
            True,
        ),
        (
            sample(0, 0.5, 0.6),
            {"at_most": 0.1},
            "≈ 0.37, 95 % interval ≈ [-0.43, 1.17] (3 seeds), which reaches across the "
            "bound: the number does not decide the claim.",
            False,
        ),
    ],
)
def test_a_contrast_must_miss_the_bound(number, bound, sentence, outside):
    found = claim(ID, 0.05, contrast={"shuffled": number}, **bound)
    assert f"\n  Contrast (shuffled): {sentence}" in found.text
    assert f"<br>Contrast (shuffled): {sentence}" in found.html
    assert found.structure["contrasts"] == [
        {
            "name": "shuffled",
            "measured": re.split(", (?:outside|inside|which)", sentence)[0],
            "outside": outside,
        }
    ]
    assert found.supported or "less_than" in bound
    assert found.decides == outside


def test_every_contrast_stands_under_the_measurement(capsys):
    contrasts = {"with *all* weights 0": 0.5, "with n for 2n": 3}
    found = claim(ID, -1, expected=-1, within=0.05, unit="s", contrast=contrasts)
    assert capsys.readouterr().out == (
        "Claim minibatch-variance: The variance falls as 1/s (lecture E).\n"
        "  Measured: ≈ -1.00 s. Asserted: within 0.05 of -1 s.\n"
        "  Contrast (with all weights 0): ≈ 0.500 s, outside.\n"
        "  Contrast (with n for 2n): ≈ 3.00 s, outside.\n"
        "  Verdict: holds.\n"
    )
    assert found.decides


def test_a_claim_decides_by_all_its_contrasts_and_by_none_without():
    both = {"without noise": 3, "without data": -1}
    doubtful = claim(ID, -1, expected=-1, within=0.05, contrast=both)
    assert (doubtful.supported, doubtful.decides) == (True, False)
    assert not claim(ID, -1, expected=-1, within=0.05).decides


def test_a_counted_contrast_is_exact_as_the_claim_is():
    counted = claim("sharing-counts", 10, expected=10, within=0, contrast={"both": 24})
    assert "Contrast (both): 24, outside." in counted.text
    parts = claim("sharing-counts", 10, expected=10, within=0, contrast={"half": 0.5})
    assert "Contrast (half): ≈ 0.500, outside." in parts.text


def test_only_a_measurement_is_a_contrast():
    with pytest.raises(TypeError, match=f"claim {ID}: contrast 'shuffled': a measur"):
        claim(ID, 1, at_least=0, contrast={"shuffled": [1, 2, 3]})


def test_what_the_ledger_needs_is_in_the_metadata():
    because = "With replacement only."
    found = claim(ID, -1.0, expected=-1, within=0.1, because=because)
    assert found.structure == {
        "claim": ID,
        "lesson": "02 Gradient descent",
        "verdict": "holds",
        "declared": "holds",
        "supported": True,
        "measured": "≈ -1.00",
        "bound": "within 0.1 of -1",
        "because": because,
        "erratum": "",
        "contrasts": [],
    }


@pytest.mark.parametrize(
    ("id", "source"),
    [
        ("gradient-check", "no lecture has it"),
        ("cheap-gradient", "implied by lecture E"),
        ("ce-is-nll", "lectures D, E"),
    ],
)
def test_the_source_is_named(id, source):
    assert f"({source})" in claim(id, 1, at_least=0).text


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"id": "minibatch-varianse"}, LookupError, "did you mean 'minibatch-varia"),
        ({"id": "zzz"}, LookupError, "has a claim 'zzz'"),
        ({"verdict": "true"}, ValueError, "verdict is one of"),
        ({"verdict": "does not hold"}, ValueError, "needs its sentence, because="),
        ({"at_least": None}, TypeError, "give either expected= and within="),
        ({"expected": 1}, TypeError, "give either expected= and within="),
        ({"less_than": 3}, TypeError, "give either"),
        ({"within": 3, "at_least": None}, TypeError, "give either"),
        ({"measured": "95"}, TypeError, "a number or a Sample, got str"),
        ({"measured": [1, 2]}, TypeError, "a number or a Sample, got list"),
    ],
)
def test_a_claim_that_asserts_nothing_clear_is_refused(arguments, error, message):
    complete = {"id": ID, "measured": 1.0, "at_least": 0} | arguments
    with pytest.raises(error, match=message):
        claim(**complete)


def test_the_settled_claims_are_listed(capsys):
    settled()
    assert "No claim is settled yet." in capsys.readouterr().out
    claim(ID, -1.01, expected=-1, within=0.05)
    claim("gradient-check", 1e-9, at_most=1e-7)
    capsys.readouterr()
    settled()
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert lines[1].split(" | ")[0] == "The variance falls as 1/s"
    assert lines[2].endswith("holds")


def test_the_learners_book_keeps_the_verdict(progress_file):
    claim(ID, -1.0, expected=-1, within=0.05)
    assert recorded("claims") == {ID: "holds"}
    claim(ID, -0.5, expected=-1, within=0.05)  # run again: what stands there now
    assert recorded("claims") == {ID: "comes out differently here"}


def test_an_open_question_is_no_claim_settled(progress_file):
    claim(ID, math.nan, expected=-1, within=0.05)
    claim(ID, sample(-1.2, -1.0, -0.8), expected=-1, within=0.05)
    assert recorded("claims") == {}


def test_a_build_keeps_no_verdict(tmp_path, monkeypatch):
    monkeypatch.setattr(book, "FOLDER", tmp_path)
    claim(ID, -1.0, expected=-1, within=0.05)
    assert list(tmp_path.iterdir()) == []


def test_the_settled_claims_stand_beside_the_predictions(progress_file, capsys):
    claim(ID, -1.01, expected=-1, within=0.05)
    claim("gradient-check", 1e-9, at_most=1e-7)
    record("predictions", ID, "it falls as 1/s")
    capsys.readouterr()
    settled()
    header, first, second = capsys.readouterr().out.splitlines()
    assert header.endswith("you predicted")
    assert first.endswith("it falls as 1/s")
    assert second.endswith("holds | ")


def test_the_settled_claims_are_listed_with_their_contrasts(capsys):
    claim(ID, -1.01, at_most=0, contrast={"shuffled": 2, "sorted": -0.5})
    claim("gradient-check", 1e-9, at_most=1e-7)
    capsys.readouterr()
    settled()
    header, first, second = capsys.readouterr().out.splitlines()
    assert header == "claim | measured | asserted | verdict | contrast"
    assert first.endswith(
        "holds | shuffled: ≈ 2.00, outside; sorted: ≈ -0.500, not outside"
    )
    assert second.endswith("holds | ")


def test_importing_it_loads_no_torch():
    import subprocess
    import sys

    code = "import sys, dlcourse.teach; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    assert claims.__name__ == "dlcourse.teach.claims"


def test_a_slide_that_is_wrong_is_named_in_text_page_and_metadata():
    verdict = claim(ID, 1, at_least=0, erratum="C, formula 2: f' belongs inside.")
    assert verdict.text.endswith("\n  Erratum: C, formula 2: f' belongs inside.")
    assert "Erratum: C, formula 2" in verdict.html
    assert verdict.structure["erratum"].startswith("C, ")
    assert "Erratum" not in claim(ID, 1, at_least=0).text
