"""Where the lessons and the data are that come with this package."""

from pathlib import Path

__all__ = ["PACKAGE", "shipped"]

PACKAGE = Path(__file__).resolve().parent


def shipped(name):
    """The folder ``name``, "data" or "notebooks": an installed package holds it.

    In a checkout it lies beside the package.
    """
    inside = PACKAGE / name
    return inside if inside.is_dir() else PACKAGE.parent / name
