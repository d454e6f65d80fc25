"""Student's t, intervals over seeds, and how measured numbers are printed."""

import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcourse import lab

finite = st.floats(-1e6, 1e6)
samples = st.lists(finite, min_size=2, max_size=20)


# ------------------------------------------------------------------------ t_quantile


@given(st.floats(0.001, 0.9999), st.integers(1, 500))
@settings(max_examples=200, deadline=None)
def test_t_quantile_is_scipy_s(confidence, df):
    t = pytest.importorskip("scipy.stats").t
    expected = t.ppf((1 + confidence) / 2, df)
    assert lab.t_quantile(confidence, df) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("df", "t"), [(1, 12.706), (2, 4.303), (4, 2.776), (9, 2.262), (10**6, 1.960)]
)
def test_t_quantile_is_the_printed_table_s(df, t):
    assert lab.t_quantile(0.95, df) == pytest.approx(t, abs=5e-4)


@pytest.mark.parametrize(
    ("confidence", "df", "message"),
    [
        (0, 3, "between 0 and 1, got 0"),
        (1, 3, "between 0 and 1, got 1"),
        (95, 3, r"got 95: 95 % is 0\.95"),
        (math.nan, 3, "got nan"),
        (0.95, 0, "df expects 1, 2, 3"),
        (0.95, 2.5, "df expects 1, 2, 3, ..., got 2.5"),
    ],
)
def test_t_quantile_refuses(confidence, df, message):
    with pytest.raises(ValueError, match=message):
        lab.t_quantile(confidence, df)


# -------------------------------------------------------------------------- interval


@pytest.mark.parametrize("n", [2, 5, 10])
@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_interval_holds_the_true_mean_as_often_as_it_says(n, confidence):
    runs = 2000
    values = np.random.default_rng(n).normal(3, 2, size=(runs, n))
    t = lab.t_quantile(confidence, n - 1)
    hits = 0
    for row in values:
        low, high = lab.interval(row, confidence)
        hits += low <= 3 <= high
        assert (high - low) / 2 == pytest.approx(t * row.std(ddof=1) / math.sqrt(n))
    # four standard errors of a share over 2000 runs
    slack = 4 * math.sqrt(confidence * (1 - confidence) / runs)
    assert hits / runs == pytest.approx(confidence, abs=slack)


@given(samples)
def test_interval_is_scipy_s(values):
    stats = pytest.importorskip("scipy.stats")
    scale = np.std(values, ddof=1) / math.sqrt(len(values))
    if scale < 1e-9:  # scipy answers nan there
        return
    expected = stats.t.interval(0.95, len(values) - 1, np.mean(values), scale)
    assert lab.interval(values) == pytest.approx(expected, rel=1e-6, abs=1e-6)


@given(samples, finite, st.floats(0.1, 10))
def test_interval_moves_and_grows_with_its_values(values, shift, scale):
    low, high = lab.interval(values)
    moved = lab.interval([scale * v + shift for v in values])
    assert moved == pytest.approx(
        (scale * low + shift, scale * high + shift), rel=1e-6, abs=1e-3
    )


@given(samples)
def test_more_confidence_is_a_wider_interval(values):
    low, high = lab.interval(values, 0.9)
    wider_low, wider_high = lab.interval(values, 0.99)
    assert wider_low <= low <= np.mean(values) + 1e-9
    assert wider_high >= high >= np.mean(values) - 1e-9


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([], r"two numbers or more in a row, got shape \(0,\)"),
        ([1.0], r"got shape \(1,\)"),
        (3.0, r"got shape \(\)"),
        ([[1, 2], [3, 4]], r"got shape \(2, 2\)"),
        ([1.0, math.nan], r"finite numbers, got \[1\.0, nan\]"),
        ([1.0, math.inf], "finite numbers"),
    ],
)
def test_interval_refuses(values, message):
    with pytest.raises(ValueError, match=message):
        lab.interval(values)


# ------------------------------------------------------------------------ over_seeds


def test_over_seeds_collects_one_value_per_seed_in_order():
    sample = lab.over_seeds(lambda seed: seed**2, (3, 1, 2), progress=False)
    assert sample.values.tolist() == [9, 1, 4]
    assert sample.n == 3
    assert sample.mean == pytest.approx(14 / 3)
    assert sample.std == pytest.approx(np.std([9, 1, 4], ddof=1))
    assert sample.interval == lab.interval([9, 1, 4])


def test_over_seeds_interrupted_keeps_the_finished_seeds(capsys):
    def f(seed):
        if seed == 3:
            raise KeyboardInterrupt
        return seed

    assert lab.over_seeds(f, [5, 4, 3, 2], progress=False).values.tolist() == [5, 4]
    assert capsys.readouterr().out == "Interrupted: the sample holds 2 of 4 seeds.\n"
    with pytest.raises(KeyboardInterrupt):
        lab.over_seeds(f, [3, 2], progress=False)


def test_over_seeds_takes_numbers_of_any_kind():
    torch = pytest.importorskip("torch")
    values = [torch.tensor(1.5), np.float32(1.5), 1.5]
    sample = lab.over_seeds(values.__getitem__, range(3), progress=False)
    assert sample.values.tolist() == [1.5, 1.5, 1.5]


@pytest.mark.parametrize(
    ("f", "seeds", "error", "message"),
    [
        (float, 5, TypeError, r"integers such as range\(5\), got 5"),
        (float, [], ValueError, "no seeds"),
        (float, [1, 2, 1], ValueError, r"twice, and is no second run: \[1, 2, 1\]"),
        (lambda s: None, [0], TypeError, "f to return a number, got NoneType"),
        (lambda s: math.nan, [4], ValueError, r"f\(4\) is nan"),
    ],
)
def test_over_seeds_refuses(f, seeds, error, message):
    with pytest.raises(error, match=message):
        lab.over_seeds(f, seeds, progress=False)


def test_over_seeds_shows_a_bar_only_where_it_should(capsys, monkeypatch):
    monkeypatch.delenv("DLCOURSE_BUILD", raising=False)
    lab.over_seeds(float, range(3))
    assert "3/3" in capsys.readouterr().err
    lab.over_seeds(float, range(3), progress=False)
    assert capsys.readouterr().err == ""
    monkeypatch.setenv("DLCOURSE_BUILD", "1")
    lab.over_seeds(float, range(3))
    assert capsys.readouterr().err == ""


# ------------------------------------------------------------------------- printing


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ([94.9, 94.2, 95.3], "≈ 94.8, 95 % interval ≈ [93.4, 96.2] (3 seeds)"),
        ([94.9, 94.8, 95.0], "≈ 94.90, 95 % interval ≈ [94.65, 95.15] (3 seeds)"),
        ([10, 50, 90], "≈ 50, 95 % interval ≈ [-49, 149] (3 seeds)"),
        ([2.0, 2.0], "≈ 2.00, 95 % interval ≈ [2.00, 2.00] (2 seeds)"),
        ([0.5], "≈ 0.500 (1 seed, no interval)"),
        # the ends have one decimal place, whatever their own size
        ([-0.1, -0.0358], "≈ -0.07, 95 % interval ≈ [-0.48, 0.34] (2 seeds)"),
        ([-0.083, -0.073], "≈ -0.078, 95 % interval ≈ [-0.142, -0.014] (2 seeds)"),
        ([1e-5, 2e-5], "≈ 1.5e-05, 95 % interval ≈ [-4.9e-05, 7.9e-05] (2 seeds)"),
    ],
)
def test_sample_s_repr(values, text):
    assert repr(lab.Sample(np.array(values))) == text


INTERVAL = "≈ -0.068 nats, 95 % interval ≈ [-0.146, 0.010] nats"
PER_CENT = "≈ 95.0 %, 95 % interval ≈ [93.8, 96.2] % (3 seeds)"


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ((95.3, "%"), "≈ 95.3 %"),
        ((0.0012345,), "≈ 0.00123"),
        ((12345.6, "s"), "≈ 12346 s"),
        ((-0.5,), "≈ -0.500"),
        ((0,), "≈ 0.000"),
        ((1.2345e-7, "", 2), "≈ 1.2e-07"),
        ((9.998e-5,), "≈ 1.000e-04"),
        ((9.996e-4,), "≈ 0.001000"),
        ((math.nan,), "≈ nan"),
        ((-math.inf,), "≈ -inf"),
        ((1.2345e25,), "≈ 1.23e+25"),
        ((-1.2e-310, "", 2), "≈ -1.2e-310"),
        ((2578,), "≈ 2578"),
        ((np.float32(0.5),), "≈ 0.500"),
        ((np.int64(-7),), "≈ -7.00"),
        (([1.0, 2.25e-6], "s"), "≈ [1.00, 2.25e-06] s"),
        (([1.0, math.inf],), "≈ [1.00, inf]"),
        ((-0.06795, "nats", 3, (-0.1459, 0.00997)), INTERVAL),
        ((0.2, "", 3, (0.2, 0.2)), "≈ 0.200, 95 % interval ≈ [0.200, 0.200]"),
        ((lab.Sample(np.array([94.5, 95.0, 95.5])), "%"), PER_CENT),
        ((lab.Sample(np.array([95.0])), "%"), "≈ 95.0 % (1 seed, no interval)"),
    ],
)
def test_measured(arguments, text):
    assert lab.measured(*arguments) == text


@pytest.mark.parametrize("value", ["95", None, [[1.0]], 1j, True])
def test_what_is_no_number_cannot_be_measured(value):
    with pytest.raises(TypeError, match="measured expects a number"):
        lab.measured(value)


@given(samples)
def test_the_mean_and_both_ends_have_the_same_decimals(values):
    text = repr(lab.Sample(np.array(values)))
    mean, low, high = re.findall(r"-?\d+\.?(\d*)(e\S\d+)?(?=[],])", text)
    assert len({(len(decimals), power) for decimals, power in (mean, low, high)}) == 1


@given(st.floats(1e-12, 1e9), st.integers(1, 6))
def test_measured_shows_the_number_to_its_digits(value, digits):
    shown = float(lab.measured(value, digits=digits).removeprefix("≈ "))
    assert shown == pytest.approx(value, rel=0.51 * 10 ** (1 - digits))


@given(samples)
def test_every_number_that_may_vary_stands_behind_the_sign(values):
    # what the comparison of notebooks replaces: ≈ and a number, ≈ and a bracket
    number = r"-?\d+(\.\d+)?(e[+-]\d+)?"
    text = repr(lab.Sample(np.array(values)))
    hidden = re.sub(rf"≈ ({number}|\[{number}, {number}\])", "≈ #", text)
    assert hidden == f"≈ #, 95 % interval ≈ # ({len(values)} seeds)"


@pytest.mark.parametrize("size", [1e-200, 1.0, 1e200])
def test_an_interval_has_its_width_at_any_size(size):
    """Squares of deviations of 1e-200 are 0: the interval would be a point."""
    values = np.array([1.0, 2.0, 4.0])
    low, high = lab.interval(size * values)
    exact = lab.interval(values)
    assert (low / size, high / size) == pytest.approx(exact)
    assert lab.Sample(size * values).std == pytest.approx(size * values.std(ddof=1))
