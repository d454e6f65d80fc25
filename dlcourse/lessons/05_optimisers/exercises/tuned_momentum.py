import numpy as np

from dlcourse.teach.exercise import exercise


def _curvatures(rng):
    if rng.integers(4) == 0:  # whole numbers
        mu = int(rng.integers(1, 9))
        return mu * int(rng.integers(1, 200)), mu
    mu = float(10 ** rng.uniform(-4, 2))
    return mu * float(10 ** rng.uniform(0, 7)), mu


@exercise(
    section="Deeper: Steps against kappa",
    inputs=_curvatures,
    edge_cases=((9.0, 1.0), (1000.0, 1.0), (4, 1), (2.0, 2.0), (1.0, 1e-8), (0.5, 0.1)),
    returns=("lr", "momentum"),
)
def tuned_momentum(L, mu):
    """(lr, momentum) that make the heavy ball fastest between the curvatures mu and L.

    lr = 4 / (sqrt(L) + sqrt(mu))^2,   momentum = ((sqrt(k) - 1) / (sqrt(k) + 1))^2 with
    k = L/mu (Polyak, 1964).
    """
    return _rate(L, mu), _share(L, mu)


def _rate(L, mu):
    return 4 / (np.sqrt(L) + np.sqrt(mu)) ** 2


def _share(L, mu):
    return ((np.sqrt(L) - np.sqrt(mu)) / (np.sqrt(L) + np.sqrt(mu))) ** 2


def _by(rate=_rate, share=_share):
    return lambda L, mu: (np.float64(rate(L, mu)), np.float64(share(L, mu)))


tuned_momentum.mistake(
    "The momentum lacks its square: (sqrt(k) - 1)/(sqrt(k) + 1), with k = L/mu, is the "
    "share of the *way* left after a step, and the momentum is the square of that.",
    not_squared=_by(share=lambda L, mu: _share(L, mu) ** 0.5),
)
tuned_momentum.mistake(
    "The roots are missing: with L/mu itself that is what plain descent leaves, "
    "and far too heavy a ball.",
    k_for_its_root=_by(share=lambda L, mu: (L - mu) / (L + mu)),
    k_for_its_root_squared=_by(share=lambda L, mu: ((L - mu) / (L + mu)) ** 2),
    no_root_anywhere=_by(
        lambda L, mu: 4 / (L + mu) ** 2, lambda L, mu: ((L - mu) / (L + mu)) ** 2
    ),
    no_root_in_the_rate=_by(lambda L, mu: 4 / (L + mu) ** 2),
)
tuned_momentum.mistake(
    "The momentum is right, but the step is one for plain descent. With momentum a "
    "longer one is stable, up to 2 (1 + momentum)/L.",
    step_without_momentum=_by(lambda L, mu: 2 / (L + mu)),
    one_over_L=_by(lambda L, mu: 1 / L),
)
tuned_momentum.mistake(
    "In the learning rate the sum of the two roots is squared, and 4 stands above it.",
    sum_not_squared=_by(lambda L, mu: 4 / (np.sqrt(L) + np.sqrt(mu))),
    two_not_squared=_by(lambda L, mu: 2 / (np.sqrt(L) + np.sqrt(mu)) ** 2),
    nothing_squared=_by(lambda L, mu: 2 / (np.sqrt(L) + np.sqrt(mu))),
    root_of_the_sum=_by(lambda L, mu: 4 / (L + mu)),
)
tuned_momentum.mistake(
    "Your learning rate holds for mu = 1 only: with all curvatures ten times as large "
    "it must be a tenth.",
    sum_of_k=_by(lambda L, mu: 4 / (np.sqrt(L / mu) + 1) ** 2),
)
tuned_momentum.mistake(
    "That is Nesterov's pair: asked is the heavy ball, whose gradient is taken where "
    "it is.",
    nesterov=_by(lambda L, mu: 1 / L, lambda L, mu: _share(L, mu) ** 0.5),
)
tuned_momentum.mistake(
    "The two are right, in the other order: lr comes first.",
    swapped=lambda L, mu: (_share(L, mu), _rate(L, mu)),
)
