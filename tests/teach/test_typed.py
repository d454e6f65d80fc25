"""Numbers as learners type them."""

import pytest

from dlcourse.teach.typed import number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("300", 300),
        (" -4 ", -4),
        ("+4", 4),
        ("1e-3", 1e-3),
        ("1.024", 1.024),
        ("2,5", 2.5),
        (",5", 0.5),
        ("0,024", 0.024),
        ("1,0245", 1.0245),
        ("1,024,000", 1024000),
        ("1.024.000", 1024000),
        ("-1,024.5", -1024.5),
        ("1.024,5", 1024.5),
        ("1 024", 1024),
        ("1\u202f024\xa0000", 1024000),
        ("\u22123", -3),
        ("1e\u22123", 1e-3),
        ("10 %", 0.1),
        ("2,5%", 0.025),
    ],
)
def test_what_is_one_number_is_taken(text, value):
    assert number(text) == pytest.approx(value, rel=1e-15)


def test_its_unit_may_stand_behind_it():
    assert number("300 steps", "steps") == number("300", "steps") == 300
    assert number("10 %", "%") == number("10", "%") == 10


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("1,024", "1024 or 1.024"),
        ("-16,356", "-16356 or -16.356"),
        ("1,024e3", "1024e3 or 1.024e3"),
    ],
)
def test_what_may_be_two_numbers_is_asked_for_again(text, read):
    with pytest.raises(ValueError, match=rf"\*{text}\* can be .* Write {read}\.$"):
        number(text)


@pytest.mark.parametrize(
    "text",
    ["", "many", "nan", "inf", "1e999", "1,2,3", "12,345,6", "1 02", "3 steps"],
)
def test_what_is_no_number_is_not_taken(text):
    with pytest.raises(ValueError, match="Give a number first: a guess is welcome"):
        number(text)
