import numpy as np

from dlcourse.teach.exercise import exercise

KINDS = (
    (lambda z: np.tanh(z), lambda z: 1 - np.tanh(z) ** 2),
    (lambda z: 1 / (1 + np.exp(-z)), lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2),
    (lambda z: np.maximum(z, 0), lambda z: (z > 0) * 1.0),
    (lambda z: np.sin(z) + 1, lambda z: np.cos(z)),
    (lambda z: z**2, lambda z: 2 * z),
)


def _given(f, slope, n=40):
    z, weights = np.polynomial.hermite_e.hermegauss(n)
    return f(z), slope(z), weights / weights.sum()


def _activation(rng):
    f, slope = KINDS[rng.integers(len(KINDS))]
    a, k, b = rng.uniform(0.3, 2), rng.uniform(0.3, 3), rng.normal() * 2
    n = int(rng.integers(3, 60))
    return _given(lambda z: k * f(a * z) + b, lambda z: k * a * slope(a * z), n)


@exercise(
    section="Deeper: Thirty layers",
    inputs=_activation,
    edge_cases=(
        _given(lambda z: 3 * z, lambda z: 3 + 0 * z),
        _given(lambda z: 2 * z + 1, lambda z: 2 + 0 * z),
        _given(lambda z: np.maximum(z, 0), lambda z: (z > 0) * 1.0),
        (np.array([1.0, 2, 4]), np.array([0.5, 1, 2]), np.array([0.5, 0.25, 0.25])),
        (np.array([1.0, 2, 4]), np.zeros(3), np.array([0.5, 0.25, 0.25])),
    ),
    returns="the factor, a number",
)
def gradient_factor(values, slopes, weights):
    """sqrt(E f'(z)^2 / Var f(z)): what a layer with BN multiplies the gradient by.

    values, slopes: f and f' at some points (n,).   weights (n,): the probabilities of
    the points. They add up to 1, and E of anything is its sum with these weights.
    """
    mean = weights @ values
    return np.sqrt(weights @ slopes**2 / (weights @ (values - mean) ** 2))


gradient_factor.mistake(
    "You divide by E f². BN takes the mean off first: the variance.",
    second_moment=lambda v, s, w: np.sqrt(w @ s**2 / (w @ v**2)),
)
gradient_factor.mistake(
    "Turned round: slopes multiply the gradient, the deviation divides it.",
    inverted=lambda v, s, w: np.sqrt((w @ v**2 - (w @ v) ** 2) / (w @ s**2)),
)
gradient_factor.mistake(
    "That is the factor of the gradient's *square*: take the root.",
    no_root=lambda v, s, w: w @ s**2 / (w @ v**2 - (w @ v) ** 2),
)
gradient_factor.mistake(
    "Of the slopes, the mean of the squares is asked: E f'², not (E f')², and "
    "nothing is taken off them.",
    variance_of_slopes=lambda v, s, w: np.sqrt(
        w @ (s - w @ s) ** 2 / (w @ (v - w @ v) ** 2)
    ),
    mean_first=lambda v, s, w: abs(w @ s) / np.sqrt(w @ v**2 - (w @ v) ** 2),
)
gradient_factor.mistake(
    "All points count alike with you. They have probabilities: `weights`.",
    unweighted=lambda v, s, w: np.sqrt(np.mean(s**2) / v.var()),
    mean_unweighted=lambda v, s, w: np.sqrt(w @ s**2 / (w @ (v - v.mean()) ** 2)),
    var_unweighted=lambda v, s, w: np.sqrt(w @ s**2 / v.var()),
)
gradient_factor.mistake(
    "That is what a layer does without BN, which divides by the deviation of f, too.",
    undivided=lambda v, s, w: np.sqrt(w @ s**2),
    he=lambda v, s, w: np.sqrt(2 * (w @ s**2)),
)
gradient_factor.mistake(
    "Is that He's 2? BN divides the variance of the weights out again.",
    he_and_divided=lambda v, s, w: np.sqrt(2 * (w @ s**2) / (w @ (v - w @ v) ** 2)),
)
