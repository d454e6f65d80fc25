"""Numbers in sentences."""

__all__ = ["counted"]


def counted(number, noun):
    """As "1 point", "0.5 points", "3 points"."""
    return f"{number:g} {noun}{'s' * (number != 1)}"
