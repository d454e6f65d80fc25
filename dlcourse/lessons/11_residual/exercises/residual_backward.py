from dlcourse.teach.exercise import exercise

from ..answers.blocks import ARRIVED, arriving, backward_by, blind, slope, turned
from ..fixtures import relu


@exercise(
    section="A product against a sum",
    inputs=arriving,
    edge_cases=ARRIVED,
    atol=1e-5,
    returns=("dx", "dW"),
)
def residual_backward(g, x, W, scale):
    """(dx, dW): dL/dx (N, n) and dL/dW (n, n), of y = x + scale * relu(x) @ W.T.

    g (N, n): dL/dy.   x (N, n).   W (n, n).   scale: a number, of either sign.
    relu(x) = max(x, 0); where x is exactly 0, its slope counts as 0.
    """
    return backward_by()(g, x, W, scale)


residual_backward.mistake(
    "dx is by one way alone with you: x took both. Is there an `=` for a `+=`?",
    branch_alone=backward_by(lambda g, x, W, s: s * (g @ W) * slope(x)),
    skip_alone=backward_by(lambda g, x, W, s: g),
)
residual_backward.mistake(
    "The two ways are multiplied with you. A value that is used twice gets a sum.",
    product=backward_by(lambda g, x, W, s: g * s * (g @ W) * slope(x)),
)
residual_backward.mistake(
    "`scale` is missing: in dx, in dW, or in both.",
    unscaled=blind(backward_by()),
    dx_unscaled=backward_by(lambda g, x, W, s: g + (g @ W) * slope(x)),
    dW_unscaled=backward_by(dW=lambda g, x, s, dx: g.T @ relu(x)),
)
residual_backward.mistake(
    "One part of it is multiplied by `scale` once too often.",
    dx_twice=backward_by(lambda g, x, W, s: g + s * s * (g @ W) * slope(x)),
    dW_twice=backward_by(dW=lambda g, x, s, dx: s * s * g.T @ relu(x)),
    skip_scaled=backward_by(lambda g, x, W, s: s * (g + (g @ W) * slope(x))),
)
residual_backward.mistake(
    "The ReLU's slope belongs to the branch alone: what passes by meets no ReLU.",
    all_masked=backward_by(lambda g, x, W, s: (g + s * (g @ W)) * slope(x)),
)
residual_backward.mistake(
    "The ReLU stands *before* W: its slope is 1 or 0 by the sign of x, comes after W "
    "on the way back, and is 0 where x is 0.",
    unmasked=backward_by(lambda g, x, W, s: g + s * (g @ W)),
    masked_first=backward_by(lambda g, x, W, s: g + s * (g * slope(x)) @ W),
    masked_early=backward_by(
        lambda g, x, W, s: g + s * (g * slope(x)) @ W,
        lambda g, x, s, dx: s * (g * slope(x)).T @ relu(x),
    ),
    at_0=backward_by(lambda g, x, W, s: g + s * (g @ W) * (x >= 0)),
    by_output=backward_by(lambda g, x, W, s: g + s * (g @ W) * slope(x @ W.T)),
    by_relu=backward_by(lambda g, x, W, s: g + s * (g @ W) * relu(x)),
)
residual_backward.mistake(
    "What comes back through the branch meets W, and then the ReLU: W is missing.",
    no_W=backward_by(lambda g, x, W, s: g + s * g * slope(x)),
)
residual_backward.mistake(
    "W, or dW, or both are the wrong way round: by W[i, j] went relu(x)[j] to y[i].",
    W_turned=backward_by(lambda g, x, W, s: g + s * (g @ W.T) * slope(x)),
    dW_turned=backward_by(dW=lambda g, x, s, dx: s * relu(x).T @ g),
    both_turned=turned(backward_by()),
)
residual_backward.mistake(
    "W met relu(x), once for each example, whose shares add up; the skip meets no W.",
    dW_by_x=backward_by(dW=lambda g, x, s, dx: s * g.T @ x),
    dW_by_slope=backward_by(dW=lambda g, x, s, dx: s * g.T @ slope(x)),
    dW_mean=backward_by(dW=lambda g, x, s, dx: s * g.T @ relu(x) / len(x)),
    dW_of_dx=backward_by(dW=lambda g, x, s, dx: dx.T @ relu(x)),
    dW_of_scaled_dx=backward_by(dW=lambda g, x, s, dx: s * dx.T @ relu(x)),
    skip_in_dW=backward_by(dW=lambda g, x, s, dx: g.T @ (x + s * relu(x))),
)
residual_backward.mistake(
    "What passes by hands back g: y's slope by it is 1. And g stands once in a term.",
    one_for_g=backward_by(lambda g, x, W, s: 1 + s * (g @ W) * slope(x)),
    g_twice=backward_by(lambda g, x, W, s: g * (1 + s * (g @ W) * slope(x))),
    x_for_g=backward_by(lambda g, x, W, s: x + s * (g @ W) * slope(x)),
)
