"""What in a notebook is somebody's text, and what Jupyter and the build have made."""

import hashlib
import json
import re

__all__ = ["as_built", "cell_id", "linked", "moved", "written"]

SOURCE = "source"  # the learner's folder of the package's files that lessons link to
_MOVED = re.compile(rb"\]\(((?:\.\./)*)source/")
_LINK = re.compile(rb"\]\(((?:\.\./)*)\.\./dlcourse/([^)#\s]+)")


def written(content):
    """A digest of what was written into a file, given as bytes: a notebook's cells.

    Opening and running a notebook changes outputs, counts, metadata, ids of cells and
    the layout of the file, and Shift-Enter in the last cell appends an empty one: none
    of it counts. Of what is no notebook, or a damaged one, every byte does.
    """
    try:
        parts = [
            [cell["cell_type"], text, cell.get("attachments") or {}]
            for cell, text in _cells(content)
        ]
    except (ValueError, TypeError, KeyError):
        return digest(content)
    return digest(json.dumps(parts, sort_keys=True).encode())


def as_built(content):
    """Whether the cells of a notebook, given as bytes, say what they said when built.

    Their ids tell it, which follow from what they said. Missing cells do not show.
    """
    content, used = _MOVED.sub(rb"](\1../dlcourse/", content), {}
    try:
        return all(
            cell["id"] == cell_id(cell["cell_type"], text, used)
            for cell, text in _cells(content)
        )
    except (ValueError, TypeError, KeyError):
        return False


def cell_id(kind, text, used):
    """``code-7f3a...-1``: what the cell is, what it says, the how-manieth to say so.

    ``used`` counts the cells that say the same; {} before the first.
    """
    key = digest(f"{kind}\n{text}".encode())[:10]
    used[key] = used.get(key, 0) + 1
    return f"{kind}-{key}-{used[key]}"


def digest(content):
    return hashlib.sha256(content).hexdigest()


def linked(content):
    """The files of the package that a notebook, given as bytes, links to, sorted."""
    return sorted({path.decode() for _, path in _LINK.findall(content)})


def moved(content):
    """The notebook with those links as they are in a learner's folder.

    Neither JupyterLab nor an installed package has them above the notebooks.
    """
    return _LINK.sub(rb"](\1" + SOURCE.encode() + rb"/\2", content)


def _cells(content):
    """(cell, its text) for the cells that are not empty."""
    for cell in json.loads(content)["cells"]:
        text = "".join(cell["source"])
        if text.strip() or cell.get("attachments"):
            yield cell, text
