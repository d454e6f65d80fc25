"""Lesson 01: the exercise ``unbroadcast``."""

import numpy as np

from dlcourse.teach.exercise import exercise


def _broadcast(rng):
    n, k = (int(i) for i in rng.integers(2, 6, size=2))
    shapes = [(k,), (n, 1), (1, k), (), (n, k), (1, 1), (1,)]
    shape = shapes[int(rng.integers(len(shapes)))]
    return rng.normal(size=(n, k)), shape


@exercise(section="Broadcasting", inputs=_broadcast, trials=24)
def unbroadcast(gradient, shape):
    """The gradient summed down to ``shape``, which was broadcast to its shape."""
    added = gradient.ndim - len(shape)
    gradient = gradient.sum(axis=tuple(range(added)))
    repeated = tuple(i for i, n in enumerate(shape) if n == 1)
    return gradient.sum(axis=repeated, keepdims=True)


@unbroadcast.mistake(
    "Axes that were added in front are summed, but not those of length 1 that were "
    "repeated: try shape (3, 1) against a gradient (3, 4)."
)
def only_added_axes(gradient, shape):
    return gradient.sum(axis=tuple(range(gradient.ndim - len(shape))))


@unbroadcast.mistake(
    "You take means. Each of the k copies contributes to the loss, so their k "
    "gradients are added: sums."
)
def means(gradient, shape):
    size = gradient.size / max(1, np.prod(shape))
    return unbroadcast.reference(gradient, shape) / size


@unbroadcast.mistake(
    "The summed axis is gone: keep it with length 1 (keepdims=True), so that the "
    "gradient has exactly the shape that was broadcast."
)
def axis_lost(gradient, shape):
    return np.squeeze(unbroadcast.reference(gradient, shape))


@unbroadcast.mistake(
    "You keep the first copy and drop the others. All copies are the same entry, and "
    "the gradients of all its uses add up."
)
def first_copy(gradient, shape):
    added = gradient.ndim - len(shape)
    gradient = gradient[(0,) * added]
    return gradient[tuple(slice(0, n) for n in shape)]


@unbroadcast.mistake(
    "The axes of length 1 are *averaged*. Each copy contributes to the loss, so their "
    "gradients are added."
)
def mean_of_repeated(gradient, shape):
    gradient = gradient.sum(axis=tuple(range(gradient.ndim - len(shape))))
    repeated = tuple(i for i, n in enumerate(shape) if n == 1)
    return gradient.mean(axis=repeated, keepdims=True)


@unbroadcast.mistake(
    "Summing an axis away moves all later ones forward, so the next index of the loop "
    "means another axis. Keep the summed axis with length 1: keepdims=True."
)
def axes_move(gradient, shape):
    gradient = gradient.sum(axis=tuple(range(gradient.ndim - len(shape))))
    for axis, n in enumerate(shape):
        if n == 1:
            gradient = gradient.sum(axis=axis)
    return gradient


@unbroadcast.mistake(
    "The copies are summed, and then the sum is spread over all of them again: the "
    "result must have the shape of the one that was copied."
)
def spread_again(gradient, shape):
    summed = unbroadcast.reference(gradient, shape)
    return np.broadcast_to(summed, gradient.shape)
