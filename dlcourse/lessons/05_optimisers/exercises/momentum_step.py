import numpy as np

from dlcourse.teach.exercise import exercise

from ..fixtures import alike


def _before(rng):
    w, v, g = alike(rng, 3)
    if rng.integers(4) == 0:
        v = np.zeros_like(v)  # the first step
    momentum = float(rng.choice([0, 0.9, 0.99, rng.uniform(0.1, 0.95)]))
    return w, v, g, float(10 ** rng.uniform(-2, 0.3)), momentum


@exercise(
    section="Momentum: a memory",
    inputs=_before,
    edge_cases=(
        (np.array([1.0, -2]), np.array([0.5, 3]), np.array([2.0, -1]), 0.1, 0.9),
        (np.array(2.0), np.array(-1.0), np.array(4.0), 0.05, 0.5),  # no axis
        (np.array([[1.0, 2, 3]]), np.zeros((1, 3)), np.array([[3.0, 0, -1]]), 0.2, 0.9),
        (np.ones((2, 3)), np.full((2, 3), 0.5), np.arange(6.0).reshape(2, 3), 0.25, 0),
    ),
    returns=("w", "v"),
)
def momentum_step(w, v, g, lr, momentum):
    """One step with momentum as in PyTorch: (w, v) after it, new arrays.

    w, v, g: weights, velocity, gradient, of one shape.
    """
    return _by()(w, v, g, lr, momentum)


def _by(
    new=lambda v, g, lr, share: share * v + g,
    moved=lambda w, v, old, g, lr, share: w - lr * v,
):
    def step(w, v, g, lr, momentum):
        faster = new(v, g, lr, momentum)
        return moved(w, faster, v, g, lr, momentum), faster

    return step


momentum_step.mistake(
    "The learning rate is in the velocity (so lecture A and Sutskever have it), or in "
    "both. In PyTorch's, v is made of gradients alone, and lr comes when w moves.",
    rate_inside=_by(lambda v, g, lr, share: share * v + lr * g, lambda w, v, *_: w - v),
    rate_down=_by(lambda v, g, lr, share: share * v - lr * g, lambda w, v, *_: w + v),
    rate_twice=_by(lambda v, g, lr, share: share * v + lr * g),
)
momentum_step.mistake(
    "Your velocity is an average: g enters with 1 - momentum. Here it enters whole, so "
    "that with a steady gradient the velocity grows to 1/(1 - momentum) times it.",
    averaged=_by(lambda v, g, lr, share: share * v + (1 - share) * g),
)
momentum_step.mistake(
    "The share `momentum` belongs to the old velocity, and to nothing else.",
    share_of_the_gradient=_by(lambda v, g, lr, share: v + share * g),
    exchanged=_by(lambda v, g, lr, share: (1 - share) * v + share * g),
)
momentum_step.mistake(
    "w moves along something else than the velocity that you return: along the old "
    "one, along g alone, or, as Nesterov's, along g + momentum v. First v takes in g, "
    "then w moves along the *new* v.",
    old_velocity=_by(moved=lambda w, v, old, g, lr, share: w - lr * old),
    gradient_alone=_by(moved=lambda w, v, old, g, lr, share: w - lr * g),
    nesterov=_by(moved=lambda w, v, old, g, lr, share: w - lr * (g + share * v)),
)
momentum_step.mistake(
    "A sign is turned. v gathers gradients, which point uphill; w goes against it.",
    uphill=_by(moved=lambda w, v, old, g, lr, share: w + lr * v),
    gradient_taken_off=_by(lambda v, g, lr, share: share * v - g),
    both_turned=_by(lambda v, g, lr, b: b * v - g, lambda w, v, *z: w + z[2] * v),
)
momentum_step.mistake(
    "The two are right, in the other order: w comes first.",
    swapped=lambda w, v, g, lr, b: _by()(w, v, g, lr, b)[::-1],
)
momentum_step.mistake(
    "w is right. The v that you return is the one before the step: return the new one.",
    old_returned=lambda w, v, g, lr, b: (_by()(w, v, g, lr, b)[0], v),
)
