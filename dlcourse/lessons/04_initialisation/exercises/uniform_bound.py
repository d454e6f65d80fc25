"""Lesson 04: the exercise ``uniform_bound``."""

import numpy as np

from dlcourse.teach.exercise import exercise


@exercise(
    section="Uniform or normal",
    inputs=lambda rng: (float(rng.uniform(0.01, 3)),),
    edge_cases=((1.0,), (0.125,)),
    returns="the bound b",
)
def uniform_bound(std):
    """The b for which the uniform distribution on [-b, b] has this deviation."""
    return np.sqrt(3) * std


@uniform_bound.mistake(
    "With b equal to the standard deviation, all values lie within it, most of them "
    "far within: the spread is smaller than b. Work out the mean of w^2 on [-b, b]."
)
def bound_is_deviation(std):
    return std


@uniform_bound.mistake(
    "sqrt(12) is for the whole width of the interval. Here the width is 2 b."
)
def whole_width(std):
    return np.sqrt(12) * std


@uniform_bound.mistake(
    "The root is missing: b^2 / 3 is the variance, so b is the root of 3 std^2."
)
def without_the_root(std):
    return 3 * std**2


@uniform_bound.mistake(
    "It is upside down: this is the deviation of the uniform distribution on [-std, "
    "std]."
)
def deviation_of_the_bound(std):
    return std / np.sqrt(3)


@uniform_bound.mistake(
    "You took std for the variance: it is the standard deviation, its square is the "
    "variance."
)
def from_the_variance(std):
    return np.sqrt(3 * std)


@uniform_bound.mistake(
    "The 6 of the slide is not all the interval's: a part of it is the 2 of Xavier's "
    "variance, 2/(n + m). Here the deviation is given, whatever it came from: which "
    "part is left?"
)
def with_the_slides_six(std):
    return np.sqrt(6) * std


@uniform_bound.mistake(
    "You divided the integral by b. The interval reaches from -b to b: to get the "
    "mean, divide by its whole width."
)
def divided_by_half_the_width(std):
    return np.sqrt(1.5) * std


@uniform_bound.mistake(
    "Nearly: solving b^2 / 3 = std^2 for b takes the root of the *whole* right-hand "
    "side. You took it of std^2 only; the 3 stands under the root, too."
)
def root_of_a_part(std):
    return 3 * std


@uniform_bound.mistake(
    "You set the integral itself equal to the variance, which leaves b^3. The mean is "
    "the integral divided by the width, 2 b; then b^2 is left."
)
def integral_for_the_mean(std):
    return np.cbrt(1.5 * std**2)


@uniform_bound.mistake(
    "A third root means that b^3 was left: the integral was not divided by the width. "
    "And did you integrate from 0 to b only? The interval begins at -b."
)
def half_the_integral(std):
    return np.cbrt(3 * std**2)
