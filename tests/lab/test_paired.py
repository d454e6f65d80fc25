"""paired_difference: two methods on the same seeds."""

import numpy as np
import pytest

from dlcourse import lab


def test_what_the_runs_share_drops_out():
    luck = np.random.default_rng(0).normal(scale=10, size=8)
    a, b = lab.Sample(luck + [1, 2] * 4), lab.Sample(luck)
    got = lab.paired_difference(a, b)
    np.testing.assert_allclose(got.values, [1, 2] * 4)
    low, high = got.interval
    assert 1 < low < 1.5 < high < 2


@pytest.mark.parametrize(
    ("a", "error", "says"),
    [
        (lab.Sample(np.ones(3)), ValueError, "the same seeds in both, got 3 and 2"),
        ([1, 2], TypeError, "two Samples, .* got list"),
    ],
)
def test_bad_input(a, error, says):
    with pytest.raises(error, match=says):
        lab.paired_difference(a, lab.Sample(np.ones(2)))
