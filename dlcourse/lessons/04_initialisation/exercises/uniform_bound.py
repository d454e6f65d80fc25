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


uniform_bound.mistake(
    "With b equal to the standard deviation, all values lie within it, most of them "
    "far within: the spread is smaller than b. Work out the mean of w^2 on [-b, b].",
    bound_is_deviation=lambda std: std,
)
uniform_bound.mistake(
    "sqrt(12) is for the whole width of the interval. Here the width is 2 b.",
    whole_width=lambda std: np.sqrt(12) * std,
)
uniform_bound.mistake(
    "It is upside down: this is the deviation of the uniform distribution on [-std, "
    "std].",
    deviation_of_the_bound=lambda std: std / np.sqrt(3),
)
uniform_bound.mistake(
    "You took std for the variance: it is the standard deviation, its square is the "
    "variance.",
    from_the_variance=lambda std: np.sqrt(3 * std),
)
uniform_bound.mistake(
    "The 6 of the slide is not all the interval's: a part of it is the 2 of Xavier's "
    "variance, 2/(n + m). Here the deviation is given, whatever it came from: which "
    "part is left?",
    with_the_slides_six=lambda std: np.sqrt(6) * std,
)
uniform_bound.mistake(
    "You divided the integral by b. The interval reaches from -b to b: to get the "
    "mean, divide by its whole width.",
    divided_by_half_the_width=lambda std: np.sqrt(1.5) * std,
)
uniform_bound.mistake(
    "Nearly: you solved for b^2, and took the root of a part of it. The root is of the "
    "*whole* right-hand side, its number included.",
    root_of_a_part=lambda std: 3 * std,
)
uniform_bound.mistake(
    "`3**1/2` is (3**1)/2, the power before the division: write `np.sqrt(3)`.",
    power_before_division=lambda std: 3**1 / 2 * std,
)
uniform_bound.mistake(
    "A third root means that b^3 was left: you set the integral itself equal to the "
    "variance. The mean is the integral divided by the width of the interval, which "
    "begins at -b.",
    integral_for_the_mean=lambda std: np.cbrt(1.5 * std**2),
    half_the_integral=lambda std: np.cbrt(3 * std**2),
)
