r"""Many books, Bishop's among them, take *half the sum* of the squared errors for the
loss of a regression:

$$E = \frac{1}{2} \sum_n (\text{prediction}_n - \text{target}_n)^2 .$$

The half is there so that the derivative has no 2. Write it as a function.
"""

import numpy as np

from ..mean_squared_error import mean_squared_error


@mean_squared_error.variant(
    "That is the *mean* of the squares, as in Start here. Asked is half of their sum: "
    "it grows with the number of examples, and twice as many of the same kind double "
    "it."
)
def half_squared_error(predictions, targets):
    """Half the sum, over all entries, of the squared difference."""
    return np.sum((predictions - targets) ** 2) / 2


half_squared_error.mistake(
    "The half is missing: that is the whole sum.",
    without_half=lambda p, t: np.sum((p - t) ** 2),
)
half_squared_error.mistake(
    "That is half the *mean*. Asked is half the sum: divide by 2, and not by how many "
    "there are.",
    half_the_mean=lambda p, t: np.mean((p - t) ** 2) / 2,
)
half_squared_error.mistake(
    "The half was squared, too: only the difference is. Halve the sum of the squares.",
    half_inside=lambda p, t: np.sum(((p - t) / 2) ** 2),
)
half_squared_error.mistake(
    "The square comes too late: you square the sum of the differences, in which errors "
    "of opposite sign cancel. Square each difference first.",
    square_of_the_sum=lambda p, t: np.sum(p - t) ** 2 / 2,
)
half_squared_error.mistake(
    "Only one of the examples counts. In a loop, each square must be *added* to the "
    "sum (`+=`), and `return` stands behind the loop, not in it.",
    first_of_the_loop=lambda p, t: (p[0] - t[0]) ** 2 / 2,
    last_of_the_loop=lambda p, t: (p[-1] - t[-1]) ** 2 / 2,
)
