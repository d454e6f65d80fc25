import numpy as np

from dlcourse.teach.exercise import exercise

from ..fixtures import batch

RNG = np.random.default_rng(7)
FAR = (RNG.normal(size=(16, 3)) + 1e4).astype(np.float32)


@exercise(
    section="Algorithm 1",
    inputs=batch,
    edge_cases=(
        (np.array([[1.0, 4], [3, 10]]), np.array([2.0, -1]), np.ones(2), 0.1),
        (np.array([[1.0, 5], [1, 7], [1, 0]]), np.ones(2), np.array([3.0, 0]), 0.01),
        (FAR, np.float32([1, 2, 3]), np.float32([0, 1, -1]), 1e-5),
        (RNG.normal(size=(4, 4)) + 2, *RNG.normal(size=(2, 4)), 0.05),
        (np.array([[3.0], [1], [8]]), 2 * np.ones(1), np.ones(1), 0.01),
    ),
    returns=("y", "x_hat", "s"),
)
def bn_forward(x, gamma, beta, eps):
    """y, x_hat (N, C) and s (C,) of BN in training; s is the root of variance + eps."""
    return _by()(x, gamma, beta, eps)


def _by(
    mean=lambda x: np.mean(x, axis=0),
    var=lambda x: np.var(x, axis=0),
    root=lambda v, eps: np.sqrt(v + eps),
    after=lambda x_hat, gamma, beta: gamma * x_hat + beta,
    give=lambda y, x_hat, s, v: (y, x_hat, s),
):
    def forward(x, gamma, beta, eps):
        x_hat = (x - mean(x)) / (s := root(var(x), eps))
        return give(after(x_hat, gamma, beta), x_hat, s, var(x))

    return forward


bn_forward.mistake(
    "You divide by N - 1, which is for the *running* variance. To normalise: by N.",
    unbiased=_by(var=lambda x: x.var(axis=0, ddof=1)),
)
bn_forward.mistake(
    "Each *example* is brought to mean 0 (that is LayerNorm). Here each feature is, "
    "over the batch: which axis of (N, C) goes, when C means are to be left?",
    rows=_by(*(lambda x, f=f: f(x, axis=1, keepdims=True) for f in (np.mean, np.var))),
    rows_flat=_by(lambda x: x.mean(axis=1), lambda x: x.var(axis=1)),
)
bn_forward.mistake(
    "One mean or one variance for all features together. Each column has its own.",
    one_mean=_by(np.mean),
    one_var=_by(var=lambda x: 0 * x[0] + x.var()),
    one_of_both=_by(np.mean, np.var),
)
bn_forward.mistake(
    "s is not sqrt(variance + eps): is eps outside the root, or left out? Is the root? "
    "Is the variance a sum, where a mean is asked for?",
    a_sum=_by(var=lambda x: len(x) * x.var(axis=0)),
    outside=_by(root=lambda v, eps: np.sqrt(v) + eps),
    without=_by(root=lambda v, eps: np.sqrt(v)),
    variance=_by(root=lambda v, eps: v + eps),
    given_without=_by(give=lambda y, x_hat, s, v: (y, x_hat, np.sqrt(v))),
    given_squared=_by(give=lambda y, x_hat, s, v: (y, x_hat, s**2)),
)
bn_forward.mistake(
    "x_hat is right. gamma multiplies it, then beta is added: look at that line.",
    exchanged=_by(after=lambda x_hat, gamma, beta: beta * x_hat + gamma),
    too_early=_by(after=lambda x_hat, gamma, beta: gamma * (x_hat + beta)),
    left_out=_by(after=lambda x_hat, gamma, beta: x_hat),
)
bn_forward.mistake(
    "At mean 10,000 float32 keeps no digit of E x² - m². First subtract, then square.",
    difference=_by(var=lambda x: np.mean(x**2, axis=0) - np.mean(x, axis=0) ** 2),
)
bn_forward.mistake("x_hat still has the mean of x.", mean_kept=_by(lambda x: 0))
bn_forward.mistake(
    "y, x_hat, s, in this order. After `y = x_hat`, `y *= 2` changes both: one array.",
    one_array=_by(give=lambda y, x_hat, s, v: (y, y, s)),
    x_hat_first=_by(give=lambda y, x_hat, s, v: (x_hat, y, s)),
    s_second=_by(give=lambda y, x_hat, s, v: (y, s, x_hat)),
)
