"""Make the site: sources for Sphinx, then Sphinx."""

import os
import shutil
import sys
from pathlib import Path

from sphinx.application import Sphinx

from dlcourse.authoring.convert import ROOT
from dlcourse.authoring.execute import BuildError
from dlcourse.authoring.site import sources

HERE = Path(__file__).parent


def build(folder, root=ROOT):
    """Build the site of the project in ``root`` below ``folder``; returns where it is.

    Sphinx's warnings, of links that lead nowhere among them, are errors.
    """
    root, work = Path(root), Path(folder).resolve()
    source, site = work / "site-source", work / "site"
    os.environ["DLCOURSE_BUILD"] = "1"  # nothing of a learner's own is read
    shutil.rmtree(source, ignore_errors=True)
    sources.write(root, source)
    app = Sphinx(
        source,
        HERE,
        site,
        work / "site-doctrees",
        "html",
        {"html_static_path": [str(source / "_static")]},
        parallel=os.cpu_count() or 1,
        status=None if not sys.stderr.isatty() else sys.stderr,
        warningiserror=True,
    )
    app.build()
    if app.statuscode:
        raise BuildError("the site is not built: Sphinx's warnings say why")
    (site / ".nojekyll").touch()  # or GitHub Pages leaves out _static
    return site
