r"""Sutskever's form of momentum keeps the learning rate *inside* the velocity, which is
the step itself:

$$v \leftarrow \mu v - \eta\, g, \qquad w \leftarrow w + v .$$

Write one step. (And think: in which of the two forms does a change of the rate act at
once, and in which only little by little?)
"""

from ..momentum_step import momentum_step


def _by(new, moved=lambda w, v, lr: w + v):
    def step(w, v, g, lr, momentum):
        faster = new(v, g, lr, momentum)
        return moved(w, faster, lr), faster

    return step


@momentum_step.variant(
    "That is PyTorch's form: its velocity is made of gradients alone. Here the rate is "
    "in the velocity, with its sign, and w moves by the velocity as it is."
)
def sutskever_step(w, v, g, lr, momentum):
    """One step of v <- momentum v - lr g, w <- w + v: (w, v) after it, new arrays.

    w, v, g: weights, velocity, gradient, of one shape.
    """
    v = momentum * v - lr * g
    return w + v, v


sutskever_step.mistake(
    "The velocity has the other sign: here it is the step, which leads downhill, and "
    "it is *added* to w.",
    turned=_by(lambda v, g, lr, m: m * v + lr * g, lambda w, v, lr: w - v),
)
sutskever_step.mistake(
    "You go uphill: the gradient's sign is turned.",
    uphill=_by(lambda v, g, lr, m: m * v + lr * g),
)
sutskever_step.mistake(
    "The rate is there twice: it is in the velocity, so w moves by v as it is.",
    rate_twice=_by(lambda v, g, lr, m: m * v - lr * g, lambda w, v, lr: w + lr * v),
)
sutskever_step.mistake(
    "w moves by the old velocity: the new one comes first.",
    old_velocity=lambda w, v, g, lr, m: (w + v, m * v - lr * g),
)
sutskever_step.mistake(
    "Your velocity is an average: g enters with 1 - momentum. Here it enters with lr.",
    averaged=_by(lambda v, g, lr, m: m * v - (1 - m) * lr * g),
)
sutskever_step.mistake(
    "The share `momentum` is missing, or multiplies the gradient, too: it belongs to "
    "the old velocity.",
    without_share=_by(lambda v, g, lr, m: v - lr * g),
    share_of_all=_by(lambda v, g, lr, m: m * (v - lr * g)),
)
sutskever_step.mistake(
    "The order is turned: (w, v) is asked for.",
    order=lambda w, v, g, lr, m: (m * v - lr * g, w + m * v - lr * g),
)
