import numpy as np

from dlcourse.teach.exercise import exercise


def _members(rng, K=None, n=None, c=None):
    """(P, weights): some probabilities are 0, but none of class 0."""
    K, n, c = K or rng.integers(1, 9), n or rng.integers(1, 6), c or rng.integers(2, 10)
    P = np.exp(2 * rng.normal(size=(K, n, c)))
    P[..., 1:] *= rng.random((K, n, c - 1)) > rng.choice([0, 0.2])
    weights = rng.uniform(0.1, 2, K)
    return P / P.sum(axis=2, keepdims=True), weights / weights.sum()


RNG = np.random.default_rng(94)
HALVES = np.array([[[0.5, 0.5]], [[0.9, 0.1]]]), np.array([0.25, 0.75])


@exercise(
    section="Deeper: All masks of a softmax",
    inputs=_members,
    edge_cases=(
        HALVES,
        _members(RNG, 4, 3, 2),
        _members(RNG, 3, 3, 3),
        (np.array([[[0.5, 0.5, 0]], [[0.25, 0, 0.75]]]), np.array([0.9, 0.1])),
        _members(RNG, 1, 2, 4),
    ),
    returns="an array (n, c)",
)
def geometric_mean(P, weights):
    """The weighted geometric mean of K members, brought to the sum 1 for each example.

    P (K, n, c): probabilities of c classes by each member; some may be 0.
    weights (K,): above 0, of sum 1.   Returns (n, c): the product over the members of
    P ** weight, divided by its sum over the classes.
    """
    return _by()(P, weights)


def _by(
    mean=lambda P, w: np.prod(P**w, axis=0),
    share=lambda mean: mean / mean.sum(axis=1, keepdims=True),
):
    return lambda P, weights: share(mean(P, weights[:, None, None]))


geometric_mean.mistake(
    "The classes do not add up to 1: divide each example's by their sum.",
    not_normalised=_by(share=lambda mean: mean),
)
geometric_mean.mistake(
    "That is the *arithmetic* mean, or one of the logs. Here powers are multiplied.",
    arithmetic=_by(lambda P, w: np.sum(w * P, axis=0)),
    unweighted_arithmetic=_by(lambda P, w: np.mean(P, axis=0)),
)
geometric_mean.mistake(
    "All members count alike with you. Each has its own weight as its exponent.",
    unweighted=_by(lambda P, w: np.prod(P ** (1 / len(P)), axis=0)),
)
geometric_mean.mistake(
    "The weights are the exponents. As factors of P they go out again with the sum; "
    "without them the product is no mean; with them no K-th root comes on top.",
    product=_by(lambda P, w: np.prod(P, axis=0)),
    root_again=_by(lambda P, w: np.prod(P ** (w / len(P)), axis=0)),
)
geometric_mean.mistake(
    "Normalised over the wrong axis: each *example's* classes add up to 1.",
    examples=_by(share=lambda mean: mean / mean.sum(axis=0)),
    all_of_them=_by(share=lambda mean: mean / mean.sum()),
)
geometric_mean.mistake(
    "One member gives 0: so does the product. What you cut off near 0, left out or "
    "added, to have a log, is no 0: a small power of it is large.",
    cut_off=_by(lambda P, w: np.exp(np.sum(w * np.log(P + 1e-12), axis=0))),
    left_out=_by(lambda P, w: np.prod(np.where(P > 0, P, 1) ** w, axis=0)),
    clipped=_by(lambda P, w: np.prod(np.maximum(P, 1e-12) ** w, axis=0)),
    added_less=_by(lambda P, w: np.exp(np.sum(w * np.log(P + 1e-8), axis=0))),
)
