"""agreement: the table that closes a lesson."""

import pytest

from dlcourse import show


def test_what_is_within_its_bound_is_not_printed_and_what_is_not_is(capsys):
    show.agreement(
        {
            "tanh": {"value": (3e-17, 1e-12), "gradient": (0.0, 1e-12)},
            "a longer name": {"gradient": (2.5e-3, 1e-12), "slow": (1e-9, 1e-8)},
        }
    )
    assert capsys.readouterr().out.splitlines() == [
        "               value         gradient                   slow",
        "tanh           within 1e-12  within 1e-12",
        "a longer name                NOT within 1e-12: 2.5e-03  within 1e-08",
    ]


def test_one_column_needs_no_heading(capsys):
    show.agreement({"PyTorch": (1e-13, 1e-12), "by hand": (-1e-3, 1e-8)})
    assert capsys.readouterr().out.splitlines() == [
        "PyTorch  within 1e-12",
        "by hand  NOT within 1e-08: -1.0e-03",
    ]


def test_nan_is_within_no_bound(capsys):
    show.agreement({"a": (float("nan"), 1e-12)})
    assert "NOT within 1e-12: nan" in capsys.readouterr().out


@pytest.mark.parametrize("rows", [[], {}, {"a": 3}, {"a": {"b": (1, 2, 3)}}])
def test_bad_input(rows):
    with pytest.raises(TypeError, match="agreement"):
        show.agreement(rows)
