"""Sphinx's settings for the site; ``make site`` builds it."""

import re

from docutils import nodes
from myst_nb.core.render import NbElementRenderer

import dlcourse

project, author = "dlcourse", "dlcourse"
release = dlcourse.__version__
html_title = "dlcourse"
extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
    "dlcourse.authoring.site.headings",
    "dlcourse.authoring.site.mathematics",
]

myst_enable_extensions = ["amsmath", "dollarmath"]
myst_heading_anchors = 4
myst_heading_slug_func = "dlcourse.authoring.site.headings.slug"
nb_execution_mode = "off"
nb_merge_streams = True
nb_ipywidgets_js = {}  # or they are asked for at another host
nb_mime_priority_overrides = [("html", "text/html", 0)]

autodoc_default_options = {"members": True, "imported-members": True}
autodoc_member_order = "alphabetical"
autodoc_typehints = "none"
napoleon_numpy_docstring, napoleon_use_ivar = False, True
viewcode_line_numbers = False

exclude_patterns = ["_static"]
html_scaled_image_link = False
html_math_renderer = "mathml"
html_theme = "furo"
html_css_files = ["dlcourse.css"]
html_js_files = [
    (name, {"defer": "defer"}) for name in ("page.js", "explorable.js", "questions.js")
]
html_favicon = "static/icon.svg"
html_copy_source = html_show_sourcelink = False
html_show_sphinx = html_show_copyright = False
html_theme_options = {"navigation_with_keys": False, "top_of_page_buttons": []}
pygments_style, pygments_dark_style = (
    "a11y-high-contrast-light",
    "a11y-high-contrast-dark",
)


def _described(render):
    """Pictures keep the alternative texts that the notebook has for them."""

    def described(self, data):
        result = render(self, data)
        alt = data.output_metadata.get(data.mime_type, {}).get("alt", "")
        for image in (i for top in result for i in top.findall(nodes.image)):
            image["alt"] = alt
        return result

    return described


NbElementRenderer.render_image = _described(NbElementRenderer.render_image)


def _as_rst(app, what, name, obj, options, lines):
    """In docstrings |x| is a size; *this* is emphasis, other stars multiply."""
    pieces = re.split(r"(``.+?``)", "\n".join(lines), flags=re.DOTALL)
    for i in range(0, len(pieces), 2):
        pieces[i] = EMPHASIS.sub(lambda m: m["kept"] or f"\\{m[0]}", pieces[i])
        if i and re.match(r"\w", pieces[i]):  # ``Linear``s
            pieces[i] = f"\\ {pieces[i]}"
    lines[:] = "".join(pieces).split("\n")


EMPHASIS = re.compile(
    r"(?P<kept>(?<![\w*])(\*\*?)(?=\S)[^*]+(?<=\S)\2(?![\w*])|\\.)|[|*]"
)


def _mended(app, pagename, templatename, context, doctree):
    """What others' HTML has wrong.

    The theme calls captions of its menu headings, and not of which level. Links from
    sources back to the reference are dead where a name is documented in two rooms.
    """
    context["body"] = BACK.sub("", context.get("body", ""))
    menu = context.get("furo_navigation_tree", "")
    levelled = menu.replace('role="heading"', 'role="heading" aria-level="2"')
    context["furo_navigation_tree"] = levelled


BACK = re.compile(r'<a class="viewcode-back" href="[^"]*">\[docs\]</a>')


def setup(app):
    app.connect("html-page-context", _mended, priority=900)
    app.connect("autodoc-process-docstring", _as_rst)
