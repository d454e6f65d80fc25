import numpy as np

from dlcourse.teach.exercise import exercise


def _two_sets(rng):
    m, k, d = (int(n) for n in rng.integers(1, (8, 6, 6)))
    if rng.integers(4) == 0:
        return rng.integers(0, 17, size=(m, d)), rng.integers(0, 17, size=(k, d))
    scale, centre = 10 ** rng.uniform(-1, 2, size=d), rng.normal(scale=2, size=d)
    train, test = ((rng.normal(size=(n, d)) + centre) * scale for n in (m, k))
    kind, column = rng.integers(3), rng.integers(d)
    if kind == 0:
        train[:, column] = rng.integers(-8, 9) / 4  # quarters: no rounding
    elif kind == 1:
        test[:, column] = test[0, column]
    return train, test


TRAIN = np.array([[1.0, 5, 2], [3, 5, 2], [8, 5, -1], [4, 5, 1]])


@exercise(
    section="Scaling the inputs",
    inputs=_two_sets,
    edge_cases=(
        (TRAIN, np.array([[2.0, 7, 1], [3, 5, -2], [1, 4, 4]])),
        (np.array([[2.0, -1]]), np.array([[3.0, -1], [5, 2]])),  # one row
        (np.array([[3, 0], [5, 0], [4, 0]]), np.array([[4, 2]])),
        (TRAIN[:, :1], np.array([[2.0]])),
    ),
    returns=("train, standardised", "test, standardised"),
)
def standardised(train, test):
    """(train, test), each column less train's mean of it, over train's deviation.

    train: (m, d).   test: (k, d).   A column that is constant in train is divided by 1.
    """
    return _by()(train, test)


def _spread(train):
    std = train.std(axis=0)
    return np.where(std > 0, std, 1)


def _by(spread=_spread, centre=lambda train: train.mean(axis=0)):
    """Both sets less centre(train), over spread(train)."""
    return lambda train, test: tuple(
        (part - centre(train)) / spread(train) for part in (train, test)
    )


def _each_by_itself(train, test):
    return _by()(train, train)[0], _by()(test, test)[0]


standardised.mistake(
    "The test set is measured by itself, its means or its deviations: then the same "
    "image is two different inputs, one here and one there. Both are expressed in "
    "*train's* units, those that the weights were learned in.",
    own_moments=_each_by_itself,
    own_moments_unguarded=lambda train, test: tuple(
        (part - part.mean(axis=0)) / part.std(axis=0) for part in (train, test)
    ),
    own_mean=lambda train, test: (
        _by()(train, test)[0],
        (test - test.mean(axis=0)) / _spread(train),
    ),
    own_deviation=lambda train, test: (
        _by()(train, test)[0],
        (test - train.mean(axis=0)) / _spread(test),
    ),
)
standardised.mistake(
    "You measured train and test together. What will be tested must not decide how "
    "training sees its inputs: measure on train alone.",
    pooled=lambda train, test: tuple(
        (part - both.mean(axis=0)) / _spread(both)
        for both in [np.vstack([train, test])]
        for part in (train, test)
    ),
)
standardised.mistake(
    "Every row is standardised by itself: that brings bright images and dark ones to "
    "one size, and leaves the columns as different as they were. Columns need axis 0.",
    by_rows=lambda train, test: tuple(
        _by()(part.T, part.T)[0].T for part in (train, test)
    ),
    by_rows_unguarded=lambda train, test: tuple(
        ((part.T - part.mean(axis=1)) / part.std(axis=1)).T for part in (train, test)
    ),
)
standardised.mistake(
    "One mean, or one deviation, for all columns: without `axis=0` it is taken over "
    "all entries, and a column of small numbers stays small.",
    one_for_all=_by(lambda train: _spread(train.ravel()), np.mean),
    one_for_all_unguarded=_by(np.std, np.mean),
    one_deviation=_by(lambda train: _spread(train.ravel())),
    one_mean=_by(centre=np.mean),
)
standardised.mistake(
    "You divide by the variance, which has the unit squared. What brings the deviation "
    "to 1 is the deviation itself.",
    variance=_by(lambda train: _spread(train) ** 2),
    variance_unguarded=_by(lambda train: train.var(axis=0)),
)
standardised.mistake(
    "A column that is constant in train has deviation 0, and you divide by it (0/0 is "
    "NaN). Such columns are divided by 1: which line sees to that?",
    zero_over_zero=_by(lambda train: train.std(axis=0)),
)
standardised.mistake(
    "0/0 was repaired in the result. In test that column need not be constant: there "
    "a number over 0 is infinite, and `np.nan_to_num` makes 1e308 of it, or your zeros "
    "wipe it out. Mend the divisor, before you divide.",
    nan_to_num=lambda train, test: tuple(
        np.nan_to_num(part)
        for part in _by(lambda train: train.std(axis=0))(train, test)
    ),
    wiped_out=lambda train, test: tuple(
        part * (train.std(axis=0) > 0) for part in _by()(train, test)
    ),
)
standardised.mistake(
    "A tiny number added to the deviation keeps train finite. But where train is "
    "constant, test is divided by that tiny number, and becomes huge if it differs. "
    "Such a column is divided by 1.",
    **{
        f"{kind}_1e_{k}": _by(lambda train, f=f, k=k: f(train.std(axis=0), 10.0**-k))
        for k in range(4, 17)
        for kind, f in {
            "added": lambda std, eps: std + eps,
            "added_to_the_variance": lambda std, eps: (std**2 + eps) ** 0.5,
            "at_least": np.maximum,
        }.items()
    },
)
standardised.mistake(
    "`ddof=1` (the default of `torch.std` and of pandas) divides by m - 1: it guesses "
    "the deviation of more data than there are, and for one row it is NaN. Asked is "
    "`np.std` as it is.",
    ddof=_by(lambda train: train.std(axis=0, ddof=1)),
    ddof_guarded=_by(
        lambda train: np.where(train.std(axis=0) > 0, train.std(axis=0, ddof=1), 1)
    ),
)
standardised.mistake(
    "Half of it is done: both sets are shifted *and* scaled, by train's mean and by "
    "its deviation.",
    shifted_only=_by(lambda train: 1),
    scaled_only=_by(centre=lambda train: 0),
)
standardised.mistake(
    "Return both, with a comma between them: train first, then test.",
    exchanged=lambda train, test: _by()(train, test)[::-1],
    train_alone=lambda train, test: _by()(train, test)[0],
    test_alone=lambda train, test: _by()(train, test)[1],
)
