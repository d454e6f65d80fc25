import numpy as np

from dlcourse.teach.exercise import exercise

from ..fixtures import columns, scales


def _arriving(rng, x=None):
    x = columns(rng) if x is None else x
    gamma, _ = scales(rng, x.shape[1])
    s = np.sqrt(x.var(axis=0) + 10 ** rng.uniform(-5, -1))
    g = rng.normal(size=x.shape) + rng.normal(size=x.shape[1])
    return g + 0.3 * x / s, (x - x.mean(axis=0)) / s, s, gamma


RNG = np.random.default_rng(70)


@exercise(
    section="The way back",
    inputs=_arriving,
    edge_cases=(
        _arriving(RNG, np.array([[1.0, 4], [3, 10]])),
        _arriving(RNG, RNG.normal(size=(3, 5))),
        _arriving(RNG, RNG.normal(size=(4, 4)) * 3 + 1),
    ),
    returns="dL/dx, an array (N, C)",
)
def bn_backward(g, x_hat, s, gamma):
    """dL/dx (N, C), from g = dL/dy (N, C).

    x_hat (N, C) and s (C,): of the forward pass.   gamma (C,).
    """
    return _by()(g, x_hat, s, gamma)


def _by(
    flat=lambda g: g.mean(axis=0),
    along=lambda g, x_hat: x_hat * (g * x_hat).mean(axis=0),
    slope=lambda s, gamma: gamma / s,
):
    def backward(g, x_hat, s, gamma):
        return slope(s, gamma) * (g - flat(g) - along(g, x_hat))

    return backward


def _none(*_):
    return 0


bn_backward.mistake(
    "Mean and variance are treated as constants. They were made from x: two more paths "
    "lead back to it.",
    constants=_by(_none, _none),
)
bn_backward.mistake(
    "The path through the variance is missing: the part of g along x_hat goes, too.",
    no_variance=_by(along=_none),
)
bn_backward.mistake(
    "The path through the mean is missing: each column of dL/dx must add up to 0.",
    no_mean=_by(flat=_none),
)
bn_backward.mistake(
    "gamma is missing: y = gamma x_hat + beta hands back gamma g.",
    no_gamma=_by(slope=lambda s, gamma: 1 / s),
)
bn_backward.mistake(
    "s is already the root: x_hat = (x - mean) / s hands back 1/s, once.",
    squared=_by(slope=lambda s, gamma: gamma / s**2),
    multiplied=_by(slope=lambda s, gamma: gamma * s),
)
bn_backward.mistake(
    "Sums for means: each x has a share of 1/N in the mean and in the variance.",
    sums=_by(lambda g: g.sum(axis=0), lambda g, x_hat: x_hat * (g * x_hat).sum(axis=0)),
    sum_along=_by(along=lambda g, x_hat: x_hat * (g * x_hat).sum(axis=0)),
)
bn_backward.mistake(
    "x_hat stands there once, and belongs twice: it says how much of g lies along it, "
    "and it says where that is taken away. x_hat * mean(g * x_hat).",
    once=_by(along=lambda g, x_hat: (g * x_hat).mean(axis=0)),
    of_the_mean=_by(along=lambda g, x_hat: x_hat * g.mean(axis=0)),
)
