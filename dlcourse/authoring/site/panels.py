"""Predictions, quizzes and explorables as HTML that works without a kernel.

The HTML stands by itself; static/questions.js makes buttons of the answers, keeps what
is chosen in the browser's storage, and shows what is known after that.
"""

import ast
from html import escape

import nbformat

from dlcourse.authoring.frames import explored
from dlcourse.authoring.page import name_of
from dlcourse.authoring.site import mathematics
from dlcourse.teach.panel import markup
from dlcourse.teach.quiz import BEFORE, load
from dlcourse.teach.recall import HEADING, chosen

ASKING = {"explore", "predict", "quiz", "recall"}
WIDGET = "application/vnd.jupyter.widget-view+json"


def html(text):
    """An output that shows the HTML ``text``."""
    return nbformat.v4.new_output("display_data", {"text/html": text})


def fill(cell, lesson):
    """Put HTML in the place of the widgets that the code cell ``cell`` shows."""
    for output in cell.outputs:
        data = output.get("data", {})
        if data.pop(WIDGET, None):
            shown = _panel(cell, lesson, "".join(data.get("text/html", "")))
            data.clear()
            data["text/html"] = shown
        answer = output.get("metadata", {}).get("dlcourse", {})
        if "prediction" in answer:
            data["text/html"] = _revealed(answer, "".join(data["text/html"]))


def asks_only(cell):
    """Whether a code cell does nothing but show what :func:`fill` puts on the page."""
    body, calls = ast.parse(cell.source).body, _calls(cell.source)
    shown = {name_of(call.func) for call in calls}
    return len(calls) == len(body) and bool(shown) and shown <= ASKING


def _panel(cell, lesson, static):
    for call in _calls(cell.source):
        match name_of(call.func), [a.value for a in call.args if _is_constant(a)]:
            case "predict", [name, *_]:
                unit = next((k.value for k in call.keywords if k.arg == "unit"), None)
                unit = unit.value if _is_constant(unit) else ""
                return _div("predict", static, key=name, unit=unit)
            case "quiz", [name]:
                before = any(k.arg == "before" for k in call.keywords)
                return _quiz(load(name), before)
            case "recall", [name, *count]:
                asked = chosen(name, *count)
                return _div("recall", markup(HEADING) + _listed(asked))
            case "explore", _:
                (name,) = explored(cell.source)
                return _div("explorable", "", frames=f"{lesson.name}/{name}")
    return static


def _calls(source):
    """The calls of a cell, those that stand on their own line."""
    return [
        node.value
        for node in ast.parse(source).body
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    ]


def _is_constant(node):
    return isinstance(node, ast.Constant)


def _quiz(questions, before):
    if not before:
        return _div("quiz", _listed(questions) + '<p class="dl-gain"></p>')
    folded = f"<details><summary>The quiz</summary>{_listed(questions)}</details>"
    return _div("before", f"<p>{BEFORE}</p>{folded}")


def _listed(questions):
    """The questions with their options, each with what is said to who chose it."""
    items = []
    for question in questions:
        options = "".join(
            f'<li data-said="{escape(_rich(question.explain(option)))}"'
            f"{' data-right' * (option == question.answer)}>{_rich(option)}</li>"
            for option in question.options
        )
        items.append(
            f'<li data-key="{question.key}"><p>{_rich(question.text)}</p>'
            f"<ul>{options}</ul></li>"
        )
    return f"<ol>{''.join(items)}</ol>"


def _revealed(answer, shown):
    """An answer, which waits for the prediction."""
    shown = shown.replace(" You have made no prediction.", "")
    right = _rich(answer["option"]) if answer["option"] else ""
    return _div("reveal", shown, key=answer["prediction"], right=right)


def _div(kind, inner, **data):
    given = "".join(f' data-{k}="{escape(v)}"' for k, v in data.items())
    return f'<div class="dl-{kind}"{given}>{inner}</div>'


def _rich(text):
    return mathematics.within(markup(text))
