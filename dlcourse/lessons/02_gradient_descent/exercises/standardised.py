import numpy as np

from dlcourse.teach.exercise import exercise


def _two_sets(rng):
    m, k, d = (int(n) for n in rng.integers(1, (8, 6, 6)))
    if rng.integers(4) == 0:
        return rng.integers(17, size=(m, d)), rng.integers(17, size=(k, d))
    scale, centre = 10 ** rng.uniform(-1, 2, size=d), rng.normal(scale=2, size=d)
    train, test = ((rng.normal(size=(n, d)) + centre) * scale for n in (m, k))
    constant, column = rng.integers(3), rng.integers(d)
    if constant:
        (train, test)[constant - 1][:, column] = rng.integers(-8, 9) / 4  # no rounding
    return train, test


SMALL = (0.1, 0.05, 0.01, 1e-3, 1e-4, 1e-5)
TRAIN = np.array([[1.0, 5, 2], [3, 5, 2], [8, 5, -1], [4, 5, 1]])


@exercise(
    section="Scaling the inputs",
    inputs=_two_sets,
    edge_cases=(
        (TRAIN, np.array([[2.0, 7, 1], [3, 5, -2], [1, 4, 4]])),
        (np.array([[2.0, -1]]), np.array([[3.0, -1], [5, 2]])),  # one row
        (np.array([[3, 0], [5, 0], [4, 0]]), np.array([[4, 2]])),
        (TRAIN * [1, 1, 1e-6], np.array([[2.0, 7, 1e-6], [3, 5, 4e-6]])),
    ),
    returns=("train, standardised", "test, standardised"),
)
def standardised(train, test):
    """(train, test), each column less train's mean of it, over train's deviation.

    train: (m, d).   test: (k, d).   A column that is constant in train is divided by 1.
    """
    return _by()(train, test)


def _guarded(std):
    return np.where(std == 0, 1, std)


def _by(spread=_guarded, of=lambda part, train, test: train, axis=0, ddof=0):
    """Each part by mean and deviation of of(part, train, test)."""

    def both(train, test):
        for part in (train, test):
            measured = of(part, train, test)
            std = measured.std(axis=axis, ddof=ddof, keepdims=True)
            yield (part - measured.mean(axis=axis, keepdims=True)) / spread(std)

    return lambda train, test: tuple(both(train, test))


standardised.mistake(
    "test is not in *train's* units. The test set is measured by itself; or did you "
    "overwrite `train` before you took its mean and deviation for test?",
    own_moments=_by(of=lambda part, *both: part),
    overwritten=_by(of=lambda part, *both: [part, _by()(*both)[0]][part is both[1]]),
)
standardised.mistake(
    "One mean and one deviation for all columns: a column of small numbers stays so.",
    one_for_all=_by(axis=None),
)
standardised.mistake(
    "A column that varies little is not constant: ask whether its deviation is 0.",
    **{f"below_{k}": _by(lambda s, k=k: np.where(s < k, 1, s)) for k in SMALL},
)
standardised.mistake(
    "A column that is constant in train has deviation 0, and you divide by it (0/0 is "
    "NaN). A tiny number added to it keeps train finite, but test is divided by that "
    "tiny number. Such a column is divided by 1: which line sees to that?",
    zero_over_zero=_by(np.abs),
    **{f"added_1e_{k}": _by(lambda s, k=k: s + 10.0**-k) for k in range(5, 17)},
    **{f"least_1e_{k}": _by(lambda s, k=k: np.fmax(s, 10.0**-k)) for k in range(5, 17)},
)
standardised.mistake(
    "Asked is `np.std` as it is. You divide by the variance; or `ddof=1` (the default "
    "of `torch.std`) guesses the deviation of more data than there are.",
    variance=_by(lambda std: _guarded(std**2)),
    ddof=_by(ddof=1),
)
