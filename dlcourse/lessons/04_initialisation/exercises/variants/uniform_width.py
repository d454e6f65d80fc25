"""Weights are to be drawn from the uniform distribution on $[0, c]$, above 0 only. For
which $c$ do they have a given standard deviation (about their own mean, as always)?
"""

import numpy as np

from ..uniform_bound import uniform_bound


@uniform_bound.variant(
    "That is b for the interval [-b, b], whose mean is 0; or the second moment, the "
    "mean of w^2, was taken for the variance. On [0, c] the mean is c/2: the deviation "
    "is about it."
)
def uniform_width(std):
    """The c for which the uniform distribution on [0, c] has this deviation."""
    return np.sqrt(12) * std


uniform_width.mistake(
    "It is upside down: this is the deviation of the uniform distribution on [0, std].",
    deviation_of_the_width=lambda std: std / np.sqrt(12),
)
uniform_width.mistake(
    "That is the distance from the mean to the end, or c is taken for the deviation. "
    "Work out the variance: the mean of w^2 on [0, c], less the square of the mean.",
    bound_is_deviation=lambda std: std,
    half_is_deviation=lambda std: 2 * std,
)
uniform_width.mistake(
    "The root is of the *whole* right-hand side, its number included: c^2 = 12 std^2.",
    root_of_a_part=lambda std: 12 * std,
)
uniform_width.mistake(
    "You took std for the variance: it is the standard deviation, its square is the "
    "variance.",
    from_the_variance=lambda std: np.sqrt(12 * std),
)
uniform_width.mistake(
    "The square of the mean was added, not taken off: the variance is the mean of the "
    "squares *less* the square of the mean.",
    added=lambda std: std / np.sqrt(7 / 12),
)
uniform_width.mistake(
    "`12**1/2` is (12**1)/2, the power before the division: write `np.sqrt(12)`.",
    power_before_division=lambda std: 12**1 / 2 * std,
)
