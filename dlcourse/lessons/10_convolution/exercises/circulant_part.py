import numpy as np

from dlcourse.teach.exercise import exercise


def _matrix(rng):
    n = int(rng.integers(1, 8))
    if rng.integers(4) == 0:
        return (rng.integers(-5, 6, size=(n, n)),)
    return (rng.normal(size=(n, n)),)


@exercise(
    section="Deeper: Only convolutions",
    inputs=_matrix,
    edge_cases=(
        (np.arange(9.0).reshape(3, 3) ** 2,),
        (np.eye(4)[[1, 2, 0, 3]],),
        (np.array([[1, 2], [5, 7]]),),
    ),
    trials=16,
    atol=1e-5,
    returns="an array (n, n)",
)
def circulant_part(A):
    """The matrix C (n, n), a new array of floats, nearest to A that is circulant.

    Circulant: C[i, j] = c[(i - j) % n], so each column is the one before it, moved down
    by one and round the edge. Nearest: the sum of all (C - A)^2 is smallest.
    A (n, n): floats or integers.
    """
    return _by()(A)


def _which(n, sign=-1):
    i = np.arange(n)
    return (i[:, None] + sign * i) % n


def _by(mean=np.mean, which=_which):
    """which(n): of each entry, the number c that it belongs to."""

    def part(A):
        where = which(len(A))
        return np.vectorize(lambda d: float(mean(A[where == d])), otypes="d")(where)

    return part


def _not_wrapped(n):
    return np.subtract.outer(np.arange(n), np.arange(n))


circulant_part.mistake(
    "A sum of entries is too large: nearest to all of them is their mean.",
    sums=_by(np.sum),
)
circulant_part.mistake(
    "You take the middle one, or the first column's. The squares ask for the mean.",
    median=_by(np.median),
    first_column=lambda A: A[:, 0][_which(len(A))] * 1.0,
)
circulant_part.mistake(
    "The diagonals go on round the edge: c[1] also stands in the upper right corner.",
    not_wrapped=_by(which=_not_wrapped),
)
circulant_part.mistake(
    "Your diagonals run the other way: i - j is the same along one, not i + j.",
    other_diagonals=_by(which=lambda n: _which(n, 1)),
)
circulant_part.mistake(
    "It is turned: C[i, j] = c[(i - j) % n], your entries stand at (j - i) % n.",
    transposed=lambda A: _by()(A).T,
)
circulant_part.mistake(
    "Those are the n numbers c. They are to stand in a matrix, each n times.",
    column=lambda A: _by()(A)[:, 0],
)
circulant_part.mistake(
    "Means of whole columns or rows forget where an entry stands.",
    columns=lambda A: A.mean(axis=0) + np.zeros(A.shape),
    rows=lambda A: A.mean(axis=1, keepdims=True) + np.zeros(A.shape),
    whole=lambda A: A.mean() + np.zeros(A.shape),
)
