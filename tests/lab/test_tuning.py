"""tune: chosen on some seeds, measured on others."""

import pytest

from dlcourse import lab


def parabola(setting, seed):
    if setting > 5:
        raise FloatingPointError("diverged")
    return (setting - 3) ** 2 + 0.01 * seed


def tuned(run=parabola, settings=(1, 2, 3, 4, 6), **options):
    options = {"tuning_seeds": [100, 101], "seeds": range(3)} | options
    return lab.tune(run, settings, progress=False, **options)


def test_the_best_setting_is_measured_on_other_seeds():
    result = tuned()
    assert result.setting == 3 and not result.at_edge
    assert result.sample.values.tolist() == pytest.approx([0, 0.01, 0.02])
    assert result.tried[6] == float("inf")
    assert result.tried[3] == pytest.approx(1.005)


def test_the_edge_of_what_was_tried_is_named():
    result = tuned(settings=(0, 1, 2))
    assert result.setting == 2 and result.at_edge
    assert "at the edge of what was tried" in repr(result)
    assert not tuned(settings=(3,)).at_edge


def test_largest():
    result = tuned(settings=(1, 2, 3, 4, 6), largest=True)
    assert result.setting == 1 and result.tried[6] == -float("inf")


@pytest.mark.parametrize(
    "options, message",
    [
        ({"settings": ()}, "at least one setting"),
        ({"tuning_seeds": []}, "one tuning seed"),
        ({"tuning_seeds": [1, 9]}, r"seeds \[1\] are in both"),
        ({"settings": (6, 7)}, r"none of the settings \[6, 7\]"),
    ],
)
def test_bad_arguments(options, message):
    with pytest.raises(ValueError, match=message):
        tuned(**options)
