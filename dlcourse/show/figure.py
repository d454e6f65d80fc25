"""A figure in the notebook: a picture that keeps its description with it."""

import base64
import functools
import html
import inspect
import io
import sys

import numpy as np
from IPython import get_ipython
from IPython.display import publish_display_data
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from dlcourse.show import style

__all__ = ["described", "drawing", "figure", "hidden", "png", "publish"]


def figure(fig, alt):
    """Display ``fig`` with the alternative text ``alt``, and close it.

    ``alt`` is for who cannot see the picture: one or two sentences that say what there
    is to see in it. It is kept with the picture, where nbconvert looks for it, and in
    the page as text that only a screen reader meets.

    Raises ValueError without ``alt``, TypeError where ``fig`` is no matplotlib Figure.
    """
    alt = described(alt)
    publish(png(fig), alt, fig.get_figwidth())


def described(alt):
    """``alt`` on one line; ValueError where there is none."""
    if not isinstance(alt, str) or not alt.strip():
        raise ValueError(
            f"a figure needs alt=, a sentence on what there is to see, got {alt!r}"
        )
    return " ".join(alt.split())


def png(fig):
    """The bytes of a PNG file; the same figure, the same bytes. pyplot forgets ``fig``.

    256 colours are plenty for lines and grey images, and a third of the size.
    """
    if not hasattr(fig, "set_dpi"):
        raise TypeError(f"expected a matplotlib Figure, got {type(fig).__name__}")
    with style.applied():
        fig.set_dpi(style.DPI)
        canvas = FigureCanvasAgg(fig)
        canvas.draw()
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close(fig)
    picture = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    picture = picture.quantize(256, dither=Image.Dither.NONE)
    file = io.BytesIO()
    picture.save(file, "png", optimize=True)
    return file.getvalue()


def publish(picture, alt, width):
    """Show the bytes of a PNG file, ``width`` inches wide, and their description.

    JupyterLab (4.6) gives its <img> no alt attribute, whatever the metadata say: there
    the description follows as a paragraph that is hidden from view but not from screen
    readers. Elsewhere, as on GitHub, that paragraph is the figure's caption.
    """
    text = f"Figure: {alt}"
    if get_ipython() is None:
        print(text)
        return
    # A wide figure shrinks to the column; a very wide one scrolls, to stay readable.
    width = max(min(width, style.COLUMN), 0.75 * width)
    metadata = {"alt": alt, "width": round(96 * width)}
    if width > style.COLUMN:
        metadata["unconfined"] = True
    data = {"image/png": base64.b64encode(picture).decode(), "text/plain": text}
    publish_display_data(data, {"image/png": metadata})
    publish_display_data({"text/html": hidden(text)})


def hidden(text, live=False):
    """A paragraph for screen readers only; a ``live`` one is read when it changes."""
    polite = ' aria-live="polite"' if live else ""
    return f'<p class="jp-sr-only"{polite}>{html.escape(text)}</p>'


def drawing(draw):
    """Give a function that returns a Figure ``alt=`` and ``return_figure=``."""

    @functools.wraps(draw)
    def drawn(*args, alt=None, return_figure=False, **options):
        if not return_figure:
            alt = described(alt)  # before the work
        with style.applied():
            fig = draw(*args, **options)
        if return_figure:
            return fig
        figure(fig, alt)

    signature = inspect.signature(draw)
    extra = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default)
        for name, default in (("alt", None), ("return_figure", False))
    ]
    drawn.__signature__ = signature.replace(
        parameters=[*signature.parameters.values(), *extra]
    )
    return drawn
