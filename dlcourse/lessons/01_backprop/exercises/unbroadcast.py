import numpy as np

from dlcourse.teach.exercise import exercise


def gradients_and_shapes(rng):
    """Up to four axes, any number of them added in front or repeated, none included."""
    full = tuple(int(n) for n in rng.integers(1, 5, size=rng.integers(5)))
    kept = full[rng.integers(len(full) + 1) :]
    shape = tuple(n if rng.random() < 0.6 else 1 for n in kept)
    return np.asarray(rng.normal(size=full)), shape


@exercise(
    section="Deeper: Broadcasting",
    inputs=gradients_and_shapes,
    edge_cases=[
        (np.arange(12.0).reshape(3, 4), (3, 1)),
        (np.arange(12.0).reshape(3, 4), (1, 4)),
        (np.arange(12.0).reshape(3, 4), ()),
        (np.arange(24.0).reshape(2, 3, 4), (4,)),
        (np.arange(24.0).reshape(2, 3, 4), (1, 3, 1)),
        (np.array(2.0), ()),
    ],
    trials=24,
)
def unbroadcast(gradient, shape):
    """The gradient summed down to ``shape``, which was broadcast to its shape."""
    gradient = without_added_axes(gradient, shape)
    return gradient.sum(axis=axes_of_one(shape), keepdims=True)


def without_added_axes(gradient, shape):
    return gradient.sum(axis=tuple(range(gradient.ndim - len(shape))))


def axes_of_one(shape):
    return tuple(i for i, n in enumerate(shape) if n == 1)


unbroadcast.mistake(
    "Axes that were added in front are summed, but not those of length 1 that were "
    "repeated: try shape (3, 1) against a gradient (3, 4).",
    only_added_axes=without_added_axes,
)
unbroadcast.mistake(
    "You take means. Each of the k copies contributes to the loss, so their k "
    "gradients are added: sums.",
    means=lambda gradient, shape: (
        unbroadcast(gradient, shape) / (gradient.size / np.prod(shape))
    ),
    means_of_repeated=lambda gradient, shape: without_added_axes(gradient, shape).mean(
        axis=axes_of_one(shape), keepdims=True
    ),
)
unbroadcast.mistake(
    "You keep the first copy and drop the others. All copies are the same entry, and "
    "the gradients of all its uses add up.",
    first_copy=lambda gradient, shape: gradient[(0,) * (gradient.ndim - len(shape))][
        tuple(map(slice, shape))
    ],
)


@unbroadcast.mistake(
    "Summing an axis away moves all later ones forward, so the next index of the loop "
    "means another axis. Keep the summed axis with length 1: keepdims=True."
)
def axes_move(gradient, shape):
    gradient = without_added_axes(gradient, shape)
    for axis in axes_of_one(shape):
        gradient = gradient.sum(axis=axis)
    return gradient
