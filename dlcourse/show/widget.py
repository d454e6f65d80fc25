"""How a notebook keeps a widget, in ipywidgets 7 (Colab's) and 8 alike."""

__all__ = ["view"]


def view(widget, **instead):
    """The output that shows ``widget``: {MIME type: data}.

    Args:
        instead: ``text`` and ``html``, for a viewer where no widget can run.
    """
    names = {"text": "text/plain", "html": "text/html"}
    return {
        "application/vnd.jupyter.widget-view+json": {
            "version_major": 2,
            "version_minor": 0,
            "model_id": widget.model_id,
        },
        **{names[kind]: said for kind, said in instead.items()},
    }
