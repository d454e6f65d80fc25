"""Lesson 00: the exercise ``mean_squared_error``."""

import numpy as np

from dlcourse.teach.exercise import exercise


def predictions_and_targets(rng):
    n = int(rng.integers(2, 7))
    return rng.normal(size=n), rng.normal(size=n)


@exercise(
    section="Solve an exercise",
    inputs=predictions_and_targets,
    edge_cases=[(np.array([1.5]), np.array([-0.5]))],
    returns="the loss, a number",
)
def mean_squared_error(predictions, targets):
    """The mean, over all entries, of the squared difference."""
    return np.mean((predictions - targets) ** 2)


@mean_squared_error.mistake(
    "The squares are added up but not divided by how many there are: a loss that grows "
    "with the number of examples cannot be compared between data sets. Take the *mean*."
)
def without_mean(predictions, targets):
    return np.sum((predictions - targets) ** 2)


@mean_squared_error.mistake(
    "The differences are not squared: errors of opposite sign cancel, and a network "
    "that is wrong by +1 and by -1 would get a loss of 0."
)
def without_square(predictions, targets):
    return np.mean(predictions - targets)


@mean_squared_error.mistake(
    "That is the mean *absolute* error: each difference is to be squared."
)
def absolute(predictions, targets):
    return np.mean(np.abs(predictions - targets))


@mean_squared_error.mistake(
    "The square comes too late: you square the mean of the differences. Square each "
    "difference first, then take the mean."
)
def square_of_mean(predictions, targets):
    return np.mean(predictions - targets) ** 2


@mean_squared_error.mistake(
    "Half of what is asked for. Some books write 1/2 in front so that the gradient has "
    "no 2; PyTorch's `MSELoss` does not, and neither does this course."
)
def with_half(predictions, targets):
    return np.mean((predictions - targets) ** 2) / 2


@mean_squared_error.mistake(
    "That is the root of the mean squared error: leave the root out."
)
def with_root(predictions, targets):
    return np.sqrt(np.mean((predictions - targets) ** 2))


@mean_squared_error.mistake(
    "That is the *variance* of the differences: their own mean is taken off first, so "
    "a network that is wrong by +1 everywhere would get a loss of 0. Square the "
    "differences themselves."
)
def variance(predictions, targets):
    return np.var(predictions - targets)


@mean_squared_error.mistake(
    "Predictions and targets are added, not subtracted: a perfect prediction must have "
    "the loss 0. Try `predictions = targets` on yours."
)
def added(predictions, targets):
    return np.mean((predictions + targets) ** 2)


@mean_squared_error.mistake(
    "Each is squared before the two are subtracted. Subtract first: the difference of "
    "two squares is not the square of the difference."
)
def difference_of_squares(predictions, targets):
    return np.mean(predictions**2 - targets**2)
