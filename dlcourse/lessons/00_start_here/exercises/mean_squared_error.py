import numpy as np

from dlcourse.teach.exercise import exercise


def predictions_and_targets(rng):
    n = int(rng.integers(2, 7))
    return rng.normal(size=n), rng.normal(size=n)


@exercise(
    section="Solve an exercise",
    inputs=predictions_and_targets,
    edge_cases=[
        (np.array([1.5]), np.array([-0.5])),
        (np.array([1.0, 3.0]), np.array([1.0, 3.0])),  # a perfect prediction
    ],
    returns="the loss, a number",
)
def mean_squared_error(predictions, targets):
    """The mean, over all entries, of the squared difference."""
    return np.mean((predictions - targets) ** 2)


mean_squared_error.mistake(
    "The squares are added up but not divided by how many there are. Take the *mean*: "
    "a loss that grows with the number of examples compares no two data sets.",
    without_mean=lambda p, t: np.sum((p - t) ** 2),
)
mean_squared_error.mistake(
    "Only one of the examples counts. In a loop, each square must be *added* to the "
    "sum (`+=`), and `return` stands behind the loop, not in it.",
    first_of_the_loop=lambda p, t: (p[0] - t[0]) ** 2 / len(p),
    last_of_the_loop=lambda p, t: (p[-1] - t[-1]) ** 2 / len(p),
)
mean_squared_error.mistake(
    "The differences are not squared: errors of opposite sign cancel, and a network "
    "that is wrong by +1 and by -1 would get a loss of 0.",
    without_square=lambda p, t: np.mean(p - t),
    without_square_turned=lambda p, t: np.mean(t - p),
)
mean_squared_error.mistake(
    "That is the mean *absolute* error: each difference is to be squared.",
    absolute=lambda p, t: np.mean(np.abs(p - t)),
)
mean_squared_error.mistake(
    "The square comes too late: you square the mean of the differences. Square each "
    "difference first, then take the mean.",
    square_of_mean=lambda p, t: np.mean(p - t) ** 2,
)
mean_squared_error.mistake(
    "Half of what is asked for. Some books write 1/2 in front so that the gradient has "
    "no 2; PyTorch's `MSELoss` does not, and neither does this course.",
    with_half=lambda p, t: np.mean((p - t) ** 2) / 2,
)
mean_squared_error.mistake(
    "The sum is divided by n - 1. That is for an estimate of a variance, whose mean "
    "comes from the same numbers; the mean of n squares is their sum over n.",
    less_one=lambda p, t: np.sum((p - t) ** 2) / (len(p) - 1),
)
mean_squared_error.mistake(
    "That is the *variance* of the differences: their own mean is taken off first, so "
    "a network that is wrong by +1 everywhere would get a loss of 0. Square the "
    "differences themselves.",
    variance=lambda p, t: np.var(p - t),
)
mean_squared_error.mistake(
    "Predictions and targets are added, not subtracted: a perfect prediction must have "
    "the loss 0. Try `predictions = targets` on yours.",
    added=lambda p, t: np.mean((p + t) ** 2),
)
mean_squared_error.mistake(
    "The square belongs to the *difference*: subtract first. In `a - b ** 2` only b is "
    "squared (a power binds more tightly than a minus), and the difference of two "
    "squares is not the square of the difference.",
    difference_of_squares=lambda p, t: np.mean(p**2 - t**2),
    brackets_forgotten=lambda p, t: np.mean(p - t**2),
)
