import numpy as np

from dlcourse.teach.exercise import exercise

from ..fixtures import far, first_other_weights, two_nets


@exercise(
    section="Debug this: the same weights, other answers",
    inputs=two_nets,
    edge_cases=tuple(two_nets(np.random.default_rng(3), fault) for fault in range(8)),
    trials=14,
    returns="an index, an integer",
)
def first_difference(ours, theirs, x):
    """The index of the first layer after which two networks differ; none: len(ours).

    ours, theirs: nn.Sequential, equally many layers; `for layer in ours` goes through
    them, and `layer(z).data` is the array of what a layer makes of a tensor z.
    x: the tensor that goes into both. Entries less than 1e-4 apart count as equal.
    """
    return _by()(ours, theirs, x)


def _by(differ=far, choose=lambda where, n: where[0] if where else n):
    def find(ours, theirs, x):
        a, b, where = x, x, []
        for i, (one, other) in enumerate(zip(ours, theirs, strict=True)):
            a, b = one(a), other(b)
            where += [i] if differ(a.data, b.data) else []
        return choose(where, len(ours))

    return find


first_difference.mistake(
    "That is where the *last* difference is seen. Layers before it differ, too: look "
    "at what each layer gives, in order.",
    last=_by(choose=lambda where, n: where[-1] if where else n),
    end_alone=_by(choose=lambda where, n: n - 1 if where and where[-1] == n - 1 else n),
)
first_difference.mistake(
    "Entries that change places leave sum, mean, largest and sorted list as they are. "
    "Compare entry with entry.",
    sums=_by(lambda a, b: abs(a.sum() - b.sum()) > 1e-4),
    means=_by(lambda a, b: abs(a.mean() - b.mean()) > 1e-4),
    largest=_by(lambda a, b: abs(a.max() - b.max()) > 1e-4),
    sorted=_by(lambda a, b: far(np.sort(a, None), np.sort(b, None))),
)
first_difference.mistake(
    "A difference may be negative, and counts, too: `np.abs` makes it positive.",
    signed=_by(lambda a, b: (a - b).max() > 1e-4),
)
first_difference.mistake(
    "One entry of one example is enough: compare all, neither averaged nor squared.",
    mean_difference=_by(lambda a, b: np.abs(a - b).mean() > 1e-4),
    squares=_by(lambda a, b: ((a - b) ** 2).max() > 1e-4),
    mean_square=_by(lambda a, b: ((a - b) ** 2).mean() > 1e-4),
    first_example=_by(lambda a, b: far(a[0], b[0])),
)
first_difference.mistake(
    "Equal shapes, or equal weights, are not equal outputs.",
    shapes=_by(lambda a, b: a.shape != b.shape),
    weights=first_other_weights,
)
first_difference.mistake(
    "Differences below 1e-4 count with you: rounding makes some. They are to be equal.",
    exact=_by(lambda a, b: bool((a != b).any())),
    allclose=_by(lambda a, b: not np.allclose(a, b)),
)
first_difference.mistake(
    "You count from 1. The first layer is 0.",
    from_1=_by(choose=lambda where, n: where[0] + 1 if where else n),
)
first_difference.mistake(
    "Where no layer differs, the answer is the number of layers.",
    minus_1=_by(choose=lambda where, n: where[0] if where else -1),
    last_index=_by(choose=lambda where, n: where[0] if where else n - 1),
    zero=_by(choose=lambda where, n: where[0] if where else 0),
)
