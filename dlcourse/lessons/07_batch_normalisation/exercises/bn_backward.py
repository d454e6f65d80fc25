from dlcourse.teach.exercise import exercise

from ..fixtures import arriving, arriving_at_the_edge


@exercise(
    section="The way back",
    inputs=arriving,
    edge_cases=arriving_at_the_edge(),
    atol=1e-5,  # of two examples little is left: float32 has few digits of it
    returns="dL/dx, an array (N, C)",
)
def bn_backward(g, x_hat, s, gamma):
    """dL/dx from g = dL/dy.   g, x_hat (N, C).   s, gamma (C,): of the forward pass."""
    return _by()(g, x_hat, s, gamma)


def _by(
    mean=lambda z: z.mean(axis=0),
    flat=lambda g, mean: mean(g),
    along=lambda g, h, mean: h * mean(g * h),
    slope=lambda s, gamma: gamma / s,
    third=lambda s: 1,
):
    def backward(g, h, s, gamma):
        left = g - flat(g, mean) - third(s) * along(g, h, mean)
        return slope(s, gamma) * left

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
    not_the_last=lambda g, h, s, w: (w * (g - g.mean(0)) - h * (g * h).mean(0)) / s,
    twice=_by(slope=lambda s, gamma: gamma**2 / s),
)
bn_backward.mistake(
    "(x - mean) / s hands back 1/s, once, to all three terms; s is already the root.",
    squared=_by(slope=lambda s, gamma: gamma / s**2),
    multiplied=_by(slope=lambda s, gamma: gamma * s),
    left_out=_by(slope=lambda s, gamma: gamma),
    the_first=lambda g, h, s, gamma: _by()(g, h, 1, gamma) + gamma * g * (1 / s - 1),
    the_last=_by(slope=lambda s, gamma: gamma, third=lambda s: 1 / s),
)
bn_backward.mistake(
    "Each x has a share of 1/N in the mean and in the variance: means over the batch "
    "stand there, axis 0, not sums, and nothing over N - 1.",
    sums=_by(lambda z: z.sum(axis=0)),
    sum_along=_by(along=lambda g, h, mean: h * (g * h).sum(axis=0)),
    over_n_minus_1=_by(lambda z: z.sum(axis=0) / (len(z) - 1)),
    over_n=_by(along=lambda g, h, mean: h * mean(g * h) / len(g)),
    of_all=_by(lambda z: z.mean()),
    of_rows=_by(lambda z: z.mean(axis=1, keepdims=True)),
)
bn_backward.mistake(
    "The third term is not what lies along x_hat. Two checks: each column of dL/dx "
    "must add up to 0, and so (eps small) must each of dL/dx * x_hat. Which fails?",
    once=_by(along=lambda g, h, mean: mean(g * h)),
    of_the_mean=_by(along=lambda g, h, mean: h * mean(g)),
    turned=_by(third=lambda s: -1),
    all_plus=_by(flat=lambda g, mean: -mean(g), third=lambda s: -1),
    doubled=_by(third=lambda s: 2),
    halved=_by(third=lambda s: 0.5),
    centred=_by(third=lambda s: s),
    over_s=_by(third=lambda s: 1 / s),
    over_s_squared=_by(third=lambda s: 1 / s**2),
    no_sum=_by(along=lambda g, h, mean: g * h**2 / len(g)),
    no_sum_nor_n=_by(along=lambda g, h, mean: g * h**2),
)
