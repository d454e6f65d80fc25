import numpy as np

from dlcourse.teach.exercise import exercise


def _examples(rng):
    shape = tuple(int(n) for n in rng.integers(2, 6, size=rng.integers(1, 4)))
    lead = tuple(int(n) for n in rng.choice([1, 2, 7], size=rng.integers(1, 3)))
    size = 10 ** rng.uniform(-1, 1, (*lead, *(1,) * len(shape)))
    x = (rng.normal(size=(*lead, *shape)) + rng.normal(size=shape)) * size
    return x, shape, float(10 ** rng.uniform(-5, -1))


RNG = np.random.default_rng(72)


@exercise(
    section="Deeper: Without the batch",
    inputs=_examples,
    edge_cases=(
        (np.array([[1.0, 3], [4, 10]]), (2,), 0.1),
        (np.array([[1.0, 2, 6]]), (3,), 0.01),
        (RNG.normal(size=(4, 4)) + 1, (4,), 0.05),
        (RNG.normal(size=(2, 3, 4)) + np.arange(3.0)[:, None], (3, 4), 0.01),
        (RNG.normal(size=(2, 3, 4)) + np.arange(3.0)[:, None], (4,), 0.01),
        (np.ones((2, 3)), (3,), 1e-5),
    ),
    returns="an array like x",
)
def layer_normed(x, shape, eps):
    """x, with each example brought to mean 0 and variance 1 over its last axes.

    x (..., *shape): as many last axes as ``shape`` has.   eps: under the root.
    """
    return _by()(x, shape, eps)


def _by(
    axes=lambda x, shape: tuple(range(x.ndim - len(shape), x.ndim)),
    root=lambda x, axes, eps: np.sqrt(x.var(axis=axes, keepdims=True) + eps),
):
    def norm(x, shape, eps):
        over = axes(x, shape)
        return (x - x.mean(axis=over, keepdims=True)) / root(x, over, eps)

    return norm


layer_normed.mistake(
    "You normalise over the batch, as BN does. Here each example is by itself.",
    over_the_batch=_by(lambda x, shape: (0,)),
    the_first=_by(lambda x, shape: tuple(range(len(shape)))),
    all_the_others=_by(lambda x, shape: tuple(range(x.ndim - len(shape)))),
)
layer_normed.mistake(
    "One mean and one variance for all examples together: then each depends on the "
    "others again.",
    over_all=_by(lambda x, shape: tuple(range(x.ndim))),
)
layer_normed.mistake(
    "Your axes are not the last len(shape): `shape` says over how many axes, counted "
    "from the end, the mean is taken, all of them together.",
    last_axis=_by(lambda x, shape: (-1,)),
    all_but_the_first=_by(lambda x, shape: tuple(range(1, x.ndim))),
)
layer_normed.mistake(
    "You divide by n - 1: LayerNorm takes the plain mean of the squares.",
    unbiased=_by(
        root=lambda x, axes, eps: np.sqrt(x.var(axis=axes, ddof=1, keepdims=True) + eps)
    ),
)
layer_normed.mistake(
    "eps is outside the root, or left out: sqrt(variance + eps).",
    outside=_by(root=lambda x, axes, eps: x.std(axis=axes, keepdims=True) + eps),
    without=_by(root=lambda x, axes, eps: x.std(axis=axes, keepdims=True)),
)
layer_normed.mistake(
    "You divide by the variance: by its root.",
    variance=_by(root=lambda x, axes, eps: x.var(axis=axes, keepdims=True) + eps),
)
