"""Digits on a line: what the recipe promises."""

from importlib import import_module

import numpy as np
import pytest

from dlcourse import lab

recipe = import_module("dlcourse.lab.digits_1d")  # the function has its name


def test_arrays_are_what_the_docstring_says():
    x, y = lab.digits_1d(205, seed=3)
    assert x.shape == (205, 40)
    assert (x.dtype, y.dtype) == (np.float32, np.int64)
    assert set(np.bincount(y, minlength=10)) == {20, 21}
    assert len(set(y[:40])) > 5  # shuffled
    assert x.mean() == pytest.approx(0, abs=1e-6)
    assert np.square(x).mean() == pytest.approx(1, rel=1e-5)


def test_a_seed_gives_the_same_curves_and_another_others():
    (x, y), (again, labels) = lab.digits_1d(30, 1), lab.digits_1d(30, 1)
    np.testing.assert_array_equal(x, again)
    np.testing.assert_array_equal(y, labels)
    assert not np.array_equal(x, lab.digits_1d(30, 2).x)


def test_a_curve_is_its_digit_s_edge_somewhere(monkeypatch):
    # Without noise and slope: find the edge again, by correlation at every place.
    for name in ("SLOPE", "SMOOTH_NOISE", "NOISE"):
        monkeypatch.setattr(recipe, name, 0)
    monkeypatch.setattr(recipe, "PADDING", (48, 48))
    monkeypatch.setattr(recipe, "POINTS", 60)
    x, y = lab.digits_1d(100)
    x = x - x.min(axis=1, keepdims=True)
    found = [
        [np.correlate(row, e).max() / np.linalg.norm(e) for e in recipe.EDGES]
        for row in x
    ]
    np.testing.assert_array_equal(np.argmax(found, axis=1), y)
    tops = x.argmax(axis=1)
    assert np.ptp(tops) > 40  # moved by up to 48
    heights = x.max(axis=1)
    assert 1.8 < heights.max() / heights.min() < 1.4 / 0.6 + 1e-6


def test_bad_sizes_are_named():
    for n, error in ((0, ValueError), (-1, ValueError), (2.5, TypeError)):
        with pytest.raises(error, match="digits_1d expects n"):
            lab.digits_1d(n)
