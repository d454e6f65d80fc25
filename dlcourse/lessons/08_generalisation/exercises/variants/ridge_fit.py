r"""Ridge leaves nothing out, and makes each part a little smaller: it asks for the $W$
that makes

$$|A W - B|^2 + \lambda\, |W|^2$$

smallest: sums of squares, and no means; $\lambda > 0$. Write it, by the singular values
or without them. (What stands in the place of $1/s$, and how large is it at $s = 0$?)
"""

import numpy as np

from ...fixtures import system
from ..minimum_norm import _by, minimum_norm

RNG = np.random.default_rng(84)


def _with_ridge(rng):
    A, B, _ = system(rng)
    return A, B, float(np.linalg.norm(A, 2) ** 2 * 10 ** rng.uniform(-1.5, 0.5))


@minimum_norm.variant(
    "That leaves the small ones out, and the others as they are.",
    inputs=_with_ridge,
    rtol=1e-4,
    atol=1e-4,  # AᵀA has the square of A's condition, and float32 few digits left
    edge_cases=(
        (RNG.normal(size=(5, 3)), RNG.normal(size=(5, 2)), 0.3),
        (RNG.normal(size=(3, 7)), RNG.normal(size=(3, 2)), 0.5),
        (*RNG.normal(size=(2, 4, 4)), 0.1),
        (np.ones((4, 3)), RNG.normal(size=(4, 2)), 2.0),
        (np.array([[1.0, 2, 2]]), np.array([[3.0, 6]]), 5.0),
    ),
)
def ridge_fit(A, B, ridge):
    """The W (w, d) that makes |A W - B|^2 + ridge |W|^2 smallest.

    A (n, w).   B (n, d).   ridge: above 0.   |.|^2: the sum of all squared entries.
    """
    return np.linalg.solve(A.T @ A + ridge * np.eye(A.shape[1]), A.T @ B)


def _factor(factor):
    return lambda A, B, ridge: _by(
        lambda s: factor(s, ridge, len(A)), least=lambda *_: 0
    )(A, B, ridge)


ridge_fit.mistake(
    "The ridge is squared, rooted or divided: it comes in as it is.",
    squared=_factor(lambda s, ridge, n: s / (s**2 + ridge**2)),
    root=_factor(lambda s, ridge, n: s / (s**2 + ridge**0.5)),
    divided=_factor(lambda s, ridge, n: s / (s**2 + ridge / n)),
    halved=_factor(lambda s, ridge, n: s / (s**2 + ridge / 2)),
)
ridge_fit.mistake(
    "Yours is right for the *mean* of the squared errors, or half their sum: take all.",
    mean=_factor(lambda s, ridge, n: s / (s**2 + n * ridge)),
    half=_factor(lambda s, ridge, n: s / (s**2 + 2 * ridge)),
)
ridge_fit.mistake(
    "The ridge is added to s. Set the gradient to 0: what is it added to there?",
    to_s=_factor(lambda s, ridge, n: 1 / (s + ridge)),
)
ridge_fit.mistake(
    "With a ridge of 0 yours does not become 1/s: an s is missing, or one too many.",
    no_s=_factor(lambda s, ridge, n: 1 / (s**2 + ridge)),
    share=_factor(lambda s, ridge, n: s**2 / (s**2 + ridge)),
)
ridge_fit.mistake(
    "`A.T @ A + ridge` adds the ridge to *every* entry. Whose square is |W|²?",
    everywhere=lambda A, B, ridge: np.linalg.solve(A.T @ A + ridge, A.T @ B),
    inverted=lambda A, B, ridge: np.linalg.inv(A.T @ A + ridge) @ A.T @ B,
)
ridge_fit.mistake(
    "Ridge is missing.",
    without=lambda A, B, ridge: np.linalg.pinv(A) @ B,
    without_by_solve=lambda A, B, ridge: np.linalg.solve(A.T @ A, A.T @ B),
)
ridge_fit.mistake(
    "The sign of the ridge is turned: it is a price on size.",
    turned=_factor(lambda s, ridge, n: s / (s**2 - ridge)),
)
