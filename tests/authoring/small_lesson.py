"""Lessons small enough to be built in a test."""

from dlcourse.authoring.convert import SOURCES

HEAD = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
dlcourse:
  minutes: {{core: {core}, all: {minutes}}}
  needs: {needs}
  gives: {gives}
---

"""

# A slider, an exercise, a claim and a figure: whatever a real lesson has.
SMALL = """# 90 Small

It links to [the data](../data/README.md).

```{code-cell} ipython3
import numpy as np

from dlcourse import show
from dlcourse.teach import check, claim, measured
```

```{code-cell} ipython3
def mean_squared_error(predictions, targets):
    \"\"\"The mean of the squared differences.\"\"\"
    ### BEGIN SOLUTION
    return np.mean((predictions - targets) ** 2)
    ### END SOLUTION


check(mean_squared_error)
```

```{code-cell} ipython3
:tags: [hide-input]

# draw(power): x to that power
def draw(power):
    x = np.linspace(0, 1, 20)
    lines = {"curve": (x, x**power)}
    return show.lines(lines, x="x", y="y", return_figure=True)


show.explore(draw, power=(1, 5, 1, 2), alt="A parabola.")
for part in "stream":
    print(part, end="", flush=True)
```

```{code-cell} ipython3
claim(
    "mlp-three-steps",
    measured=0.5,
    at_most=1,
    verdict="holds, with a caveat",
    because="Of |x| only.",
    erratum="A, page 1: five should be six.",
    contrast={"without it": 2},
)
```
"""


def source(body, core=4, minutes=5, needs="[]", gives="[smallness]"):
    """The text of a lesson's source."""
    return HEAD.format(core=core, minutes=minutes, needs=needs, gives=gives) + body


def code(*cells):
    """A lesson that consists of a title and these code cells."""
    fences = "".join(f"```{{code-cell}} ipython3\n{cell}\n```\n\n" for cell in cells)
    return source(f"# 90 Small\n\n{fences}")


def write(root, name, text):
    """Write a lesson's source in the project at ``root``; returns its path."""
    path = root / SOURCES / name / "lesson.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8", newline="\n")
    return path
