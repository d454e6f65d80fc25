import numpy as np

from dlcourse.teach.exercise import exercise


def _labels(rng):
    classes = int(rng.integers(2, 11))
    y = rng.integers(classes, size=rng.integers(1, 30))
    k = int(rng.integers(len(y) + 1))
    chosen = rng.permutation(len(y))[:k]
    return y, chosen, rng.integers(1, classes, size=k), classes


Y, NONE = np.array([2, 0, 1, 2, 1]), np.array([], int)


@exercise(
    section="Fail first: choose a width",
    inputs=_labels,
    edge_cases=(
        (Y, np.array([3, 0, 1]), np.array([1, 2, 1]), 3),
        (Y, NONE, NONE, 3),
        (Y, np.array([4, 1, 0, 2, 3]), np.array([1, 3, 2, 1, 2]), 4),
        (np.array([0]), np.array([0]), np.array([1]), 2),
        (np.array([9, 0, 5]), np.array([0, 1]), np.array([9, 9]), 10),
    ),
    returns="the labels, an array (n,) of integers",
)
def wrong_labels(y, chosen, moves, classes):
    """A copy of y (n,) whose labels at ``chosen`` (k,) are moved on by ``moves`` (k,).

    Labels go from 0 to classes - 1, and after the last class comes class 0 again.
    """
    return _by()(y, chosen, moves, classes)


def _by(new=lambda old, m, c: (old + m) % c, at=lambda chosen: chosen):
    def run(y, chosen, moves, classes):
        wrong = y.copy()
        wrong[at(chosen)] = new(y[at(chosen)], moves, classes)
        return wrong

    return run


wrong_labels.mistake(
    "There are labels that no class has: they go from 0 to classes - 1, in a ring.",
    no_modulo=_by(lambda old, moves, classes: old + moves),
    negative=_by(lambda old, moves, classes: old - moves),
)
wrong_labels.mistake(
    "You go round at the wrong number: there are `classes` classes, and the last of "
    "them is classes - 1.",
    one_less=_by(lambda old, moves, classes: (old + moves) % (classes - 1)),
    one_more=_by(lambda old, moves, classes: (old + moves) % (classes + 1)),
    ten=_by(lambda old, moves, classes: (old + moves) % 10),
    late=_by(lambda old, m, c: np.where(old + m > c, old + m - c, old + m)),
)
wrong_labels.mistake(
    "You stop at the last class, or at 0: with moves left, a label goes on from there.",
    stopped=_by(lambda old, moves, classes: np.minimum(old + moves, classes - 1)),
    at_0=_by(lambda old, moves, c: np.where(old + moves < c, old + moves, 0)),
)
wrong_labels.mistake(
    "You put `moves` in the labels' place: a label moves on from where it *was*.",
    replaced=_by(lambda old, moves, classes: moves),
)
wrong_labels.mistake(
    "The way is right, the direction is not: labels move on, to higher classes.",
    backwards=_by(lambda old, moves, classes: (old - moves) % classes),
)
wrong_labels.mistake(
    "The labels that were *not* chosen have changed. Only `chosen` ones may.",
    first_ones=_by(at=lambda chosen: np.arange(len(chosen))),
    others=lambda y, chosen, moves, classes: np.where(
        np.isin(np.arange(len(y)), chosen), y, (y + 1) % classes
    ),
)
wrong_labels.mistake(
    "Each has a move of its own, the k-th of `chosen` the k-th of `moves`.",
    by_one=_by(lambda old, moves, classes: (old + 1) % classes),
    in_order=_by(at=np.sort),
)
