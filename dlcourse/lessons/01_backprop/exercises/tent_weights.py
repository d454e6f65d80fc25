import numpy as np

from dlcourse.teach.exercise import exercise

SHAPES = {"W1": (2, 1), "b1": (2,), "W2": (1, 2), "b2": (1,)}


def value_of_the_network(tent_weights, x):
    given = tent_weights()
    if given is None:
        return None
    if not isinstance(given, list | tuple) or len(given) != len(SHAPES):
        raise TypeError("tent_weights returns four parts: W1, b1, W2, b2")
    parts = dict(zip(SHAPES, (np.asarray(part, float) for part in given), strict=True))
    for name, shape in SHAPES.items():
        if parts[name].shape != shape:
            raise ValueError(f"{name} expects shape {shape}, got {parts[name].shape}")
    W1, b1, W2, b2 = parts.values()
    return (np.maximum([x] @ W1.T + b1, 0) @ W2.T + b2).item()


@exercise(
    section="Deeper: Deep against wide",
    inputs=lambda rng: (round(float(rng.uniform(0, 1)), 2),),
    edge_cases=[(0.0,), (0.25,), (0.5,), (0.75,), (1.0,)],
    run=value_of_the_network,
    rtol=1e-12,  # below, the tent is composed eleven times: 1e-8 would be seen
    atol=1e-12,
    returns="(W1, b1, W2, b2), nested lists of numbers",
)
def tent_weights():
    """(W1 (2, 1), b1 (2,), W2 (1, 2), b2 (1,)) of two ReLUs that make the tent."""
    return [[1], [1]], [0, -0.5], [[2, -4]], [0]


tent_weights.mistake(
    "After the bend your function is flat, where the tent comes down as steeply as it "
    "went up. By how much must the slope change there?",
    flat_after_the_bend=lambda: ([[1], [1]], [0, -0.5], [[2, -2]], [0]),
)
tent_weights.mistake(
    "After the bend your function climbs faster than before: both units push up. Which "
    "sign turns it down?",
    climbing_twice=lambda: ([[1], [1]], [0, -0.5], [[2, 2]], [0]),
    climbing_thrice=lambda: ([[1], [1]], [0, -0.5], [[2, 4]], [0]),
)
tent_weights.mistake(
    "Your function does not bend at 1/2. A unit relu(w x + b) bends where w x + b = 0: "
    "for which b is that in the middle?",
    bend_at_minus_half=lambda: ([[1], [1]], [0, 0.5], [[2, -4]], [0]),
    bend_at_one=lambda: ([[1], [1]], [0, -1], [[2, -4]], [0]),
    bend_at_zero=lambda: ([[1], [1]], [0, 0], [[2, -4]], [0]),
    bend_at_a_quarter=lambda: ([[2], [2]], [0, -0.5], [[1, -2]], [0]),
    as_steep_at_a_quarter=lambda: ([[2], [2]], [0, -0.5], [[2, -4]], [0]),
)
tent_weights.mistake(
    "Your function falls first, and rises from the middle on. A negative weight "
    "*inside* a relu, in W1, turns the unit round: it is on to the left of its bend. "
    "What turns a slope down is a negative weight outside, in W2.",
    turned_inside=lambda: ([[2], [-4]], [0, 2], [[1, 1]], [0]),
)
