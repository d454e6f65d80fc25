import numpy as np

from dlcourse.teach.exercise import exercise

from ..fixtures import cross_entropy, sure

SOME, ROWS = np.array([2.0, 0.5, 5, 1, 20]), np.array([[0.0], [2e4], [-2e4], [0]])
SURE = np.array([[6.0, 0, 1], [0, 7, 1], [9, 2, 0], [1, 1, 1]])


@exercise(
    section="Deeper: Too sure",
    inputs=sure,
    edge_cases=(
        (SURE, np.array([0, 1, 1, 2]), SOME),
        (SURE + 20000, np.array([0, 1, 1, 2]), SOME),
        (SURE + ROWS, np.array([0, 1, 1, 2]), SOME),
        (SURE, np.array([0, 1, 0, 2]), SOME),
        (2 * SURE, np.array([1, 1, 0, 0]), SOME),
        (SURE[:1], np.array([2]), SOME),
        (SURE[:3], np.array([0, 1, 0]), np.array([3.0])),
    ),
    returns="one of the temperatures, a number",
)
def best_temperature(logits, y, temperatures):
    """The one of the temperatures with the lowest mean cross-entropy of logits / T.

    logits (n, classes).   y (n,): labels.   temperatures: above 0, in any order.
    """
    return _by()(logits, y, temperatures)


def _by(loss=lambda z, T, y: cross_entropy(z / T, y), best=np.argmin):
    def run(logits, y, temperatures):
        return temperatures[best([loss(logits, T, y) for T in temperatures])]

    return run


def _losses(z, y, temperatures):
    return [cross_entropy(z / T, y) for T in temperatures]


def _naive(z, T, y):
    e = np.exp(z / T)
    return -np.mean(np.log(e[np.arange(len(y)), y] / e.sum(axis=1)))


def _naive_logs(z, T, y):
    return np.mean(np.log(np.exp(z / T).sum(axis=1)) - z[np.arange(len(y)), y] / T)


best_temperature.mistake(
    "exp overflows, or gives 0, which has no log: bring each row's largest to 0.",
    naive=_by(_naive),
    naive_logs=_by(_naive_logs),
    naive_in_a_loop=_by(
        _naive, lambda found: np.argmin(np.nan_to_num(found, nan=np.inf))
    ),
    one_for_all_rows=_by(lambda z, T, y: _naive(z - z.max(), T, y)),
)
best_temperature.mistake(
    "You multiply by T. A high temperature makes the network *less* sure.",
    multiplied=_by(lambda z, T, y: cross_entropy(z * T, y)),
)
best_temperature.mistake(
    "What you compare is the same at every T. Errors are, since argmax does not move; "
    "or is T missing in your loss?",
    errors=lambda logits, y, temperatures: temperatures[0],
)
best_temperature.mistake(
    "It is the *logits* that are divided by T, not the probabilities or their logs.",
    logs=_by(lambda z, T, y: cross_entropy(z, y) / T),
    probabilities=_by(lambda z, T, y: cross_entropy(z, y) + np.log(T)),
)
best_temperature.mistake(
    "That is the temperature with the *highest* loss.",
    worst=_by(best=np.argmax),
)
best_temperature.mistake(
    "Asked is the temperature itself, not its index, or its loss.",
    index=lambda z, y, temperatures: int(np.argmin(_losses(z, y, temperatures))),
    loss=lambda z, y, temperatures: min(_losses(z, y, temperatures)),
)
