"""In this branch each linear layer has no bias, and batch norm comes right after it,
the last one included (Goyal et al., 2017). The block is to start as the identity, and
what goes into the last norm is to stay. (What does batch norm make of zeros?)
"""

import numpy as np

from ...answers.nets import layers, same
from ..zero_start import zero_start

RNG = np.random.default_rng(11)


@zero_start.variant(
    "That is the lesson's answer: W is 0, too, and no gradient reaches it, or gamma.",
    inputs=lambda rng: (layers(rng, norm=True),),
    edge_cases=tuple((layers(RNG, depth, norm=True),) for depth in (2, 1, 3)),
)
def norm_start(layers):
    """New weights for a branch, so that the block x + branch(x) gives x, for every x.

    layers: a list of (W, gamma, beta): z = h @ W.T, then gamma * (z - mean) / s + beta,
    with the batch's mean and deviation s; a ReLU stands between each and the next.
    Returns a new list of (W, gamma, beta). All z are what they were before.
    """
    W, gamma, beta = layers[-1]
    return [*layers[:-1], (W, 0 * gamma, 0 * beta)]


def _by(last=same, hidden=same):
    return lambda layers: [*(hidden(*one) for one in layers[:-1]), last(*layers[-1])]


def _right(W, gamma, beta):
    return W, 0 * gamma, 0 * beta


norm_start.mistake(
    "The last beta is left: the branch gives it, for every x.",
    beta_left=_by(lambda W, gamma, beta: (W, 0 * gamma, beta)),
    weight_alone=_by(lambda W, gamma, beta: (0 * W, gamma, beta)),
)
norm_start.mistake(
    "Without beta, there is still gamma times what was normalised.",
    gamma_left=_by(lambda W, gamma, beta: (W, gamma, 0 * beta)),
)
norm_start.mistake(
    "What goes into the last norm is to stay: of zeros the deviation is 0.",
    weight_and_beta=_by(lambda W, gamma, beta: (0 * W, gamma, 0 * beta)),
    weight_and_gamma=_by(lambda W, gamma, beta: (0 * W, 0 * gamma, beta)),
)
norm_start.mistake(
    "Only the last norm decides what comes out. You change others, too, or instead.",
    all_norms=_by(_right, _right),
    all_zero=_by(*2 * [lambda *layer: [0 * each for each in layer]]),
    all_gammas=_by(
        lambda W, gamma, beta: (W, 0 * gamma, 0 * beta),
        lambda W, gamma, beta: (W, 0 * gamma, beta),
    ),
    first=lambda layers: [_right(*layers[0]), *layers[1:]],
)
norm_start.mistake(
    "gamma 1 and beta 0 is how batch norm starts by itself: it lets all through.",
    ones=_by(lambda W, gamma, beta: (W, np.ones(gamma.shape), 0 * beta)),
)
norm_start.mistake(
    "Small is not 0: the block is to give x exactly.",
    small=_by(lambda W, gamma, beta: (W, 0.01 * gamma, 0.01 * beta)),
    small_gamma=_by(lambda W, gamma, beta: (W, 0.01 * gamma, 0 * beta)),
    tenth=_by(lambda W, gamma, beta: (W, 0.1 * gamma, 0 * beta)),
)
