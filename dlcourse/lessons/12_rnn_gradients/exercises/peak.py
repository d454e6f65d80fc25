import numpy as np
from numpy.linalg import eigvals, norm

from dlcourse.teach.exercise import exercise

from ..answers.matrices import PEAKS, all_powers, first_fall, norms, rising


@exercise(
    section="Deeper: Growth before decay",
    inputs=rising,
    edge_cases=PEAKS,
    rtol=1e-5,
    returns=("t", "size"),
)
def peak(W, steps):
    """(t, size): where ||W^t||_2 is largest, of t = 0, 1, ..., steps, and how large.

    W (n, n): real; W^0 is the identity, of norm 1.   steps: 0 or more.
    || ||_2 is the largest singular value. Where several t are equal, the first.
    """
    return _by(norms)(W, steps)


def _by(sizes, pick=np.argmax, shift=0):  # sizes(W, steps): those of all powers
    def answer(W, steps):
        found = np.array(sizes(W, steps), float)
        t = int(pick(found))
        return max(t + shift, 0), found[t]

    return answer


def _of(size):
    """By another size of a power."""
    return _by(lambda W, steps: [size(power) for power in all_powers(W, steps)])


peak.mistake(
    "`W ** t` raises each entry to a power. A power of a matrix is a product.",
    entries=_by(lambda W, steps: [norm((1.0 * W) ** t, 2) for t in range(steps + 1)]),
)
peak.mistake(
    "Another norm than the largest singular value, or its square.",
    frobenius=_of(norm),
    largest_entry=_of(lambda power: np.abs(power).max()),
    rows=_of(lambda power: norm(power, np.inf)),
    columns=_of(lambda power: norm(power, 1)),
    frobenius_from_1=_by(lambda W, steps: [1, *map(norm, all_powers(W, steps, 1))]),
    squared=_of(lambda power: norm(power, 2) ** 2),
)
peak.mistake(
    "That is a bound, or what the long run tends to: the powers lie in between.",
    sigma=_by(lambda W, steps: norm(W, 2) ** np.arange(steps + 1)),
    rho=_by(lambda W, steps: np.abs(eigvals(W)).max() ** np.arange(steps + 1)),
    rho_of_each=_of(lambda power: np.abs(eigvals(power)).max()),
)
peak.mistake(
    "t = 0 counts, too: the identity has norm 1.",
    from_1=_by(lambda W, steps: norms(W, steps)[1:], shift=1),
    from_1_as_0=_by(lambda W, steps: norms(W, steps)[1:]),
    zero_at_first=_by(lambda W, steps: [0, *norms(W, steps)[1:]]),
)
peak.mistake(
    "The last step counts, too.",
    last_left_out=_by(lambda W, steps: norms(W, max(steps - 1, 0))),
)
peak.mistake(
    "Where several are equal, the first is asked for.",
    last_of_equals=_by(norms, lambda found: len(found) - 1 - np.argmax(found[::-1])),
)
peak.mistake(
    "The size is right, and belongs to another t: which power has which?",
    counted_from_1=_by(norms, shift=1),
    counted_from_0=_by(norms, shift=-1),
)
peak.mistake(
    "The two are in the other order.",
    swapped=lambda W, steps: _by(norms)(W, steps)[::-1],
)
peak.mistake(
    "It may fall and rise again: go to the end.", first_fall=_by(norms, first_fall)
)
