import numpy as np

from dlcourse.teach.exercise import exercise


def _rate_and_curvatures(rng):
    if rng.integers(4) == 0:  # whole numbers
        mu = int(rng.integers(1, 9))
        L = mu * int(rng.integers(1, 200))
    else:
        mu = float(10 ** rng.uniform(-4, 2))
        L = mu * float(10 ** rng.uniform(0, 5))
    if rng.integers(3) == 0:  # long: mu may lie beyond 1 / lr, too
        return float(rng.uniform(1, 3.98)) / L, L, mu
    return float(10 ** rng.uniform(-2, 0.59)) / L, L, mu


@exercise(
    section="Deeper: Steps against kappa",
    inputs=_rate_and_curvatures,
    edge_cases=(
        (0.09, 36, 1),  # L decides
        (0.04, 36, 1),  # mu decides
        (0.25, 9.0, 1.0),  # both: the tuned pair
        (1.0, 1.0, 1.0),  # no momentum
        (2.25, 1.0, 1.0),
        (1e-4, 100.0, 1e-4),
    ),
    returns="a number",
)
def tuned_momentum(lr, L, mu):
    """max(1 - sqrt(lr mu), sqrt(lr L) - 1)^2: the window's two ends (Polyak, 1964)."""
    return _root(lr, L, mu) ** 2


def _root(lr, L, mu):
    return np.float64(max(1 - np.sqrt(lr * mu), np.sqrt(lr * L) - 1))


tuned_momentum.mistake(
    "The window must hold L as well: at a long rate it is the upper end that decides.",
    lower_end_alone=lambda lr, L, mu: np.float64((1 - np.sqrt(lr * mu)) ** 2),
)
tuned_momentum.mistake(
    "The window must hold mu as well: at a short rate its lower end decides.",
    upper_end_alone=lambda lr, L, mu: np.float64((np.sqrt(lr * L) - 1) ** 2),
)
tuned_momentum.mistake(
    "Only one end is in the window; both must be: mu belongs to the lower end, L to "
    "the upper, and of the two momenta the larger is needed.",
    smaller=lambda lr, L, mu: np.float64(
        min(1 - np.sqrt(lr * mu), np.sqrt(lr * L) - 1) ** 2
    ),
)
tuned_momentum.mistake(
    "The ends give the *root* of the momentum, the share that a step leaves; the "
    "momentum is its square.",
    not_squared=_root,
    root_of_the_root=lambda lr, L, mu: _root(lr, L, mu) ** 0.5,
)
tuned_momentum.mistake(
    "That is the tuned pair's momentum, which goes with a rate of its own. Here the "
    "rate is given, and yours does not depend on it.",
    of_the_pair=lambda lr, L, mu: np.float64(
        ((np.sqrt(L) - np.sqrt(mu)) / (np.sqrt(L) + np.sqrt(mu))) ** 2
    ),
    root_of_the_pair=lambda lr, L, mu: np.float64(
        (np.sqrt(L) - np.sqrt(mu)) / (np.sqrt(L) + np.sqrt(mu))
    ),
)
tuned_momentum.mistake(
    "The roots are missing: the ends of the window are squares, (1 - root)^2 and "
    "(1 + root)^2, so it is the roots of lr mu and lr L that are compared with 1.",
    no_roots=lambda lr, L, mu: np.float64(max(1 - lr * mu, lr * L - 1)),
    no_roots_squared=lambda lr, L, mu: np.float64(max(1 - lr * mu, lr * L - 1) ** 2),
)
