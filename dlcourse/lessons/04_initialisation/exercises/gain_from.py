import numpy as np

from dlcourse.teach.exercise import exercise


def _outputs(rng):
    z = rng.normal(size=rng.integers(3, 7, size=rng.integers(1, 4)))
    z /= np.sqrt(np.mean(z**2))
    low, up = rng.uniform(0.02, 0.3), rng.uniform(0.4, 0.9)
    return (np.where(z > 0, up * z, low * z) + rng.uniform(0.2, 0.4),)


@exercise(
    section="One gain for each",
    inputs=_outputs,
    edge_cases=((np.array([[0.9, -0.6], [-0.5, -0.4]]),),),
    returns="the gain",
)
def gain_from(h):
    """The factor for weights that undoes what an activation does to the size.

    h: its outputs for inputs z with E[z^2] = 1, of any shape.
    """
    return 1 / np.sqrt(np.mean(h**2))


gain_from.mistake(
    "The standard deviation and the variance take the mean off. The next layer adds up "
    "h as it is, mean included: what counts is E[h^2].",
    by_the_deviation=lambda h: 1 / np.std(h),
    by_the_variance=lambda h: 1 / np.var(h),
)
gain_from.mistake(
    "You measure size by absolute values, by their mean or the largest. What the next "
    "layer adds up are independent terms, whose squares add: square first.",
    by_absolute_values=lambda h: 1 / np.mean(np.abs(h)),
    by_the_largest=lambda h: 1 / np.abs(h).max(),
)
gain_from.mistake(
    "You took the mean before the square, or without one: there positive and negative "
    "outputs cancel. The mean is to be taken of the squares.",
    by_the_mean=lambda h: 1 / np.mean(h),
    mean_before_the_square=lambda h: 1 / np.sqrt(np.mean(h) ** 2),
)
gain_from.mistake(
    "That is what is left of the second moment. Which factor on h, not on h^2, brings "
    "it back to 1?",
    second_moment_left=lambda h: np.mean(h**2),
)
gain_from.mistake(
    "The sum of the squares grows with the number of entries, and so does the norm: "
    "take their mean, over *all* entries. (`len(h)` counts the rows, `h.size` all.)",
    mean_over_the_rows=lambda h: 1 / np.sqrt(np.sum(h**2) / len(h)),
    by_the_norm=lambda h: 1 / np.sqrt(np.sum(h**2)),
)
gain_from.mistake(
    "You took the mean along one axis only. The gain is one number for the layer: no "
    "`axis`, whatever the shape of h.",
    by_unit=lambda h: 1 / np.sqrt(np.mean(h**2, axis=0)),
    by_example=lambda h: 1 / np.sqrt(np.mean(h**2, axis=-1)),
)
