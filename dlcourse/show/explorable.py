"""A figure that follows controls: sliders, buttons, check boxes.

``explore`` shows two outputs. The first is the figure for the controls' first values,
an ordinary picture: it is there on GitHub, in print, and when no kernel runs. The
second is the widget, which draws the figure anew when a control is moved; where it is
alive, the page hides the first.
"""

import html
import traceback
from decimal import Decimal
from numbers import Integral, Real

import ipywidgets
from IPython import get_ipython
from IPython.display import publish_display_data

from dlcourse.show import style
from dlcourse.show.figure import described, hidden, png, publish
from dlcourse.show.widget import view

__all__ = ["Explorable", "explore"]

# JupyterLab's name for an output. The two before a living widget, picture and caption,
# step aside.
OUTPUT = ".jp-OutputArea-child"
ASIDE = f"""<style>
{OUTPUT}:has(+ {OUTPUT} .dlcourse-explorable),
{OUTPUT}:has(+ {OUTPUT} + {OUTPUT} .dlcourse-explorable) {{display: none}}
</style>"""


def explore(draw, *, alt, labels=None, **controls):
    """Show ``draw(**values)`` with a control for each of its arguments.

    Args:
        draw: a function of the controls' values that returns a matplotlib Figure.
        alt: what there is to see at first, for who cannot see it.
        labels: control -> text beside it, with the unit: {"rate": "rate (1/step)"}.
            By default the argument's name.
        controls: for each argument of ``draw`` a slider ``(low, high, step, start)``
            (whole numbers if all four are), buttons ``[option, ...]``, a check box
            ``True`` or ``False``, or any ipywidget with a ``value``.

    Returns the Explorable, which is already displayed.

    Raises TypeError and ValueError for a control that is none of these, and whatever
    ``draw`` raises at the first values. What it raises later is shown in the widget.
    """
    explorable = Explorable(draw, alt, labels or {}, controls)
    explorable.show()
    return explorable


class Explorable(ipywidgets.VBox):
    """The controls in a column, below them the picture, between them what went wrong.

    Attributes: ``controls`` (name -> widget), ``picture`` (the Image), ``message`` (the
    HTML that an error is written to), ``caption`` (what screen readers read).
    """

    def __init__(self, draw, alt, labels, controls):
        self.draw, self.alt = draw, described(alt)
        if not controls:
            raise TypeError("explore needs a control: name=(low, high, step)")
        if unknown := set(labels) - set(controls):
            raise ValueError(f"labels names {sorted(unknown)}, not among the controls")
        self.controls = {
            name: _control(name, given, labels.get(name, name.replace("_", " ")))
            for name, given in controls.items()
        }
        figure = self._figure()
        self.width = figure.get_figwidth()
        self.picture = ipywidgets.Image(
            value=png(figure),
            format="png",
            layout={"width": f"{96 * self.width:.0f}px", "max_width": "100%"},
        )
        self.message = ipywidgets.HTML(layout={"display": "none"})
        panel = ipywidgets.VBox([*self.controls.values()], layout={"margin": "4px 0"})
        self.caption = ipywidgets.HTML(layout={"height": "0", "margin": "0"})
        self._describe(self.alt)
        super().__init__([panel, self.message, self.picture, self.caption])
        self.add_class("dlcourse-explorable")
        for control in self.controls.values():
            control.observe(self._redraw, "value")

    @property
    def values(self):
        """What the controls are at: name -> value."""
        return {name: _clean(control.value) for name, control in self.controls.items()}

    def show(self):
        publish(self.picture.value, self.alt, self.width)
        if get_ipython() is not None:
            publish_display_data(view(self, text=self._invitation()))
        self._shown_in = _cell()

    def _ipython_display_(self):
        if self._shown_in != _cell():  # as the last line of its cell: shown already
            self.show()

    def _invitation(self):
        names = ", ".join(c.description for c in self.controls.values())
        return f"Run this cell in JupyterLab to change: {names}."

    def _figure(self):
        figure = self.draw(**self.values)
        if not hasattr(figure, "set_dpi"):
            raise TypeError(
                f"draw returned {type(figure).__name__}, explore expects a Figure: "
                "end it with `return show.lines(..., return_figure=True)`"
            )
        return figure

    def _redraw(self, change):
        try:
            figure = self._figure()
            self.picture.value = png(figure)
        except Exception as error:
            self.message.value = _complaint(self.values, error)
            self.message.layout.display = None
        else:
            self.message.layout.display, self.message.value = "none", ""
            at = ", ".join(f"{name} = {v}" for name, v in self.values.items())
            self._describe(f"{at}. {figure.get_label()}")

    def _describe(self, text):
        self.caption.value = hidden(f"Figure: {text}", live=True) + ASIDE


def _control(name, given, label):
    """The widget that ``given`` stands for."""
    if isinstance(given, ipywidgets.Widget):
        if not hasattr(given, "value"):
            raise TypeError(f"{name}: a {type(given).__name__} has no value")
        control = given
        control.description = control.description or label
    elif isinstance(given, bool):
        control = ipywidgets.Checkbox(given, description=label, indent=False)
    elif isinstance(given, tuple):
        control = _slider(name, given, label)
    elif isinstance(given, list) and given:
        # Not a menu nor radio buttons: JupyterLab keeps the arrow keys from them.
        control = ipywidgets.ToggleButtons(options=given, description=label)
        control.layout.width = "auto"
        control.style.button_width = "auto"
    else:
        raise TypeError(
            f"{name} expects (low, high, step, start), a list of options, True, False "
            f"or a widget, got {given!r}"
        )
    control.style.description_width = "initial"  # no text is cut off
    if control.has_trait("tooltip"):  # in ipywidgets 7 sliders have none
        control.tooltip = control.tooltip or control.description
    return control


def _slider(name, given, label):
    if not 3 <= len(given) <= 4 or not all(isinstance(v, Real) for v in given):
        raise TypeError(
            f"{name}: a slider is (low, high, step) or (low, high, step, start), "
            f"all numbers, got {given!r}"
        )
    low, high, step, start = (*given, given[0])[:4]
    if not (low < high and low <= start <= high and step > 0):
        raise ValueError(
            f"{name}: a slider needs low < high, step above 0 and a start between low "
            f"and high, got {given!r}"
        )
    options = {"min": low, "max": high, "step": step, "description": label}
    options["layout"] = {"width": "min(480px, 100%)"}
    if all(isinstance(v, Integral) for v in (low, high, step, start)):
        return ipywidgets.IntSlider(start, **options)
    places = max(0, -Decimal(str(step)).normalize().as_tuple().exponent)
    return ipywidgets.FloatSlider(start, readout_format=f".{places}f", **options)


def _clean(value):
    """The browser counts steps in floats: 1.5, not 1.5000000000000018."""
    return float(f"{value:.12g}") if isinstance(value, float) else value


def _complaint(values, error):
    """The error, and folded away where it arose."""
    at = ", ".join(f"{k}={v!r}" for k, v in values.items())
    said = html.escape(f"draw({at}) raised {type(error).__name__}: {error}")
    where = html.escape("".join(traceback.format_exception(error)))
    return (
        f'<div role="alert" style="border-left:4px solid {style.BACKWARD};'
        f'padding-left:.7em;line-height:1.5"><b>{said}</b> The figure is still the one '
        f"before.<details><summary>Where</summary><pre>{where}</pre></details></div>"
    )


def _cell():
    shell = get_ipython()
    return shell and shell.execution_count
