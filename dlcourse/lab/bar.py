"""The progress bar: tqdm's, in a notebook and in a terminal."""

import os

from tqdm.auto import tqdm


def bar(iterable, total, progress, unit):
    """``iterable`` with a progress bar; none where ``progress`` is False.

    Nor is there one while notebooks are built and tested (DLCOURSE_BUILD=1): a bar is
    never twice the same. A bar inside another goes away when it is done.
    """
    hidden = not progress or os.environ.get("DLCOURSE_BUILD") == "1"
    return tqdm(iterable, total=total, disable=hidden, unit=unit, leave=None)
