"""weight_saliency: weights, their gradients, and answers made of two factors."""

import numpy as np

RNG = np.random.default_rng(14)


def faced(rng, shape=None, batches=None):
    """(w, gradients): some weights are 0, and some never get a gradient."""
    axes = int(rng.integers(1, 4))
    shape = shape or tuple(int(n) for n in rng.integers(1, 5, size=axes))
    batches = int(rng.choice([1, 2, 3, 7])) if batches is None else batches
    w = rng.normal(size=shape) * 10 ** rng.uniform(-2, 1)
    w[rng.random(shape) < 0.1] = 0
    gradients = rng.normal(size=(batches, *shape)) + rng.normal(size=shape)
    gradients[:, rng.random(shape) < 0.15] = 0
    return w, gradients * 10 ** rng.uniform(-3, 1)


FACED = (
    (np.array([3.0, -2, 0, 1]), np.array([[1.0, 2, 5, 0], [-1.0, 2, 1, 0]])),
    (np.array([[-0.5]]), np.array([[[4.0]]])),
    (np.array([[1e-4, -2e-4]]), np.array([[[1e-5, 3e-5]], [[-2e-5, 1e-5]]])),
    faced(RNG, (3, 3), 3),
    faced(RNG, (2, 3, 2, 2), 4),
    faced(RNG, (5, 2), 1),
)


def scored(by_weight=lambda w: w**2, of=lambda g: (g**2).mean(axis=0)):
    """by_weight(w) times of(gradients)."""
    return lambda w, gradients: by_weight(w) * of(gradients)


NOT_SQUARED = {
    "sizes": scored(of=lambda g: abs(g).mean(axis=0)),
    "both_by_size": scored(lambda w: abs(w), lambda g: abs(g).mean(axis=0)),
    "signed": scored(of=lambda g: g.mean(axis=0)),
}

OTHER_SPREADS = {
    "variance": scored(of=lambda g: g.var(axis=0)),
    "deviation": scored(of=lambda g: g.std(axis=0)),
}
