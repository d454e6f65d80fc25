"""A gradient that rose has to come down again: from which step on does ||W^t|| *stay*
below 1? (It may fall below, and rise once more.)
"""

import numpy as np
from numpy.linalg import eigvals, norm

from ...answers.matrices import SHIFT, all_powers, norms, settling
from ..peak import peak


@peak.variant(
    "That is the lesson's answer: the peak, and not its end.",
    inputs=settling,
    edge_cases=(
        (0.9 * np.eye(5) + SHIFT, 200),
        (np.array([[0.0, 3], [0.3, 0]]), 60),
        (np.array([[0, 1], [0, 0]]), 3),
        (np.array([[0.5, 3], [0, 0.25]]), 30),
        (np.array([[0.6, -0.6], [0.6, 0.6]]), 8),
        (np.array([[-0.5]]), 1),
        (np.zeros((2, 2)), 2),
    ),
    returns="t, a number",
)
def stays_below(W, steps):
    """The first t from which on ||W^t||_2 is below 1, up to t = steps.

    W (n, n): real; W^0 is the identity, of norm 1, which is not below.   steps: 1 or
    more; ||W^steps||_2 is below 1.   || ||_2 is the largest singular value.
    """
    power, first = np.eye(len(W)), 0
    for t in range(steps + 1):
        if np.linalg.norm(power, 2) >= 1:
            first = t + 1
        power = power @ W
    return first


def _end(above):
    """Behind the last that is not below; above (steps + 1,)."""
    return int(np.flatnonzero(above).max(initial=-1)) + 1


def _by(size=lambda power: norm(power, 2), end=_end):
    """size: of a power.   end: of where those from t = 0 on are not below 1."""
    return lambda W, steps: end(
        np.array([size(power) >= 1 for power in all_powers(W, steps)])
    )


stays_below.mistake(
    "The first time that it is below. It may rise above 1 again.",
    first_below=_by(end=lambda above: int((~above).argmax())),
)
stays_below.mistake(
    "One too few: that is the last t at which it is *not* below.",
    last_above=_by(end=lambda above: _end(above) - 1),
)
stays_below.mistake(
    "How many are not below is another question: some that are may lie between.",
    how_many=_by(end=lambda above: int(above.sum())),
)
stays_below.mistake(
    "Another size than the largest singular value. (Eigenvalues tell of the long run.)",
    frobenius=_by(norm),
    largest_entry=_by(lambda power: np.abs(power).max()),
    rows=_by(lambda power: norm(power, np.inf)),
    rho=_by(lambda power: np.abs(eigvals(power)).max()),
)
stays_below.mistake(
    "A norm of 1 is not below 1.", at_1=_by(lambda power: norm(power, 2) - 1e-9)
)
stays_below.mistake(
    "`W ** t` raises each entry to a power. A power of a matrix is a product.",
    entries=lambda W, steps: _end(
        np.array([norm((1.0 * W) ** t, 2) >= 1 for t in range(steps + 1)])
    ),
)
stays_below.mistake(
    "From the peak on it falls, but is not below 1 yet.",
    peak=lambda W, steps: int(np.argmax(norms(W, steps))),
    behind_the_peak=lambda W, steps: int(np.argmax(norms(W, steps))) + 1,
)
