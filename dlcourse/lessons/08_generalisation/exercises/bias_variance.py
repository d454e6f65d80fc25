import numpy as np

from dlcourse.teach.exercise import exercise

from ..fixtures import predictions

RNG, TWO = np.random.default_rng(81), np.array([[[1.0]], [[3]]])


@exercise(
    section="Bias and variance",
    inputs=lambda rng: predictions(rng, *rng.integers((2, 1, 1), (9, 20, 6))),
    edge_cases=(
        predictions(RNG, 4, 3, 2),
        (TWO, np.array([[0.0]])),
        (TWO, np.array([[2.0]])),  # bias^2 comes out below 0
        predictions(RNG, 3, 3, 3),
    ),
    rtol=1e-5,
    atol=1e-5,  # bias^2 may be near 0, and float32 has no more digits of it
    returns=("bias_squared", "variance"),
)
def bias_variance(fits, y):
    """(bias^2, variance).   fits (K, n, d), y (n, d): sums over d, means over n."""
    return _by()(fits, y)


def _by(
    over=lambda K: K - 1,
    less=lambda variance, K: variance / K,
    size=lambda e: (e**2).sum(axis=-1).mean(axis=-1),
    apart=lambda fits: fits - fits.mean(axis=0),
):
    def run(fits, y):
        K, bias = len(fits), size(fits.mean(axis=0) - y)
        variance = size(apart(fits)).sum() / over(K)
        return bias - less(variance, K), variance

    return run


bias_variance.mistake(
    "Your variance divides by K. Their own mean is nearer to them than the true one.",
    by_K=_by(lambda K: K),
    by_K_alone=_by(lambda K: K, lambda variance, K: 0),
    by_K_then_right=_by(lambda K: K, lambda variance, K: variance / (K - 1)),
)
bias_variance.mistake(
    "The mean model, too, is off by chance, the more so the fewer models there are. "
    "How much of |mean - y|² is that?",
    nothing_off=_by(less=lambda variance, K: 0),
    all_off=_by(less=lambda variance, K: variance),
    by_one_less=_by(less=lambda variance, K: variance / (K - 1)),
)
bias_variance.mistake(
    "Outputs are averaged, not summed; or the examples, or the models, only summed.",
    averaged=_by(size=lambda e: (e**2).mean(axis=(-1, -2))),
    summed=_by(size=lambda e: (e**2).sum(axis=(-1, -2))),
    not_divided=_by(lambda K: 1),
)
bias_variance.mistake(
    "First the square, then sum and mean: errors of two signs cancel in yours.",
    examples_first=_by(size=lambda e: (e.mean(axis=-2) ** 2).sum(axis=-1)),
    outputs_first=_by(size=lambda e: (e.sum(axis=-1) ** 2).mean(axis=-1)),
)
bias_variance.mistake(
    "An estimate of 0 has both signs. Cut off those below, and the mean is above.",
    cut=lambda fits, y: (max(_by()(fits, y)[0], 0), _by()(fits, y)[1]),
)
bias_variance.mistake(
    "The first of your two is the error of the *single* models: bias is the mean's.",
    error=_by(less=lambda variance, K: (1 - K) / K * variance),
    error_less=_by(less=lambda variance, K: (2 - K) / K * variance),
)
bias_variance.mistake(
    "Your variance is over the examples: how do the *models* differ on one of them?",
    over_examples=lambda fits, y: (_by()(fits, y)[0], fits.var(1).sum(1).mean()),
    over_these_only=_by(apart=lambda fits: fits - fits.mean(axis=1, keepdims=True)),
    by_var=_by(lambda K: K, apart=lambda fits: fits - fits.mean(1, keepdims=True)),
)
bias_variance.mistake(
    "The two are right, in the other order: bias² comes first.",
    swapped=lambda fits, y: _by()(fits, y)[::-1],
)
