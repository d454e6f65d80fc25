"""The same for h_t = relu(W h_{t-1} + U x_t), as in the IRNN of Le, Jaitly and Hinton
(2015). What you have is the output again. (Which numbers does a ReLU never give?)
"""

import numpy as np

from ...answers.states import rectified
from ..state_jacobian import state_jacobian

RNG = np.random.default_rng(12)


@state_jacobian.variant(
    "That is the lesson's answer: the slope of tanh.",
    inputs=rectified,
    edge_cases=(
        (np.array([[1.0, 2, -1], [3, 5, 0.5], [1, -2, 4]]), np.array([2.0, 0, 0.5])),
        (np.array([[2, 1], [-1, 3]]), np.array([0, 4])),
        (np.array([[2.0, 1], [-1, 3]]), np.array([0.0, 0])),
        (np.array([[-2.5]]), np.array([1e-3])),
        rectified(RNG, 4),
    ),
)
def relu_jacobian(W, h):
    """dh_t / dh_{t-1}, an array (n, n), of h_t = relu(W @ h_{t-1} + U @ x_t).

    W (n, n).   h (n,): h_t, the state that came out. Where it is 0, the slope counts
    as 0. Row i, column j: how entry i of the new state answers to entry j of the old.
    """
    return (h > 0)[:, None] * W


def _by(slope=lambda W, h: 1.0 * (h > 0), meets=lambda slope, W: slope[:, None] * W):
    return lambda W, h: meets(slope(W, h), W)


relu_jacobian.mistake(
    "The slopes meet the columns of W: they belong to the units that come *out*.",
    columns=_by(meets=lambda slope, W: W * slope),
)
relu_jacobian.mistake(
    "It is the transpose: which index is the new state's?",
    turned=_by(meets=lambda slope, W: W.T * slope),
)
relu_jacobian.mistake(
    "What comes out at 0 was cut off there: its slope counts as 0.",
    at_0=_by(lambda W, h: 1.0 * (h >= 0)),
)
relu_jacobian.mistake(
    "A ReLU's slope is 0 or 1, and not what comes out of it.",
    output=_by(lambda W, h: h),
    rectified=_by(meets=lambda slope, W: slope[:, None] * np.maximum(W, 0)),
    sign_of_W=_by(meets=lambda slope, W: 1.0 * (slope[:, None] * W > 0)),
)
relu_jacobian.mistake(
    "You take a further step from h. It is the new state, not the one before.",
    one_further=_by(lambda W, h: 1.0 * (W @ h > 0)),
)
relu_jacobian.mistake(
    "W is left out: those are the slopes alone.",
    no_W=_by(meets=lambda slope, W: np.diag(slope)),
)
