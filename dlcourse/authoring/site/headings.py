"""Headings: named as in JupyterLab; below some, what goes deeper is folded."""

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

BEGIN = nodes.raw(
    "",
    '<details class="dl-deeper"><summary>Open this section</summary>',
    format="html",
)
END = nodes.raw("", "</details>", format="html")


def slug(title):
    """JupyterLab's name of a heading, which the links in lessons use."""
    return title.strip().replace(" ", "-")


class Fold(SphinxPostTransform):
    """What follows the title of a section *Deeper: ...* stands in a <details>."""

    default_priority = 900

    def run(self, **options):
        for section in list(self.document.findall(nodes.section)):
            if section[0].astext().startswith("Deeper:"):
                section.insert(1, BEGIN.deepcopy())
                section.append(END.deepcopy())


def setup(app):
    app.add_post_transform(Fold)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
