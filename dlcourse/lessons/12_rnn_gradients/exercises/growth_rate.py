import numpy as np
from numpy.linalg import eigvals, matrix_power, norm

from dlcourse.teach.exercise import exercise

from ..answers.matrices import (
    GROWTHS,
    at_once,
    divided_by_0,
    growing,
    log_growth,
    stepped,
)


@exercise(
    section="The long run",
    inputs=growing,
    edge_cases=GROWTHS,
    atol=1e-6,
    returns="a number",
)
def growth_rate(W, g, steps):
    """(log ||W^steps g|| - log ||g||) / steps, a number; of any size of W^steps g.

    W (n, n).   g (n,), not 0.   steps: 1 or more, and perhaps thousands.
    log is the natural logarithm, || || the Euclidean length. The rate is -inf where
    W^steps g is 0.
    """
    return log_growth()(W, g, steps)


growth_rate.mistake(
    "Right as long as a float holds it: W^steps g may be too large, or too small.",
    in_the_end=at_once(stepped(lambda W, g: W @ g)),
    by_power=at_once(lambda W, g, steps: matrix_power(1.0 * W, steps) @ g),
    by_power_as_given=at_once(lambda W, g, steps: matrix_power(W, steps) @ g),
)
growth_rate.mistake(
    "No g is in it: that is what one step can do at most, or what the long run tends "
    "to. Asked is what happens to this g in so many steps.",
    sigma=lambda W, g, steps: np.log(norm(W, 2)),
    rho=lambda W, g, steps: np.log(np.abs(eigvals(W)).max()),
)
growth_rate.mistake(
    "That is one step's growth: those of all steps add up to what is asked for.",
    last=log_growth(rate=lambda logs, steps: logs[-1]),
    first=log_growth(rate=lambda logs, steps: logs[0]),
)
growth_rate.mistake(
    "A rate is per step: take so many of them, and divide by the same number.",
    not_divided=log_growth(rate=lambda logs, steps: sum(logs)),
    by_one_less=log_growth(rate=lambda logs, steps: sum(logs) / np.float64(steps - 1)),
    one_step_less=log_growth(more=-1),
    one_step_more=log_growth(more=1),
)
growth_rate.mistake(
    "The length with which g *comes* counts as growth with you, or is taken off twice.",
    not_begun_at_1=log_growth(at_first=lambda g, size: g),
    taken_off_twice=log_growth(at_first=lambda g, size: g / size(g) ** 2),
)
growth_rate.mistake(
    "After each step g is to be of length 1 again: yours goes on growing or shrinking.",
    never_small_again=log_growth(shrink=lambda g, size: g),
)
growth_rate.mistake(
    "Small is not 0: the rate is -inf only where a length is 0 itself.",
    small=log_growth(size=lambda g: norm(g) * (norm(g) > 1e-12)),
)
growth_rate.mistake(
    "It is another logarithm, none, or that of a mean: not the mean of natural ones.",
    log10=log_growth(log=np.log10),
    log2=log_growth(log=np.log2),
    factor=log_growth(rate=lambda logs, steps: np.exp(sum(logs) / steps)),
    of_the_mean=log_growth(rate=lambda logs, steps: np.log(np.mean(np.exp(logs)))),
)
growth_rate.mistake(
    "Another length than the Euclidean one: the root of the sum of squares.",
    largest=log_growth(size=lambda g: np.abs(g).max()),
    summed=log_growth(size=lambda g: np.abs(g).sum()),
    squared=lambda W, g, steps: 2 * log_growth()(W, g, steps),
)
growth_rate.mistake(
    "Where W^steps g is 0, something else than -inf comes out.",
    divided_by_0=log_growth(at_0=divided_by_0),
    zero=log_growth(at_0=lambda logs, steps: 0.0),
    so_far=log_growth(at_0=lambda logs, steps: sum(logs) / steps),
)
growth_rate.mistake(
    "That is the rate of the transpose.", turned=log_growth(lambda W, g: W.T @ g)
)
