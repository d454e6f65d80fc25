import numpy as np

from dlcourse.teach.exercise import exercise

from ..fixtures import lists_of_arrays


def _gradients(rng):
    (gradients,) = lists_of_arrays(rng, 1)
    gradients = [np.array(g * 10 ** rng.uniform(-3, 4)) for g in gradients]
    if rng.integers(4) == 0:
        gradients[rng.integers(len(gradients))][...] = 0
    longer = rng.uniform(0.2, 5) ** rng.choice([1, 0.1])
    return gradients, float(_length(gradients) / longer or 1)


def _length(gradients):
    return np.sqrt(sum(np.sum(g**2) for g in gradients))


G = [np.array([[3.0, 0, -4]]), np.array([[0.0], [12]])]  # 13 long


@exercise(
    section="Clipping: a bounded step",
    inputs=_gradients,
    edge_cases=(
        (G, 6.5),
        (G, 14.0),  # short enough, though the entries' sum is not
        (G, 13.0),  # on the edge
        ([0 * G[0], np.zeros(2)], 1.0),
        ([np.array(-5.0)], 2),
        ([np.array([1e-4, -2e-4]), np.array(3e-4)], 1e-5),
    ),
    returns="a list of arrays",
)
def clipped(gradients, max_norm):
    """The gradients, all scaled by one factor to the common length max_norm.

    That is the length of all arrays as one vector; where it is below max_norm, they
    keep their values. A list of arrays.
    """
    return _by()(gradients, max_norm)


def _by(length=_length, factor=lambda norm, most: most / norm if norm >= most else 1):
    return lambda gs, most: [g * factor(length(gs), most) for g in gs]


clipped.mistake(
    "Nothing is clipped: `g = g * ...` in a loop only gives the name g to a new array.",
    never=lambda gradients, most: gradients,
)
clipped.mistake(
    "Arrays or entries are clipped each by itself: they shrink by different factors, "
    "and the direction changes. One length for all, and one factor.",
    one_by_one=lambda gradients, most: [_by()([g], most)[0] for g in gradients],
    by_value=lambda gradients, most: [np.clip(g, -most, most) for g in gradients],
)
clipped.mistake(
    "Gradients that were short enough are made *longer*. Clipping only ever shortens: "
    "which condition is missing, or turned round?",
    always=_by(factor=lambda norm, most: most / norm),
    turned=_by(factor=lambda norm, most: most / norm if norm < most else 1),
)
clipped.mistake(
    "That is not the length of the whole: all *squares* add up, then comes one root.",
    squared=_by(lambda gradients: _length(gradients) ** 2),
    lengths_added=_by(lambda gradients: sum(_length([g]) for g in gradients)),
    largest_entry=_by(lambda gradients: max(np.abs(g).max() for g in gradients)),
)
clipped.mistake(
    "You bring long gradients to the length 1: asked is max_norm.",
    to_one=_by(factor=lambda norm, most: 1 / norm if norm >= most else 1),
)
clipped.mistake(
    "PyTorch adds a tiny number to the length. Asked is the formula without it.",
    plus=_by(factor=lambda norm, most: np.minimum(1, most / (norm + 1e-6))),
)
