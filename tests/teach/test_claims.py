"""claim(): what is asserted is what the verdict says."""

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcourse.lab import Sample
from dlcourse.teach import claim, claims, measured, settled
from dlcourse.teach.book import record
from dlcourse.teach.claims import Bound

ID = "minibatch-variance"


def sample(*values):
    return Sample(np.array(values, float))


# ------------------------------------------------------------------ the printed number


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ((95.31, "%"), "≈ 95.3 %"),
        ((1.2345e-7,), "≈ 1.23e-07"),
        ((0.0,), "≈ 0.000"),
        ((2578,), "≈ 2578"),
        ((-1.0123, "", 2), "≈ -1.0"),
        (([1.0, 2.25], "s"), "≈ [1.00, 2.25] s"),
        ((np.float32(0.5),), "≈ 0.500"),
        ((math.nan,), "not a finite number"),
        (([1.0, math.inf],), "not a finite number"),
    ],
)
def test_a_measured_number_stands_behind_the_sign(arguments, text):
    assert measured(*arguments) == text


def test_a_sample_is_measured_with_its_interval():
    seeds = sample(94.5, 95.0, 95.5)
    assert measured(seeds) == str(seeds)
    assert measured(seeds, "%") == (
        "≈ 95.0 %, 95 % interval ≈ [93.8, 96.2] % (3 seeds)"
    )


@pytest.mark.parametrize("value", ["95", None, [[1.0]], 1j])
def test_what_is_no_number_cannot_be_measured(value):
    with pytest.raises(TypeError, match="measured expects a number"):
        measured(value)


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
        return re.sub(r"≈ ?(\[[^\]]*\]|[-+.e\d]+)", "≈ #", verdict.text + verdict.html)

    one = claim(ID, sample(0.91, 1.0, 1.1), expected=1, within=0.5)
    two = claim(ID, sample(0.92, 1.1, 1.15), expected=1, within=0.5)
    assert one.text != two.text
    assert hidden(one) == hidden(two)


def test_a_count_is_exact_and_stands_without_the_sign():
    counted = claim("sharing-counts", 2578, expected=2578, within=0, unit="weights")
    assert "Measured: 2578 weights. Asserted: exactly 2578 weights." in counted.text


def test_nan_is_said_to_be_none():
    text = claim(ID, math.nan, at_most=1).text
    assert "Verdict: could not be measured. The measurement gave NaN." in text


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
