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
    """(bias^2, variance) of K models: two numbers.   fits (K, n, d).   y (n, d).

    Squares are summed over the d outputs, and averaged over the n examples.
    """
    return _by()(fits, y)


def _by(
    over=lambda K: K - 1,
    less=lambda variance, K: variance / K,
    size=lambda e: (e**2).sum(axis=-1).mean(axis=-1),
    give=lambda bias, variance: (bias, variance),
):
    def run(fits, y):
        K, mean = len(fits), fits.mean(axis=0)
        variance = size(fits - mean).sum() / over(K)
        return give(size(mean - y) - less(variance, K), variance)

    return run


bias_variance.mistake(
    "Your variance divides by K. The mean was made of these K models, and lies nearer "
    "to them than the true one does.",
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
    "The outputs are averaged, where they are to be summed; or the examples summed.",
    averaged=_by(size=lambda e: (e**2).mean(axis=(-1, -2))),
    summed=_by(size=lambda e: (e**2).sum(axis=(-1, -2))),
)
bias_variance.mistake(
    "First the square, then sum and mean: errors of two signs cancel in yours.",
    examples_first=_by(size=lambda e: (e.mean(axis=-2) ** 2).sum(axis=-1)),
    outputs_first=_by(size=lambda e: (e.sum(axis=-1) ** 2).mean(axis=-1)),
)
bias_variance.mistake(
    "An estimate of 0 has both signs. Cut off those below, and the mean is above.",
    cut=_by(give=lambda bias, variance: (max(bias, 0), variance)),
)
bias_variance.mistake(
    "The first of your two is the error of the *single* models: bias is the mean's.",
    error=lambda fits, y: (((fits - y) ** 2).sum(-1).mean(), _by()(fits, y)[1]),
)
bias_variance.mistake(
    "Your variance is over the examples: how do the *models* differ on one of them?",
    over_examples=lambda fits, y: (_by()(fits, y)[0], fits.var(1).sum(1).mean()),
)
bias_variance.mistake(
    "The two are right, in the other order: bias² comes first.",
    swapped=_by(give=lambda bias, variance: (variance, bias)),
)
