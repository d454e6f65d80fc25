import numpy as np

from dlcourse.teach.exercise import exercise

from ..fixtures import system

RNG, STEEP = np.random.default_rng(80), np.diag([40.0, 0.3, 2, 0.01])


@exercise(
    section="More features than examples",
    inputs=system,
    edge_cases=(
        (*RNG.normal(size=(2, 5, 3)), 1e-4),
        (RNG.normal(size=(3, 7)), RNG.normal(size=(3, 2)), 1e-4),
        (np.ones((4, 3)), RNG.normal(size=(4, 2)), 1e-4),
        (STEEP, RNG.normal(size=(4, 1)), 0.02),
        (STEEP / 100, np.eye(4), 6e-3),
        (np.array([[1.0, 2, 2]]), np.array([[3.0, 6]]), 0.1),
    ),
    rtol=1e-5,
    returns="W, an array (w, d)",
)
def minimum_norm(A, B, cutoff):
    """The W (w, d) of smallest norm that brings A W nearest to B.

    A (n, w).   B (n, d).   Singular values below cutoff times the largest are left out.
    """
    return _by()(A, B, cutoff)


def _by(kept=lambda s: 1 / s, dropped=lambda s, least: 0, least=np.multiply, T=True):
    """V z U^T B: z is kept(s), and dropped(s, least) where s is below least."""

    def fit(A, B, cutoff):
        U, s, Vt = np.linalg.svd(A, full_matrices=False)
        limit = least(cutoff, s[0])
        z = np.where(s < limit, dropped(s, limit), kept(s))
        return (Vt.T if T else Vt) @ (z[:, None] * (U.T @ B))

    return fit


minimum_norm.mistake(
    "Nothing is left out: where singular values are 0 but for rounding, 1/s is huge.",
    all_of_them=_by(least=lambda *_: 0),
)
minimum_norm.mistake(
    "What NumPy gives is V already transposed, (r, w): its *rows* are the directions.",
    as_given=_by(T=False),
    as_given_all=_by(least=lambda *_: 0, T=False),
)
minimum_norm.mistake(
    "`cutoff` is not used. NumPy has one of its own, for what is 0 but for rounding.",
    default=lambda A, B, cutoff: np.linalg.pinv(A) @ B,
)
minimum_norm.mistake(
    "AᵀA has the squares of the singular values: where some are 0, it has no inverse.",
    solved=lambda A, B, cutoff: np.linalg.solve(A.T @ A, A.T @ B),
    inverted=lambda A, B, cutoff: np.linalg.inv(A.T @ A) @ A.T @ B,
    inverted_last=lambda A, B, cutoff: np.linalg.inv(A.T @ A) @ (A.T @ B),
)
minimum_norm.mistake(
    "AᵀA has the squares: a share of the largest of these is another of the largest s.",
    of_squares=_by(least=lambda c, largest: c**0.5 * largest),
)
minimum_norm.mistake(
    "Your cutoff is absolute. It is a share: 10 A must leave out the same ones as A.",
    absolute=_by(least=lambda c, largest: c),
)
minimum_norm.mistake(
    "Those that are too small are kept, as another number. They are to add nothing.",
    raised=_by(dropped=lambda s, least: 1 / least),
    as_they_are=_by(dropped=lambda s, least: s),
)
minimum_norm.mistake(
    "The *small* ones are kept, and the large ones left out.",
    turned=_by(lambda s: 0, lambda s, least: 1 / s),
)
minimum_norm.mistake(
    "A takes a direction times s; the way back undoes that, once.",
    multiplied=_by(lambda s: s),
    squared=_by(lambda s: 1 / s**2),
)
