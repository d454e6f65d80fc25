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


def _mean(train):
    return train.mean(axis=0)


def _std(train):
    return train.std(axis=0)


def _ddof(train):
    return train.std(axis=0, ddof=1)


def _spread(train):
    return np.where(_std(train) > 0, _std(train), 1)


def _by(spread=_spread, centre=_mean, of=lambda part, train, test: train):
    """Each part less the centre, over the spread: those of of(part, train, test)."""

    def both(train, test):
        measured = [of(part, train, test) for part in (train, test)]
        pairs = zip((train, test), measured, strict=True)
        return tuple((part - centre(of)) / spread(of) for part, of in pairs)

    return both


def _by_rows(spread):
    return lambda train, test: tuple(
        _by(spread)(part.T, part.T)[0].T for part in (train, test)
    )


def _own(part, train, test):
    return part


standardised.mistake(
    "The test set is measured by itself: then the same image is two different inputs, "
    "one here and one there. Both are expressed in *train's* units, those that the "
    "weights were learned in.",
    own_moments=_by(of=_own),
    own_moments_unguarded=_by(_std, of=_own),
    own_deviation=lambda train, test: (
        _by()(train, test)[0],
        (test - _mean(train)) / _spread(test),
    ),
)
standardised.mistake(
    "You measured train and test together. What will be tested must not decide how "
    "training sees its inputs: measure on train alone.",
    pooled=_by(of=lambda part, *both: np.vstack(both)),
)
standardised.mistake(
    "Every row is standardised by itself: that brings bright images and dark ones to "
    "one size, and leaves the columns as different as they were. Columns need axis 0.",
    by_rows=_by_rows(_spread),
    by_rows_unguarded=_by_rows(_std),
)
standardised.mistake(
    "One mean, or one deviation, for all columns: without `axis=0` it is taken over "
    "all entries, and a column of small numbers stays small.",
    one_for_all=_by(lambda train: _spread(train.ravel()), np.mean),
    one_for_all_unguarded=_by(np.std, np.mean),
    one_deviation=_by(np.std),
    one_mean=_by(centre=np.mean),
)
standardised.mistake(
    "You divide by the variance, which has the unit squared. What brings the deviation "
    "to 1 is the deviation itself.",
    variance=_by(lambda train: _spread(train) ** 2),
    variance_unguarded=_by(lambda train: _std(train) ** 2),
)
standardised.mistake(
    "A column that is constant in train has deviation 0, and you divide by it (0/0 is "
    "NaN). Such columns are divided by 1: which line sees to that?",
    zero_over_zero=_by(_std),
)
standardised.mistake(
    "A column that is constant in train need not be so in test, and there you lose its "
    "numbers: wiped out, or made 1e308, as `np.nan_to_num` does with a number over 0. "
    "Put the *divisor* right, before you divide.",
    nan_to_num=lambda train, test: tuple(map(np.nan_to_num, _by(_std)(train, test))),
    wiped_out=lambda train, test: tuple(
        part * (_std(train) > 0) for part in _by()(train, test)
    ),
)
standardised.mistake(
    "A tiny number added to the deviation keeps train finite. But where train is "
    "constant, test is divided by that tiny number, and becomes huge if it differs. "
    "Such a column is divided by 1.",
    **{
        f"{kind}_1e_{k}": _by(lambda train, f=f, k=k: f(_std(train), 10.0**-k))
        for k in range(5, 17)
        for kind, f in {
            "added": np.add,
            "at_least": np.maximum,
            "added_to_the_variance": lambda std, eps: np.sqrt(std**2 + eps),
        }.items()
    },
)
standardised.mistake(
    "`ddof=1` (the default of `torch.std` and of pandas) divides by m - 1: it guesses "
    "the deviation of more data than there are, and for one row it is NaN. Asked is "
    "`np.std` as it is.",
    ddof=_by(_ddof),
    ddof_guarded=_by(lambda train: np.where(_ddof(train) == 0, 1, _ddof(train))),
)
