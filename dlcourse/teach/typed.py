"""Numbers as learners type them."""

import math
import re

__all__ = ["number"]

SIGNS_AND_SPACES = str.maketrans("\u2212\u2013\xa0\u202f\u2009", "--   ")
EITHER = re.compile(r"([-+]?[1-9]\d{0,2}),(\d{3}(?:e[-+]?\d+)?)", re.IGNORECASE)
# Thousands: a mark that comes more than once, or before the other one.
THOUSANDS = re.compile(
    r"[-+]?\d{1,3}"
    r"((,\d{3})+(?=\.)|(\.\d{3})+(?=,)|(,\d{3}){2,}(?![\d,])|(\.\d{3}){2,}(?![\d.]))"
)


def number(text, unit=""):
    """The finite number in ``text``, which may end with its ``unit``.

    A decimal comma will do, and so do marks or spaces between thousands, and a minus
    sign copied from a text; without a unit, "10 %" is 0.1. Raises ValueError with a
    sentence for the learner where there is no number, or two: "1,024" is 1024 to some
    and 1.024 to others.
    """
    text, scale = text.translate(SIGNS_AND_SPACES).strip(), 1
    if text.endswith(unit or "%"):
        scale = 1 if unit else 0.01
        text = text.removesuffix(unit or "%").strip()
    text = re.sub(r"(?<=\d) (?=\d{3}(?!\d))", "", text)
    if found := EITHER.fullmatch(text):
        whole, rest = found.groups()
        raise ValueError(
            f"*{text}* can be read in two ways. Write {whole}{rest} or {whole}.{rest}."
        )
    text = THOUSANDS.sub(lambda found: re.sub("[,.]", "", found[0]), text, count=1)
    try:
        value = float(text.replace(",", ".")) * scale
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError("Give a number first: a guess is welcome.")
    return value
