import numpy as np

from dlcourse.teach.exercise import exercise


def _layer(rng):
    n, m = (int(k) for k in rng.choice(np.arange(2, 40), size=2, replace=False))
    s, v, g = rng.uniform(0.2, 0.9), rng.uniform(1.2, 3), rng.uniform(0.1, 0.8)
    return float(s), n, m, float(v), float(g)


@exercise(
    section="Two requirements",
    inputs=_layer,
    edge_cases=((0.5, 6, 12, 3.0, 2.0), (0.1, 100, 10, 2.0, 0.5)),
    returns=("E[z^2]", "the second moment of dL/dX"),
)
def through_a_layer(s, n, m, v, g):
    """Second moments of Z = X W^T and of dL/dX = (dL/dZ) W, two numbers.

    W (m, n) has standard deviation s; v is the second moment of X, g that of dL/dZ.
    """
    return n * s**2 * v, m * s**2 * g


through_a_layer.mistake(
    "How many terms does one entry of Z add up, and how many one entry of dL/dX? Write "
    "both sums with their index: n counts the inputs, m the units. (The mean of the "
    "two is Xavier's compromise, which comes later.)",
    fans_exchanged=lambda s, n, m, v, g: (m * s**2 * v, n * s**2 * g),
    fan_in_twice=lambda s, n, m, v, g: (n * s**2 * v, n * s**2 * g),
    one_term=lambda s, n, m, v, g: (s**2 * v, s**2 * g),
    mean_of_the_fans=lambda s, n, m, v, g: through_a_layer.reference(
        s, (n + m) / 2, (n + m) / 2, v, g
    ),
)
through_a_layer.mistake(
    "You squared the number of terms. n terms that agree would make z n times larger, "
    "and z^2 n^2 times; but these are independent. Which products survive in step (2)?",
    terms_squared=lambda s, n, m, v, g: (n**2 * s**2 * v, m**2 * s**2 * g),
)
through_a_layer.mistake(
    "s stands where the variance belongs, in one product or in both: s is the standard "
    "deviation, and what adds up is squares.",
    deviation_for_variance=lambda s, n, m, v, g: (n * s * v, m * s * g),
    squared_forward_only=lambda s, n, m, v, g: (n * s**2 * v, m * s * g),
)
through_a_layer.mistake(
    "You took the root. Asked are second moments, mean *squares*, as v and g are.",
    roots=lambda s, n, m, v, g: ((n * v) ** 0.5 * s, (m * g) ** 0.5 * s),
)
through_a_layer.mistake(
    "sqrt(n) s, lesson 03's scale, is the factor of the *rms*. v and g are mean "
    "squares: for them it is its square.",
    factor_of_the_rms=lambda s, n, m, v, g: (n**0.5 * s * v, m**0.5 * s * g),
)
through_a_layer.mistake(
    "v or g is missing: a layer's factor is to be multiplied by what comes in.",
    factors_alone=lambda s, n, m, v, g: (n * s**2, m * s**2),
    g_forgotten=lambda s, n, m, v, g: (n * s**2 * v, m * s**2),
)
through_a_layer.mistake(
    "What comes in on the way forward is X, with second moment v; on the way back it "
    "is dL/dZ, with g. One of them stands in the other's place.",
    moments_exchanged=lambda s, n, m, v, g: (n * s**2 * g, m * s**2 * v),
    v_twice=lambda s, n, m, v, g: (n * s**2 * v, m * s**2 * v),
)
through_a_layer.mistake(
    "You squared v and g. They *are* mean squares already, second moments: only s, a "
    "standard deviation, is still to be squared.",
    moments_squared=lambda s, n, m, v, g: (n * s**2 * v**2, m * s**2 * g**2),
)
through_a_layer.mistake(
    "Both numbers are right, but in the wrong order: first the way forward, E[z^2], "
    "then the way back.",
    way_back_first=lambda s, n, m, v, g: (m * s**2 * g, n * s**2 * v),
)
through_a_layer.mistake(
    "The half belongs to ReLU, which comes later. This layer has no activation: "
    "nothing is cut off.",
    halved_as_by_relu=lambda s, n, m, v, g: (n * s**2 * v / 2, m * s**2 * g / 2),
)
