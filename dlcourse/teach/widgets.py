"""The widgets of the room: a panel that is still readable where no widget can run."""

import ipywidgets
from IPython import get_ipython
from IPython.display import publish_display_data

from dlcourse.show.widget import view
from dlcourse.teach.panel import COLOURS, markup

__all__ = ["Panel", "button", "choices", "prose"]

WIDE = ipywidgets.Layout(width="auto")


class Panel(ipywidgets.VBox):
    """Widgets in a column; on GitHub, in print or without a kernel, ``static`` text.

    The static text travels in the same output, as text and as HTML, so that a viewer
    shows the one or the other and never both.
    """

    def __init__(self, children, static_text, static_html):
        super().__init__(children, layout=ipywidgets.Layout(padding="4px 12px"))
        self.static_text, self.static_html = static_text, static_html

    def bundle(self):
        """What a notebook keeps of it."""
        return view(self, text=self.static_text, html=self.static_html)

    def show(self):
        if get_ipython() is None:
            print(self.static_text)
        else:
            publish_display_data(self.bundle())

    def _ipython_display_(self):
        self.show()


def prose(text="", mood=None):
    """A widget of the course's prose, mathematics included."""
    return ipywidgets.HTMLMath(rich(text, mood))


def rich(text, mood=None):
    """The prose as HTML; with a ``mood``, behind a coloured edge."""
    if not text:
        return ""
    edge = f"border-left:4px solid {COLOURS[mood]};padding-left:.7em" if mood else ""
    return f'<div style="line-height:1.5;{edge}">{markup(text)}</div>'


def choices(options):
    """Radio buttons, none chosen; no text is cut off."""
    return ipywidgets.RadioButtons(options=list(options), value=None, layout=WIDE)


def button(label):
    fitting = ipywidgets.Layout(width="max-content", min_width="8em")
    return ipywidgets.Button(description=label, layout=fitting)
