import numpy as np

from dlcourse.teach.exercise import exercise

from ..fixtures import columns, scales


def _arriving(rng, x=None, gamma=None):
    x = columns(rng) if x is None else x
    gamma = scales(rng, x.shape[1])[0] if gamma is None else np.array(gamma)
    s = np.sqrt(x.var(axis=0) + 10 ** rng.uniform(-5, -1))
    g = rng.normal(size=x.shape) + rng.normal(size=x.shape[1])
    return g + 0.3 * x / s, (x - x.mean(axis=0)) / s, s, gamma


RNG = np.random.default_rng(70)


@exercise(
    section="The way back",
    inputs=_arriving,
    edge_cases=(
        _arriving(RNG, RNG.normal(size=(3, 3)), [2.0, 0, -3]),
        _arriving(RNG, np.array([[1.0, 4], [1.5, 3]]), [-2.0, 1]),
        _arriving(RNG, np.array([[1.0, 5], [1, 7], [1, 0]])),  # a constant column
    ),
    atol=1e-5,  # of two examples little is left: float32 has few digits of it
    returns="dL/dx, an array (N, C)",
)
def bn_backward(g, x_hat, s, gamma):
    """dL/dx from g = dL/dy.   g, x_hat (N, C).   s, gamma (C,): of the forward pass."""
    return _by()(g, x_hat, s, gamma)


def _by(
    mean=lambda z: z.mean(axis=0),
    flat=lambda g, mean: mean(g),
    along=lambda g, x_hat, mean: mean(g * x_hat) * x_hat,
    slope=lambda s, gamma: gamma / s,
):
    def backward(g, x_hat, s, gamma):
        return slope(s, gamma) * (g - flat(g, mean) - along(g, x_hat, mean))

    return backward


bn_backward.mistake(
    "Mean and variance were made from x, too: two more paths lead back to it.",
    constants=_by(lambda z: 0),
)
bn_backward.mistake(
    "The path through the variance is missing: the part of g along x_hat goes, too.",
    no_variance=_by(along=lambda *_: 0),
)
bn_backward.mistake(
    "The path through the mean is missing: each column of dL/dx must add up to 0.",
    no_mean=_by(flat=lambda *_: 0),
)
bn_backward.mistake(
    "y = gamma x_hat + beta hands back gamma g, to all three terms. Where is gamma?",
    no_gamma=_by(slope=lambda s, gamma: 1 / s),
    first_only=lambda g, h, s, gamma: _by()(g, h, s, 1) + (gamma - 1) * g / s,
)
bn_backward.mistake(
    "x_hat = (x - mean) / s hands back 1/s, once; and s is already the root.",
    squared=_by(slope=lambda s, gamma: gamma / s**2),
    multiplied=_by(slope=lambda s, gamma: gamma * s),
    left_out=_by(slope=lambda s, gamma: gamma),
)
bn_backward.mistake(
    "Each x has a share of 1/N in the mean and in the variance: means over the batch "
    "stand there, axis 0, not sums, and nothing over N - 1.",
    sums=_by(lambda z: z.sum(axis=0)),
    sum_along=_by(along=lambda g, x_hat, mean: x_hat * (g * x_hat).sum(axis=0)),
    over_n_minus_1=_by(lambda z: z.sum(axis=0) / (len(z) - 1)),
    of_all=_by(np.mean),
)
bn_backward.mistake(
    "x_hat belongs twice into its term: it says how much of g lies along it, and along "
    "what that is taken away. Is it there once, or is a sign turned?",
    once=_by(along=lambda g, x_hat, mean: mean(g * x_hat)),
    of_the_mean=_by(along=lambda g, x_hat, mean: x_hat * mean(g)),
    turned=_by(along=lambda g, x_hat, mean: -x_hat * mean(g * x_hat)),
)
