"""Some code clips each parameter's gradient *by itself*: an array that is longer than
the limit is scaled down to it, whatever the others are like. Write it.

(Which of the two keeps the direction of the whole step?)
"""

import numpy as np

from ..clipped import clipped


def _scaled(g, limit, length=lambda g: np.sqrt(np.sum(np.square(g)))):
    norm = length(g)
    return g * (limit / norm) if norm > limit else g * 1


def _each(**options):
    return lambda gradients, limit: [_scaled(g, limit, **options) for g in gradients]


@clipped.variant(
    "That scales all arrays by one factor, from the length of all of them together. "
    "Here each array has a length, and a factor, of its own."
)
def clipped_by_layer(gradients, max_norm):
    """The gradients, each array that is longer than max_norm scaled to that length.

    A list of new arrays; those that are short enough stay as they are.
    """
    return _each()(gradients, max_norm)


clipped_by_layer.mistake(
    "Nothing is clipped: `g = g * ...` in a loop only gives the name g to a new array.",
    never=lambda gradients, most: gradients,
)
clipped_by_layer.mistake(
    "The entries are clipped, each by itself, as `np.clip` does: an array's direction "
    "changes. Its *length* is to be at most the limit.",
    by_entry=lambda gradients, most: [np.clip(g, -most, most) for g in gradients],
)
clipped_by_layer.mistake(
    "The root is missing: you compare, and divide by, the sum of the squares.",
    without_root=_each(length=lambda g: np.sum(np.square(g))),
)
clipped_by_layer.mistake(
    "The length is the root of the sum of the *squares*: yours adds the absolute "
    "values, or takes the largest.",
    absolute=_each(length=lambda g: np.sum(np.abs(g))),
    largest=_each(length=lambda g: np.max(np.abs(g))),
)
clipped_by_layer.mistake(
    "Short arrays are made longer: they are to stay as they are.",
    always=lambda gradients, most: [
        g * (most / n) if (n := np.sqrt(np.sum(np.square(g)))) else g for g in gradients
    ],
)
