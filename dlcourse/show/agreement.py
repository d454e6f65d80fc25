"""The table at the end of a lesson: do different ways lead to the same numbers?"""

__all__ = ["agreement"]


def agreement(rows):
    """Print a table with one row for each label: is each difference within its bound?

    The text is the same wherever all agree: a difference is printed only where it is
    too large.

    Args:
        rows: label -> {column: (difference, bound)}; for a table of one column, label
            -> (difference, bound). ``lab.against_torch`` returns such a row.

    Raises TypeError where ``rows`` is no dict, or a cell no pair of numbers.
    """
    if not isinstance(rows, dict) or not rows:
        raise TypeError(
            "agreement expects a dict label -> (difference, bound), got "
            + (type(rows).__name__ if not isinstance(rows, dict) else "an empty one")
        )
    cells = {
        label: {
            column: _cell(label, pair)
            for column, pair in (row if isinstance(row, dict) else {"": row}).items()
        }
        for label, row in rows.items()
    }
    columns = list(dict.fromkeys(column for row in cells.values() for column in row))
    table = [["", *columns]] if any(columns) else []
    table += [
        [label, *(row.get(column, "") for column in columns)]
        for label, row in cells.items()
    ]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for line in table:
        padded = (text.ljust(width) for text, width in zip(line, widths, strict=True))
        print("  ".join(padded).rstrip())


def _cell(label, pair):
    try:
        difference, bound = map(float, pair)
    except (TypeError, ValueError):
        raise TypeError(
            f"agreement: {label!r} expects (difference, bound), got {pair!r}"
        ) from None
    within = f"within {bound:.0e}"
    return within if abs(difference) <= bound else f"NOT {within}: {difference:.1e}"
