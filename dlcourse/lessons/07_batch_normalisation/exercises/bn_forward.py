import numpy as np

from dlcourse.teach.exercise import exercise

from ..fixtures import columns, scales


def _batch(rng):
    x = columns(rng)
    return x, *scales(rng, x.shape[1]), float(10 ** rng.uniform(-5, -1))


RNG = np.random.default_rng(7)
FAR = (RNG.normal(size=(16, 3)) + 1e4).astype(np.float32)


@exercise(
    section="Algorithm 1",
    inputs=_batch,
    edge_cases=(
        (np.array([[1.0, 4], [3, 10]]), np.array([2.0, -1]), np.ones(2), 0.1),
        (np.array([[1.0, 5], [1, 7], [1, 0]]), np.ones(2), np.array([3.0, 0]), 0.01),
        (FAR, np.float32([1, 2, 3]), np.float32([0, 1, -1]), 1e-5),
        (RNG.normal(size=(4, 4)) + 2, RNG.normal(size=4), RNG.normal(size=4), 0.05),
    ),
    returns=("y", "x_hat", "s"),
)
def bn_forward(x, gamma, beta, eps):
    """Batch normalisation in training: (y, x_hat, s).

    x (N, C).   gamma, beta (C,).   y, x_hat (N, C);  s (C,): the root of variance
    (the mean over N of the squared distances from the mean) plus eps.
    """
    return _by()(x, gamma, beta, eps)


def _by(
    mean=lambda x: x.mean(axis=0),
    root=lambda x, eps: np.sqrt(x.var(axis=0) + eps),
    after=lambda x_hat, gamma, beta: gamma * x_hat + beta,
):
    def forward(x, gamma, beta, eps):
        s = root(x, eps)
        x_hat = (x - mean(x)) / s
        return after(x_hat, gamma, beta), x_hat, s

    return forward


bn_forward.mistake(
    "You divide by N - 1. To normalise, Algorithm 1 takes the plain mean of the "
    "squares: N. (The N - 1 has its place in the *running* variance.)",
    unbiased=_by(root=lambda x, eps: np.sqrt(x.var(axis=0, ddof=1) + eps)),
)
bn_forward.mistake(
    "Each *example* is brought to mean 0 (that is LayerNorm). Here each feature is, "
    "over the batch: the mean of a column, axis 0.",
    rows=_by(
        lambda x: x.mean(axis=1, keepdims=True),
        lambda x, eps: np.sqrt(x.var(axis=1, keepdims=True) + eps),
    ),
)
bn_forward.mistake(
    "One mean or one variance for all features together. Each column has its own.",
    one_mean=_by(lambda x: x.mean()),
    one_root=_by(root=lambda x, eps: np.sqrt(x.var() + eps) + 0 * x[0]),
)
bn_forward.mistake(
    "s is something else than sqrt(variance + eps): eps is outside the root, or left "
    "out, or the root is missing.",
    outside=_by(root=lambda x, eps: x.std(axis=0) + eps),
    without=_by(root=lambda x, eps: x.std(axis=0)),
    variance=_by(root=lambda x, eps: x.var(axis=0) + eps),
)
bn_forward.mistake(
    "gamma multiplies and beta is added, at the end: y = gamma x_hat + beta.",
    exchanged=_by(after=lambda x_hat, gamma, beta: beta * x_hat + gamma),
    too_early=_by(after=lambda x_hat, gamma, beta: gamma * (x_hat + beta)),
    left_out=_by(after=lambda x_hat, gamma, beta: x_hat),
)
bn_forward.mistake(
    "The variance as E x² - m² is the small difference of two large numbers: where the "
    "mean is 10,000, float32 has no digit of it left. First subtract, then square.",
    difference=_by(
        root=lambda x, e: np.sqrt(np.mean(x**2, 0) - np.mean(x, 0) ** 2 + e)
    ),
)
