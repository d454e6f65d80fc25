"""AdamW's decay goes to the weights directly, not through the gradient (lesson 09).
The same for SGD with momentum, under a mask.
"""

from ...answers.steps import step
from ..masked_step import masked_step


def _decoupled(**parts):
    return step(
        **{
            "g": lambda grad, w, decay: grad,
            "move": lambda w, v, old, lr, decay: w - lr * v - lr * decay * w,
            **parts,
        }
    )


@masked_step.variant(
    "That is the lesson's answer: there the decay is a part of g, and of the velocity.",
)
def decoupled_step(w, grad, velocity, mask, lr, momentum, weight_decay):
    """(w, velocity): after a step of SGD with decoupled decay, for a pruned layer.

    velocity = momentum * velocity + grad;
    w = w - lr * velocity - lr * weight_decay * w, with the w from before the step.
    w, grad, velocity: arrays of one shape.   mask: booleans, True where a weight stays.
    Where it is False, the new w and the new velocity are 0, whatever they were before.
    Both are new arrays: what is given stays as it was.
    """
    velocity = momentum * velocity + grad
    w = w - lr * velocity - lr * weight_decay * w
    return w * mask, velocity * mask


decoupled_step.mistake(
    "What is gone has moved, or stands where it stood. What must be 0 when the step is "
    "over?",
    nothing=_decoupled(end=lambda w, v, mask: (w, v)),
    gradient_alone=_decoupled(
        first=lambda w, grad, velocity, mask: (w, grad * mask, velocity),
        end=lambda w, v, mask: (w, v),
    ),
    velocity_alone=_decoupled(end=lambda w, v, mask: (w, v * mask)),
    velocity_masked=lambda w, grad, velocity, mask, lr, momentum, weight_decay: (
        w - lr * ((momentum * velocity + grad) * mask) - lr * weight_decay * w,
        (momentum * velocity + grad) * mask,
    ),
)
decoupled_step.mistake(
    "The weights that are gone are 0, and their velocity is not: both must be.",
    weights_alone=_decoupled(end=lambda w, v, mask: (w * mask, v)),
    gradient_and_weights=_decoupled(
        first=lambda w, grad, velocity, mask: (w, grad * mask, velocity),
        end=lambda w, v, mask: (w * mask, v),
    ),
)
decoupled_step.mistake(
    "The mask is turned: True where a weight stays.",
    turned=_decoupled(end=lambda w, v, mask: (w * ~mask, v * ~mask)),
)
decoupled_step.mistake(
    "The decay is missing, or is not multiplied by lr.",
    no_decay=_decoupled(move=lambda w, v, old, lr, decay: w - lr * v),
    without_rate=_decoupled(move=lambda w, v, old, lr, decay: w - lr * v - decay * w),
)
decoupled_step.mistake(
    "The decay takes from the w before the step, not from the one after it.",
    afterwards=_decoupled(
        move=lambda w, v, old, lr, decay: (w - lr * v) * (1 - lr * decay)
    ),
)
