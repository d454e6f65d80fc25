import numpy as np

from dlcourse.teach.exercise import exercise

from ..answers.states import driven, slope

RNG = np.random.default_rng(12)


@exercise(
    section="With tanh",
    inputs=driven,
    edge_cases=(
        (np.array([[1.0, 2, -1], [3, 5, 0.5], [0, -2, 4]]), np.array([0.5, -0.2, 0.8])),
        (np.array([[2, 1], [-1, 3]]), np.array([0.5, 1.0])),
        (np.array([[2.0, 1], [-1, 3]]), np.array([0, -1])),
        (np.array([[-2.5]]), np.array([0.6])),
        driven(RNG, 4),
    ),
    returns="an array (n, n)",
)
def state_jacobian(W, h):
    """dh_t / dh_{t-1}, an array (n, n), of h_t = tanh(W @ h_{t-1} + U @ x_t).

    W (n, n).   h (n,): h_t, the state that came out; entries may be 1 or -1.
    Row i, column j: how entry i of the new state answers to entry j of the old one.
    """
    return _by()(W, h)


def _by(slope=lambda W, h: slope(h), meets=lambda slope, W: slope[:, None] * W):
    return lambda W, h: meets(slope(W, h), W)


state_jacobian.mistake(
    "The slopes meet the columns of W: they belong to the units that come *out*.",
    columns=_by(meets=lambda slope, W: W * slope),
    columns_turned=_by(meets=lambda slope, W: slope[:, None] * W.T),
    both=_by(meets=lambda slope, W: slope[:, None] * W * slope),
)
state_jacobian.mistake(
    "It is the transpose: which index is the new state's?",
    turned=_by(meets=lambda slope, W: W.T * slope),
)
state_jacobian.mistake(
    "The slope of tanh, by its output h, is another function of h.",
    unsquared=_by(lambda W, h: 1 - h),
    size=_by(lambda W, h: 1 - np.abs(h)),
    plus=_by(lambda W, h: 1 + h**2),
    sigmoid=_by(lambda W, h: h * (1 - h)),
    squared=_by(lambda W, h: h**2),
    squared_twice=_by(lambda W, h: slope(h) ** 2),
    root=_by(lambda W, h: np.sqrt(slope(h))),
    negative=_by(lambda W, h: -slope(h)),
    output=_by(lambda W, h: h),
    relu=_by(lambda W, h: 1.0 * (h > 0)),
)
state_jacobian.mistake(
    "h has been through the tanh already: it is what came out.",
    tanh_twice=_by(lambda W, h: slope(np.tanh(h))),
    inverse=_by(lambda W, h: slope(np.arctanh(h))),
)
state_jacobian.mistake(
    "You take a further step from h. It is the new state, not the one before.",
    one_further=_by(lambda W, h: slope(np.tanh(W @ h))),
    one_further_turned=_by(lambda W, h: slope(np.tanh(W.T @ h))),
    no_tanh=_by(lambda W, h: slope(W @ h)),
)
state_jacobian.mistake(
    "The tanh is left out: W alone.", linear=_by(lambda W, h: np.ones(len(h)))
)
state_jacobian.mistake(
    "W is left out: that is the tanh's part alone.",
    no_W=_by(meets=lambda slope, W: np.diag(slope)),
)
state_jacobian.mistake(
    "With `*` a diagonal matrix leaves W's diagonal alone; a matrix product is `@`.",
    entries=_by(meets=lambda slope, W: np.diag(slope) * W),
)
state_jacobian.mistake(
    "Each unit has its own slope: yours are averaged, or exchanged.",
    mean=_by(lambda W, h: np.full(len(h), slope(h).mean())),
    reversed=_by(lambda W, h: slope(h)[::-1]),
)
