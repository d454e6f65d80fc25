import numpy as np

from dlcourse.teach.exercise import exercise


@exercise(
    section="Deeper: The graph, drawn",
    inputs=lambda rng: tuple(rng.uniform(-1.5, 1.5, size=4)),
    edge_cases=[(0.0, 2.0, 0.5, 1.0), (2.0, 0.0, 0.5, 1.0), (10.0, 10.0, 0.0, 1.0)],
    returns=("dL/dw", "dL/dx", "dL/db"),
    rtol=1e-12,  # centred differences are wrong at the tenth digit
    atol=1e-12,
)
def chain_rule(w, x, b, y):
    """The three slopes dL/dw, dL/dx, dL/db of L = (tanh(w x + b) - y)^2, as floats."""
    a = np.tanh(w * x + b)
    slope = 2 * (a - y) * (1 - a**2)
    return slope * x, slope * w, slope


def with_slope_of_tanh(slope):
    """The answer with ``slope(z)`` in the place of tanh's slope."""

    def answer(w, x, b, y):
        z = w * x + b
        dz = 2 * (np.tanh(z) - y) * slope(z)
        return dz * x, dz * w, dz

    return answer


chain_rule.mistake(
    "The slope of tanh is missing: the path from L to w leads through the tanh.",
    without_tanh_slope=with_slope_of_tanh(lambda z: 1.0),
)
chain_rule.mistake(
    "The slope of tanh is 1 - tanh(z)^2, with the square of the output. You took that "
    "of the input, or no square, or the tanh twice: `a` is tanh(z) already.",
    slope_of_the_input=with_slope_of_tanh(lambda z: 1 - z**2),
    square_left_out=with_slope_of_tanh(lambda z: 1 - np.tanh(z)),
    tanh_of_tanh=with_slope_of_tanh(lambda z: 1 - np.tanh(np.tanh(z)) ** 2),
)
chain_rule.mistake(
    "The target is left out of the error, tanh(z) - y.",
    without_the_target=lambda w, x, b, y: chain_rule(w, x, b, 0.0),
)
chain_rule.mistake(
    "The three slopes are right, in another order: dL/dw, dL/dx, dL/db is asked for; "
    "the slope of w x with respect to w is x, the other factor.",
    exchanged=lambda w, x, b, y: np.take(chain_rule(w, x, b, y), [1, 0, 2]),
    bias_second=lambda w, x, b, y: np.take(chain_rule(w, x, b, y), [0, 2, 1]),
    as_x_b_w=lambda w, x, b, y: np.take(chain_rule(w, x, b, y), [1, 2, 0]),
    bias_first=lambda w, x, b, y: np.take(chain_rule(w, x, b, y), [2, 0, 1]),
)
chain_rule.mistake(
    "The slope of the square is not right: e^2 has the slope 2e, so both the 2 and the "
    "error tanh(z) - y, not squared, are among the factors.",
    two_squares=lambda w, x, b, y: np.multiply(
        chain_rule(w, x, b, y), np.tanh(w * x + b) - y
    ),
    without_the_two=lambda w, x, b, y: np.divide(chain_rule(w, x, b, y), 2),
    without_the_error=lambda w, x, b, y: np.divide(
        chain_rule(w, x, b, y), np.tanh(w * x + b) - y
    ),
)
chain_rule.mistake(
    "`2 * (a - y) * 1 - a**2` takes a^2 off the product: write (1 - a**2).",
    without_brackets=lambda w, x, b, y: np.multiply(
        2 * ((a := np.tanh(w * x + b)) - y) - a**2, [x, w, 1]
    ),
)
chain_rule.mistake(
    "dL/db has a factor b too many: in w x + b the slope with respect to b is 1.",
    times_b=lambda w, x, b, y: np.multiply(chain_rule(w, x, b, y), [1, 1, b]),
)
chain_rule.mistake(
    "The bias is forgotten: the tanh is taken of w x + b, and its slope at that place.",
    without_bias=lambda w, x, b, y: chain_rule(w, x, 0.0, y),
)
chain_rule.mistake(
    "The slope with respect to z is right, but it has not been carried on to w and x: "
    "in w x the slope of one factor is the other.",
    stopped_at_z=lambda w, x, b, y: np.full(3, chain_rule(w, x, b, y)[2]),
)
