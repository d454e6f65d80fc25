import numpy as np

from dlcourse.teach.exercise import exercise

from ..fixtures import arriving

RNG = np.random.default_rng(70)


@exercise(
    section="The way back",
    inputs=arriving,
    edge_cases=(
        arriving(RNG, RNG.normal(size=(4, 3)), [2.0, 0, -3]),
        arriving(RNG, RNG.normal(size=(3, 3))),
        arriving(RNG, np.array([[1.0, 4], [1.5, 3]]), [-2.0, 1]),
        arriving(RNG, np.array([[1.0, 5], [1, 7], [1, 0]])),  # a constant column
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
    "The path through the variance is missing: the part of g along x_hat goes, too. "
    "(The mean of a product is not the product of the means, which is 0 here.)",
    no_variance=_by(along=lambda *_: 0),
)
bn_backward.mistake(
    "The path through the mean is missing: each column of dL/dx must add up to 0.",
    no_mean=_by(flat=lambda *_: 0),
)
bn_backward.mistake(
    "y = gamma x_hat + beta hands back gamma g, once, to all three. Where is gamma?",
    no_gamma=_by(slope=lambda s, gamma: 1 / s),
    first_only=lambda g, h, s, gamma: _by()(g, h, s, 1) + (gamma - 1) * g / s,
    not_the_last=lambda g, h, s, gamma: (
        gamma * (g - g.mean(0)) / s - h * (g * h).mean(0) / s
    ),
    twice=_by(slope=lambda s, gamma: gamma**2 / s),
)
bn_backward.mistake(
    "(x - mean) / s hands back 1/s, once, to all three terms; s is already the root.",
    squared=_by(slope=lambda s, gamma: gamma / s**2),
    multiplied=_by(slope=lambda s, gamma: gamma * s),
    left_out=_by(slope=lambda s, gamma: gamma),
    the_first=lambda g, h, s, gamma: _by()(g, h, 1, gamma) + gamma * g * (1 / s - 1),
    the_last=lambda g, h, s, gamma: gamma * (g - g.mean(0) - h * (g * h).mean(0) / s),
)
bn_backward.mistake(
    "Each x has a share of 1/N in the mean and in the variance: means over the batch "
    "stand there, axis 0, not sums, and nothing over N - 1.",
    sums=_by(lambda z: z.sum(axis=0)),
    sum_along=_by(along=lambda g, x_hat, mean: x_hat * (g * x_hat).sum(axis=0)),
    over_n_minus_1=_by(lambda z: z.sum(axis=0) / (len(z) - 1)),
    of_all=_by(np.mean),
    of_rows=_by(lambda z: z.mean(axis=1, keepdims=True)),
)
bn_backward.mistake(
    "x_hat belongs twice into its term: it says how much of g lies along it, and along "
    "what that is taken away. Is it there once, or is a sign turned?",
    once=_by(along=lambda g, x_hat, mean: mean(g * x_hat)),
    of_the_mean=_by(along=lambda g, x_hat, mean: x_hat * mean(g)),
    turned=_by(along=lambda g, x_hat, mean: -x_hat * mean(g * x_hat)),
)
