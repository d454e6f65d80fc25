import numpy as np

from dlcourse.teach.exercise import exercise

from ..fixtures import lists_of_arrays


def _step(rng):
    before, moved, gradients = lists_of_arrays(rng, 3)
    gradients = [np.array(g + 0.3 * np.sign(g)) for g in gradients]
    kind, lr = rng.integers(4), 10 ** rng.uniform(-1, 1)
    if kind < 3:  # plain descent; or nothing moves
        moved = [g * (lr if kind else 0) for g in gradients]
    if len(gradients) > 1 and rng.integers(2):  # none here, and a step perhaps
        gradients[rng.integers(len(gradients))][...] = 0
    after = [np.array(b + m) for b, m in zip(before, moved, strict=True)]
    return before, after, gradients


W = [np.array([[1.0, 2, 3]]), np.array([0.5, -1]), np.array(2.0)]
G = [np.array([[3.0, 0, -4]]), np.array([1.0, 2]), np.array(-2.0)]


@exercise(
    section="Debug this: the loss stands still",
    inputs=_step,
    edge_cases=(
        (W, [np.array(w - g / 2) for w, g in zip(W, G, strict=True)], G),
        (W, W, G),  # no step at all
        (W, [W[0], W[1] + 3, W[2]], [G[0], 0 * G[1], G[2]]),
        ([np.array([2.0])], [np.array([5.0])], [np.array([-6.0])]),
        ([np.zeros(2)], [np.array([3e-8, -6e-8])], [np.array([-1e-7, 2e-7])]),  # faint
    ),
    returns="a number",
)
def rate_used(before, after, gradients):
    """|after - before| / |gradients|, all arrays of each list as one long vector."""
    return _by()(before, after, gradients)


def _length(arrays):
    return np.sqrt(sum(np.sum(a**2) for a in arrays))


def _by(length=_length, share=np.divide):
    """share(the step's length, the gradient's)."""

    def quotient(before, after, gradients):
        moved = [a - b for a, b in zip(after, before, strict=True)]
        return share(length(moved), length(gradients))

    return quotient


rate_used.mistake(
    "All arrays together are one long vector, which has one length: the *squares* of "
    "all entries add up, then comes one root; the quotient is last.",
    mean_of_quotients=lambda before, after, gradients: np.mean(
        [_by()([b], [a], [g]) for b, a, g in zip(before, after, gradients, strict=True)]
    ),
    lengths_added=_by(lambda arrays: sum(_length([a]) for a in arrays)),
)
rate_used.mistake(
    "A root is missing: that is the quotient of the squares of the lengths.",
    squares=_by(lambda arrays: _length(arrays) ** 2),
)
rate_used.mistake(
    "Only one of the arrays counts in your answer. Add the squares up over *all* "
    "arrays (`+=`); the root comes behind the loop.",
    the_first=_by(lambda arrays: _length(arrays[:1])),
    the_last=_by(lambda arrays: _length(arrays[-1:])),
)
rate_used.mistake(
    "The length of a step is the length of the difference, not the difference of the "
    "lengths.",
    lengths_first=lambda b, a, g: abs(_length(a) - _length(b)) / _length(g),
)
rate_used.mistake(
    "That is not the step's length over the gradient's: it is the step's alone, or "
    "over that of the weights, or upside down.",
    step_alone=_by(share=lambda step, g: step),
    by_the_weights=lambda before, after, gradients: _by()(before, after, before),
    upside_down=_by(share=lambda step, g: g / step),
)
