"""The static site, from the executed notebooks; no lesson is run.

sources.py writes what Sphinx reads, panels.py turns the widgets' outputs into HTML that
works without a kernel, conf.py is Sphinx's, mathematics.py sets formulas as MathML,
deeper.py folds what goes beyond the core path, static/ is what moves in the browser.
The frames of the explorables were drawn when the notebooks were made: ../frames.py.
"""

from dlcourse.authoring.site.make import build

__all__ = ["build"]
