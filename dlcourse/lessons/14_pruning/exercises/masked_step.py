from dlcourse.teach.exercise import exercise

from ..answers.steps import (
    MOVING,
    OTHER_STEPS,
    REVIVED,
    masked_gradient,
    masked_velocity,
    moving,
    step,
)


@exercise(
    section="A mask that stays",
    inputs=moving,
    edge_cases=MOVING,
    trials=20,
    returns=("w", "velocity"),
)
def masked_step(w, grad, velocity, mask, lr, momentum, weight_decay):
    """(w, velocity): after a step of SGD with momentum, for a layer that is pruned.

    g = grad + weight_decay * w;  velocity = momentum * velocity + g;
    w = w - lr * velocity.   w, grad, velocity: arrays of one shape.   mask: booleans,
    True where a weight stays. Where it is False, the new w and the new velocity are 0,
    whatever they were before. Both are new arrays: what is given stays as it was.
    """
    return step()(w, grad, velocity, mask, lr, momentum, weight_decay)


masked_step.mistake(
    "What is gone has moved: decay and momentum move a weight without a gradient. What "
    "must be 0 when the step is over?",
    **REVIVED,
)
masked_step.mistake(
    "The weights that are gone are 0, and their velocity is not: both must be.",
    weights_alone=step(end=lambda w, v, mask: (w * mask, v)),
    gradient_and_weights_after=masked_gradient,
)
masked_step.mistake(
    "Where the mask is False the velocity is 0, and the weight is not: both must be.",
    velocity_alone=step(end=lambda w, v, mask: (w, v * mask)),
    left_where_it_stood=masked_velocity,
    moved_where_it_stays=step(
        move=lambda w, v, old, lr, decay: w - lr * v,
        first=lambda w, grad, velocity, mask: (w, grad * mask, velocity * mask),
        end=lambda w, v, mask: (w, v * mask),
    ),
)
masked_step.mistake(
    "The mask is turned: True where a weight stays.",
    turned=step(end=lambda w, v, mask: (w * ~mask, v * ~mask)),
)
masked_step.mistake(
    "The decay is missing: g = grad + weight_decay * w.",
    no_decay=step(g=lambda grad, w, decay: grad),
)
masked_step.mistake(
    "The decay is to pass through the velocity, as a part of g. Yours goes to the "
    "weights directly, is turned, or is multiplied by lr twice.",
    decoupled=step(
        g=lambda grad, w, decay: grad,
        move=lambda w, v, old, lr, decay: w - lr * v - lr * decay * w,
    ),
    turned_decay=step(g=lambda grad, w, decay: grad - decay * w),
    times_the_rate=step(rate=lambda decay, lr: decay * lr),
)
masked_step.mistake(
    "The masks are right, the step is not: velocity = momentum * velocity + g, and the "
    "new one moves w, times lr.",
    **OTHER_STEPS,
)
masked_step.mistake(
    "The two have changed places: the weights come first.",
    swapped=step(end=lambda w, v, mask: (v * mask, w * mask)),
)
masked_step.mistake(
    "A step goes against the velocity.",
    uphill=step(move=lambda w, v, old, lr, decay: w + lr * v),
)
