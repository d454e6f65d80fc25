import numpy as np

from dlcourse.teach.exercise import exercise


def _outputs(rng):
    z = rng.normal(scale=1.5, size=rng.integers(2, 6, size=2))
    z.flat[rng.permutation(z.size)[:2]] = -1, 1  # some ReLU is off, and some is on
    return _sigmoid(z), np.tanh(z), np.maximum(z, 0)


def _sigmoid(z):
    return 1 / (1 + np.exp(-z))


@exercise(
    section="The product, taken apart",
    inputs=_outputs,
    edge_cases=(
        (np.array([0.5, 0, 1]), np.array([0.0, -1, 1]), np.array([50, 0, 1e-30])),
    ),
    returns=("the sigmoid's slope", "tanh's slope", "ReLU's slope"),
)
def slopes_from_outputs(s, t, r):
    """The slopes of sigmoid, tanh and ReLU, from their outputs s, t and r."""
    return s * (1 - s), 1 - t**2, (r > 0).astype(float)


def _twice(s):
    return _sigmoid(s) * (1 - _sigmoid(s))


def _with(**wrong):
    """The right slopes, but for those that are given."""
    right = {"s": lambda s: s * (1 - s), "t": lambda t: 1 - t**2, "r": np.sign} | wrong

    def slopes(s, t, r):
        return right["s"](s), right["t"](t), right["r"](r)

    return slopes


slopes_from_outputs.mistake(
    "A formula in z is given an output: s, t and r have been through their functions "
    "already, and go through them twice. Write the slope with the output alone.",
    sigmoid_again=_with(s=_twice),
    tanh_again=_with(t=lambda t: 1 - np.tanh(t) ** 2),
    both_again=_with(s=_twice, t=lambda t: 1 - np.tanh(t) ** 2),
)
slopes_from_outputs.mistake(
    "The sigmoid's slope fails at the ends: where s is near 0, and where it is near 1, "
    "the sigmoid is flat. Put s = 0 and s = 1 into your formula: both must give 0.",
    sigmoid_as_tanh=_with(s=lambda s: 1 - s**2),
    sigmoid_with_a_plus=_with(s=lambda s: s * (1 + s)),
    sigmoids_other_factor=_with(s=lambda s: 1 - s),
)
slopes_from_outputs.mistake(
    "tanh's slope fails at the ends: where t is near -1, and where it is near 1, tanh "
    "is flat. Put t = -1 and t = 1 into your formula: both must give 0.",
    square_of_the_difference=_with(t=lambda t: (1 - t) ** 2),
    tanh_without_the_square=_with(t=lambda t: 1 - t),
    tanh_as_sigmoid=_with(t=lambda t: t * (1 - t)),
)
slopes_from_outputs.mistake(
    "ReLU's slope is 1 everywhere in your answer; it is off where its output is 0. If "
    "you wrote >=, it is always true: every output of a ReLU is at least 0.",
    relu_never_off=_with(r=lambda r: (r >= 0) * 1.0),
)
slopes_from_outputs.mistake(
    "For ReLU you give its output. Its slope is 1 where it is on, however large the "
    "output, and 0 where it is off.",
    relu_itself=_with(r=lambda r: r),
)
slopes_from_outputs.mistake(
    "The sigmoid's and tanh's are exchanged: the order is that of the arguments.",
    order_exchanged=lambda s, t, r: (1 - t**2, s * (1 - s), (r > 0) * 1.0),
)
slopes_from_outputs.mistake(
    "One array came back: return all three, with commas between them, and give each a "
    "name of its own.",
    the_first_alone=lambda s, t, r: s * (1 - s),
    the_last_alone=lambda s, t, r: (r > 0) * 1.0,
)
