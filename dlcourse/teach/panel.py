"""How the room speaks: one message, as text and as a small box, shown exactly once."""

import os
import re
import sys

from IPython import get_ipython
from IPython.display import publish_display_data

__all__ = ["Shown", "box", "building", "markup", "plain", "publish", "table"]

COLOURS = {
    "right": "#2e7d32",
    "wrong": "#c62828",
    "hint": "#b26a00",
    "note": "#1565c0",
}


def building():
    """Whether the course is being built or tested: nothing of a learner's is kept."""
    return os.environ.get("DLCOURSE_BUILD", "") not in ("", "0")


def markup(text):
    """The course's prose (`code`, *emphasis*, **bold**, $mathematics$) as HTML."""
    return _translate(
        text, str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"}), HTML
    )


def plain(text):
    """The same prose for a terminal: emphasis loses its stars."""
    return _translate(text, {}, TEXT)


HTML = (r"<b>\1</b>", r"<em>\1</em>", "<code>{}</code>", "<br>")
TEXT = (r"\1", r"\1", "`{}`", "\n")


def _translate(text, escapes, style):
    bold, emphasis, code, newline = style
    pieces = re.split(r"(`[^`]+`|\$[^$]+\$)", text.translate(escapes))
    for i, piece in enumerate(pieces):
        if piece.startswith("`") and i % 2:
            pieces[i] = code.format(piece[1:-1])
        elif i % 2 == 0:  # not in code, not in mathematics
            piece = re.sub(r"\*\*(.+?)\*\*", bold, piece)
            piece = re.sub(r"(?<![\w*])\*(\S|\S[^*]*\S)\*(?![\w*])", emphasis, piece)
            pieces[i] = piece.replace("\n", newline)
    return "".join(pieces)


def box(inner, mood):
    """HTML with a coloured edge: readable in light and dark, and without any style."""
    edge = f"border-left:4px solid {COLOURS[mood]}"
    return f'<div style="{edge};padding:.3em .9em;margin:.3em 0">{inner}</div>'


def table(header, rows):
    """An HTML table, and the same as text: ``(html, text)``.

    The text is not aligned: a measured number may have another length elsewhere.
    """
    text = "\n".join(" | ".join(map(plain, row)) for row in (header, *rows))

    def row_of(tag, row):
        """Left-aligned; what is short, as a number or a verdict, stays on one line."""
        whole = ";white-space:nowrap"
        return "".join(
            f'<{tag} style="text-align:left{whole * (len(plain(cell)) < 24)}">'
            f"{markup(cell)}</{tag}>"
            for cell in row
        )

    body = "".join(f"<tr>{row_of('td', row)}</tr>" for row in rows)
    head = f"<thead><tr>{row_of('th', header)}</tr></thead>"
    return f"<table>{head}<tbody>{body}</tbody></table>", text


def publish(text, rich, **structure):
    """Show ``text`` (a terminal, a test) or ``rich`` HTML (a notebook).

    ``structure`` travels in the output's metadata, for the tools that read notebooks.
    A character that the stream lacks becomes a question mark.
    """
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    text = text.encode(encoding, "replace").decode(encoding)
    if get_ipython() is None:
        print(text)
    else:
        metadata = {"dlcourse": structure} if structure else {}
        publish_display_data({"text/plain": text, "text/html": rich}, metadata)


class Shown:
    """A result that shows itself when it is made, and is not shown a second time.

    So ``check(f)`` displays once whether or not it is the last line of its cell. Asked
    for in a later cell, it displays again. A subclass has ``text``, ``html`` and
    ``structure``.
    """

    structure = {}  # noqa: RUF012
    _shown_in = None

    def show(self):
        publish(self.text, self.html, **self.structure)
        self._shown_in = _cell()
        return self

    def _ipython_display_(self):
        if self._shown_in != _cell():
            self.show()

    def __repr__(self):
        return self.text


def _cell():
    shell = get_ipython()
    return shell and shell.execution_count
