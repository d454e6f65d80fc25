import numpy as np

from dlcourse.teach.exercise import exercise

from ..fixtures import layer

RNG, ONES = np.random.default_rng(71), np.ones(3)


@exercise(
    section="Deeper: Put away for good",
    inputs=layer,
    edge_cases=(
        (np.eye(3), ONES, 2 * ONES, 3 * ONES, np.array([2.0, 0, -1]), ONES, 1.0),
        (RNG.normal(size=(3, 3)), ONES, ONES, np.arange(3.0), 2 * ONES, ONES, 0.1),
        (RNG.normal(size=(2, 4)), None, ONES[:2], ONES[:2], ONES[:2], ONES[:2], 0.5),
    ),
    atol=1e-5,  # beta - mean k may be near 0, and float32 has no more digits of it
    returns=("W", "b"),
)
def folded(W, b, mean, var, gamma, beta, eps):
    """(W, b) of one linear layer that does what this one and its BN do in evaluation.

    W (out, in).   b (out,), or None.   mean, var, gamma, beta: of the BN, (out,).
    """
    return _by()(W, b, mean, var, gamma, beta, eps)


def _by(
    slope=lambda var, gamma, eps: gamma / np.sqrt(var + eps),
    weight=lambda W, k: W * k[:, None],
    bias=lambda b, mean, beta, k: (b - mean) * k + beta,
):
    def fold(W, b, mean, var, gamma, beta, eps):
        k, b = slope(var, gamma, eps), np.zeros_like(beta) if b is None else b
        return weight(W, k), bias(b, mean, beta, k)

    return fold


folded.mistake(
    "The old bias goes through BN, too: mean is taken off it, and it is scaled.",
    unscaled=_by(bias=lambda b, mean, beta, k: b - mean * k + beta),
    dropped=_by(bias=lambda b, mean, beta, k: beta - mean * k),
)
folded.mistake(
    "The running mean is missing, or has the other sign: BN takes it off.",
    without_mean=_by(bias=lambda b, mean, beta, k: b * k + beta),
    added=_by(bias=lambda b, mean, beta, k: (b + mean) * k + beta),
)
folded.mistake(
    "mean is taken off, but not scaled: first (b - mean), then all of it times k.",
    mean_unscaled=_by(bias=lambda b, mean, beta, k: b * k - mean + beta),
)
folded.mistake(
    "You scale the columns of W. BN scales outputs, and each *row* of W makes one.",
    columns=_by(weight=lambda W, k: W * k),
)
folded.mistake(
    "eps is missing, or outside the root: gamma / sqrt(var + eps).",
    no_eps=_by(lambda var, gamma, eps: gamma / np.sqrt(var)),
    outside=_by(lambda var, gamma, eps: gamma / (np.sqrt(var) + eps)),
)
folded.mistake(
    "You divide by the variance, or not at all: by its root.",
    variance=_by(lambda var, gamma, eps: gamma / (var + eps)),
    undivided=_by(lambda var, gamma, eps: gamma),
)
folded.mistake(
    "gamma multiplies and beta is added last, as it is: one is missing, or scaled.",
    no_gamma=_by(lambda var, gamma, eps: 1 / np.sqrt(var + eps)),
    no_beta=_by(bias=lambda b, mean, beta, k: (b - mean) * k),
    beta_scaled=_by(bias=lambda b, mean, beta, k: (b - mean + beta) * k),
)
folded.mistake(
    "Right where there is a bias. Where there is none, b is 0, and goes through BN as "
    "any other b does.",
    beta_alone=lambda W, b, mean, var, gamma, beta, eps: _by()(
        W, mean if b is None else b, mean, var, gamma, beta, eps
    ),
)
