"""masked_step: a layer in the middle of its training, and answers made of parts."""

import numpy as np

RNG = np.random.default_rng(14)


def moving(rng, shape=None, plain=None):
    """(w, grad, velocity, mask, lr, momentum, weight_decay).

    plain: which of momentum, decay and gradient are 0. Sometimes what is gone has not
    been set to 0 yet.
    """
    axes = int(rng.integers(1, 5))
    shape = shape or tuple(int(n) for n in rng.integers(1, 8 - axes, size=axes))
    plain = rng.random(3) < 0.25 if plain is None else np.array(plain)
    w, grad, velocity = rng.normal(size=(3, *shape))
    mask = rng.random(shape) < rng.choice([0.3, 0.6, 1])
    if rng.integers(2):
        w, velocity = w * mask, velocity * mask
    momentum, decay = np.array([rng.choice([0.5, 0.9]), rng.choice([0.01, 0.5])])
    lr = float(rng.choice([0.01, 0.1, 1]))
    momentum, decay = float(momentum * ~plain[0]), float(decay * ~plain[1])
    return w, grad * (not plain[2]), velocity, mask, lr, momentum, decay


MOVING = (
    (
        np.array([1.0, -2, 0, 4, 3]),
        np.array([0.5, 1, 2, -1, -2]),
        np.array([1.0, 0, 0, -4, 2]),
        np.array([True, True, False, False, False]),
        0.1,
        0.9,
        0.5,
    ),
    (
        np.array([[2.0, 0], [0, -1]]),
        np.array([[0.0, 0], [0, 0]]),
        np.array([[1.0, 0], [2, -3]]),
        np.array([[True, False], [False, True]]),
        0.5,
        0.9,
        0.1,
    ),
    (
        np.array([[1.0, 2, 3]]),
        np.array([[4.0, 5, 6]]),
        np.zeros((1, 3)),
        np.array([[True, False, True]]),
        0.1,
        0.0,
        0.0,
    ),
    moving(RNG, (4, 4), (False, False, False)),
    moving(RNG, (3, 3), (False, False, False)),
    moving(RNG, (5,), (False, True, False)),
    moving(RNG, (4, 3), (True, False, False)),
)


def step(
    first=lambda w, grad, velocity, mask: (w, grad, velocity),
    g=lambda grad, w, decay: grad + decay * w,
    v=lambda velocity, g, momentum, lr: momentum * velocity + g,
    move=lambda w, v, old, lr, decay: w - lr * v,
    rate=lambda decay, lr: decay,
    end=lambda w, v, mask: (w * mask, v * mask),
):
    """A step by these; first: what is done before it."""

    def answer(w, grad, velocity, mask, lr, momentum, weight_decay):
        w, grad, velocity = first(w, grad, velocity, mask)
        new = v(velocity, g(grad, w, rate(weight_decay, lr)), momentum, lr)
        return end(move(w, new, velocity, lr, weight_decay), new, mask)

    return answer


def only_before(*which):
    """Nothing is masked after the step; before it, of w, grad and velocity, these."""
    return step(
        lambda *given: [
            x * given[3] if name in which else x
            for x, name in zip(given, ("w", "grad", "velocity"), strict=False)
        ],
        end=lambda w, v, mask: (w, v),
    )


def decayed_gradient(w, grad, velocity, mask, lr, momentum, weight_decay):
    """The gradient, decay in it, is masked; the momentum goes on."""
    v = momentum * velocity + (grad + weight_decay * w) * mask
    return w - lr * v, v


REVIVED = {
    "gradient_alone": only_before("grad"),
    "gradient_and_weights": only_before("grad", "w"),
    "gradient_and_velocity": only_before("grad", "velocity"),
    "weights_first": only_before("w"),
    "velocity_first": only_before("velocity"),
    "both_first": only_before("w", "velocity"),
    "nothing": only_before(),
    "gradient_with_decay": decayed_gradient,
}
OTHER_STEPS = {
    "averaged": step(v=lambda velocity, g, m, lr: m * velocity + (1 - m) * g),
    "rate_inside": step(
        v=lambda velocity, g, m, lr: m * velocity + lr * g,
        move=lambda w, v, old, lr, decay: w - v,
    ),
    "no_momentum": step(v=lambda velocity, g, m, lr: g),
    "old_velocity": step(move=lambda w, v, old, lr, decay: w - lr * old),
    "ahead": lambda w, grad, velocity, mask, lr, momentum, weight_decay: step(
        move=lambda w, v, old, lr, decay: w - lr * (v - momentum * old + momentum * v)
    )(w, grad, velocity, mask, lr, momentum, weight_decay),  # Nesterov's
}


def masked_gradient(w, grad, velocity, mask, lr, momentum, weight_decay):
    """The gradient, decay in it, is masked; of the velocity's old part nothing is."""
    v = momentum * velocity + (grad + weight_decay * w) * mask
    return (w - lr * v) * mask, v


def masked_velocity(w, grad, velocity, mask, lr, momentum, weight_decay):
    """The velocity is masked, and so the old weight stands where it stood."""
    v = (momentum * velocity + grad + weight_decay * w) * mask
    return w - lr * v, v
