"""Formulas as MathML, set when the site is built: no script, no other host.

Browsers draw MathML by themselves, screen readers read it, and it is a tenth as long as
the HTML that KaTeX makes. A font with a table of mathematical measures comes along,
less the characters that no formula needs, so that it looks alike everywhere.
"""

import functools
import html
import re
from importlib.metadata import distribution

from docutils import nodes
from fontTools import subset
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from math_core import LatexError, LatexToMathML
from sphinx.errors import SphinxError

FONT = "ziamath/fonts/STIXTwoMath-Regular.ttf"  # OFL; ziamath brings it
# Latin, accents, Greek, punctuation, arrows, operators, brackets; italic and bold.
CHARACTERS = (
    (0x20, 0x7E), (0xA0, 0xFF), (0x300, 0x308), (0x391, 0x3C9), (0x3D1, 0x3D6),
    (0x3F5, 0x3F5), (0x2010, 0x2026), (0x2032, 0x2037), (0x2061, 0x2064),
    (0x20D7, 0x20D7), (0x2102, 0x2124), (0x2190, 0x2199), (0x21A6, 0x21A6),
    (0x21D0, 0x21D4), (0x2200, 0x2297), (0x22A4, 0x22A5), (0x22C5, 0x22F1),
    (0x2308, 0x230B), (0x23B4, 0x23B5), (0x23DC, 0x23E1), (0x27E8, 0x27E9),
    (0x27F5, 0x27FA), (0x2A7D, 0x2A7E), (0x1D400, 0x1D467), (0x1D6A4, 0x1D71B),
)  # fmt: skip
# Forms for small sizes and under accents.
FEATURES = ["ssty", "dtls"]


@functools.cache
def rendered(tex, block=False):
    """The MathML of ``tex``; SphinxError where it cannot be read."""
    try:
        return _converter().convert_with_local_state(tex, displaystyle=block)
    except LatexError as error:
        raise SphinxError(f"the formula {tex!r}: {error}") from None


@functools.cache
def _converter():
    return LatexToMathML(fancy_error=False)


def within(text):
    """HTML with the formulas between ``$`` signs set; code is left alone."""
    pieces = re.split(r"(<(code|pre)\b.*?</\2>|<[^>]*>)", text, flags=re.DOTALL)
    for i in range(0, len(pieces), 3):
        pieces[i] = re.sub(
            r"\$([^$]+)\$", lambda m: rendered(html.unescape(m[1])), pieces[i]
        )
    return "".join(p for i, p in enumerate(pieces) if p and i % 3 != 2)


def write_font(folder):
    """Write ``math.woff`` into ``folder``: the characters that formulas need."""
    options = subset.Options(
        flavor="woff", layout_features=FEATURES, hinting=False, name_IDs=["*"]
    )
    file = distribution("ziamath").locate_file(FONT)
    font = subset.load_font(file, options)
    smaller = subset.Subsetter(options)
    smaller.populate(unicodes=[c for a, b in CHARACTERS for c in range(a, b + 1)])
    smaller.subset(font)
    _narrow_roots(font)
    subset.save_font(font, str(folder / "math.woff"), options)


def _narrow_roots(font):
    """Make the tall root signs as narrow as the small one.

    Chromium (156) leaves room behind every root for the widest of its signs.
    """
    sign, glyphs = font.getBestCmap()[ord("√")], font.getGlyphSet()
    variants = font["MATH"].table.MathVariants
    root = variants.VertGlyphConstruction[variants.VertGlyphCoverage.glyphs.index(sign)]
    names = {each.VariantGlyph for each in root.MathGlyphVariantRecord}
    names |= {part.glyph for part in root.GlyphAssembly.PartRecords}
    width, _ = font["hmtx"][sign]
    for name in sorted(names - {sign}):
        factor = width / font["hmtx"][name][0]
        pen = TTGlyphPen(None)
        glyphs[name].draw(TransformPen(pen, (factor, 0, 0, 1, 0, 0)))
        font["glyf"][name] = glyph = pen.glyph(round=round)
        glyph.recalcBounds(font["glyf"])
        font["hmtx"][name] = (width, round(factor * font["hmtx"][name][1]))


def _inline(self, node):
    self.body.append(rendered(node.astext()))
    raise nodes.SkipNode


def _block(self, node):
    self.body.append(f'<div class="math">{rendered(node.astext(), True)}</div>')
    raise nodes.SkipNode


def setup(app):
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
