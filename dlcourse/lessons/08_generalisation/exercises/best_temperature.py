import numpy as np

from dlcourse.teach.exercise import exercise

from ..fixtures import chances, cross_entropy, naive, naive_logs, sure

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
        (20000 * SURE, np.array([1, 1, 1, 2]), SOME),  # two p are 0 at every T
        (SURE[:3], np.array([0, 1, 0]), np.array([3.0])),
    ),
    returns="one of the temperatures, a number",
)
def best_temperature(logits, y, temperatures):
    """The one of the temperatures with the lowest mean cross-entropy of logits / T."""
    return _by()(logits, y, temperatures)


def _by(loss=lambda z, T, y: cross_entropy(z / T, y), best=np.argmin):
    def run(logits, y, temperatures):
        return temperatures[best([loss(logits, T, y) for T in temperatures])]

    return run


def _losses(z, y, temperatures):
    return [cross_entropy(z / T, y) for T in temperatures]


best_temperature.mistake(
    "exp overflows, or gives 0, which has no log: bring each row's largest to 0.",
    naive=_by(lambda z, T, y: naive(z / T, y)),
    naive_logs=_by(lambda z, T, y: naive_logs(z / T, y)),
    naive_in_a_loop=_by(lambda z, T, y: np.fmin(naive(z / T, y), np.inf)),
    one_for_all_rows=_by(lambda z, T, y: naive((z - z.max()) / T, y)),
)
best_temperature.mistake(
    "A probability that came out as 0 has lost its log, and one that is cut off near 0 "
    "has another. How does log p come from the logits, with no p between?",
    log_of_0=_by(lambda z, T, y: -np.mean(np.log(chances(z / T, y)))),
    cut_off=_by(lambda z, T, y: -np.mean(np.log(chances(z / T, y) + 1e-12))),
)
best_temperature.mistake(
    "Each T divides what the last T left. Divide the given logits, each time.",
    one_after_another=lambda z, y, Ts: Ts[np.argmin(_losses(z, y, np.cumprod(Ts)))],
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
    "It is the *logits* that are divided by T, not the probabilities or their logs. Or "
    "is yours always the highest T, or the lowest, for another reason?",
    logs=_by(lambda z, T, y: cross_entropy(z, y) / T),
    of_p=_by(lambda z, T, y: -np.mean(np.log(chances(z, y) / T))),
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
