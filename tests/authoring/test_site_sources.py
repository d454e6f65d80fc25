"""What the site makes of a notebook, without Sphinx."""

from html import escape

import nbformat
import pytest

pytest.importorskip("sphinx")

from dlcourse.authoring.convert import chosen
from dlcourse.authoring.site import headings, mathematics, panels, sources
from dlcourse.teach.panel import markup
from dlcourse.teach.quiz import load

(LESSON,) = chosen(["01_backprop"])


def code(source, *outputs):
    return nbformat.v4.new_code_cell(source, outputs=list(outputs))


def widget(html=""):
    data = {panels.WIDGET: {"model_id": "1"}, "text/plain": "text"}
    return nbformat.v4.new_output(
        "display_data", {**data, **({"text/html": html} if html else {})}
    )


def filled(source, html=""):
    cell = code(source, widget(html))
    panels.fill(cell, LESSON)
    (output,) = cell.outputs
    assert list(output.data) == ["text/html"]
    return output.data["text/html"]


def test_a_prediction_keeps_its_words_and_gets_its_name():
    html = filled(
        'predict("the-id", "How many?", options=[f"{1}"])', "<b>How many?</b>"
    )
    expected = '<div class="dl-predict" data-key="the-id" data-unit=""><b>How many?</b>'
    assert html == f"{expected}</div>"
    assert 'data-unit="steps"' in filled('predict("a", "How many?", unit="steps")', "x")


def test_a_quiz_has_all_answers_and_explains_each():
    html = filled('quiz("01_backprop")')
    for question in load("01_backprop"):
        assert f'data-key="{question.key}"' in html
        for said in map(markup, question.wrong.values()):
            assert escape(said) in html or "$" in said
    assert html.count("data-right") == len(load("01_backprop"))
    assert html.count("data-said=") == html.count("<li data-said=")
    assert 'class="dl-before"' in filled('quiz("01_backprop", before=True)')


def test_an_explorable_has_the_place_of_its_frames():
    html = filled("show.explore(\n    draw,\n    z=(0, 1, 0.1),\n    alt='x',\n)")
    assert 'data-frames="01_backprop/draw"' in html


def test_an_answer_waits_for_its_prediction():
    note = {"prediction": "the-id", "option": "about *two*", "answer": "2"}
    shown = nbformat.v4.new_output(
        "display_data",
        {"text/html": "<div>The answer: 2. You have made no prediction.</div>"},
        metadata={"dlcourse": note},
    )
    cell = code("reveal('the-id', 2)", shown)
    panels.fill(cell, LESSON)
    html = cell.outputs[0].data["text/html"]
    assert 'class="dl-reveal" data-key="the-id"' in html
    assert "about &lt;em&gt;two&lt;/em&gt;" in html
    assert "no prediction" not in html


def test_what_only_asks_shows_no_code():
    assert panels.asks_only(code('quiz("01_backprop")'))
    assert not panels.asks_only(code('x = 1\nquiz("01_backprop")'))
    assert not panels.asks_only(code("print(1)"))


@pytest.mark.parametrize(
    ("link", "leads_to"),
    [
        ("01_backprop.ipynb#The-tape", "../lessons/01_backprop.ipynb#The-tape"),
        ("../CLAIMS.md", "../claims.md"),
        ("../dlcourse/lab/fit.py", f"{sources.FILES}/dlcourse/lab/fit.py"),
        ("https://example.org/a#b", "https://example.org/a#b"),
        ("#The-tape", "#The-tape"),
    ],
)
def test_links_lead_to_pages_or_to_the_repository(link, leads_to):
    assert sources.links(f"see [it]({link}).") == f"see [it]({leads_to})."


def test_formulas_are_set_in_html_and_code_is_left():
    html = mathematics.within("<p>$a &lt; b$ and <code>$x$</code></p>")
    assert "<math><mi>a</mi><mo>&lt;</mo><mi>b</mi></math>" in html
    assert "<code>$x$</code>" in html


def test_a_formula_that_cannot_be_read_is_told():
    with pytest.raises(mathematics.SphinxError, match=r"the formula '\\\\frac'"):
        mathematics.rendered(r"\frac")


def test_a_heading_is_named_as_in_jupyterlab():
    assert headings.slug(" Deeper: Is it right? ") == "Deeper:-Is-it-right?"
