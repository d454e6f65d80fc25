"""Numbers in sentences, and cells in lines."""

__all__ = ["counted", "separator"]


def counted(number, noun):
    """As "1 point", "0.5 points", "3 points"."""
    return f"{number:g} {noun}{'s' * (number != 1)}"


def separator(line):
    """What stands between the cells of a CSV file that begins with this ``line``."""
    return max(",;\t", key=line.count)
