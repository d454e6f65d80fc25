"""Small gains are noise. Let a loss count as better only where it is *more* than
`margin` below the best so far; the others count against the patience, even where they
are a little lower, and none of them is kept. (What is the best so far compared with, a
long row of small gains?)
"""

import numpy as np

from ...fixtures import RUNS, index, losses, stopping
from ..stop_at import stop_at


def _with_margin(rng):
    """Losses are in eighths, and so is the margin: some differ by just that."""
    found, patience = losses(rng)
    return found, patience, float(rng.integers(1, 9)) / 8


@stop_at.variant(
    "That is the lesson's answer: any lower loss is better. Here it takes a margin.",
    public=lambda losses, patience, margin: stopping()(losses, patience),
    inputs=_with_margin,
    edge_cases=(
        (np.array([5, 4.75, 4.5, 3]), 2, 1.0),  # small gains do not start the count
        *(
            (size * x, patience, size / 2)
            for x in RUNS
            for patience, size in ((1, 1), (2, 1), (3, 2.0**30))
        ),
    ),
    run=lambda f, losses, patience, margin: index(f(losses, patience, margin)),
)
def stop_by_margin(losses, patience, margin):
    """The index of the network to keep: an integer, from 0.

    losses: (n,), one after another.   patience: at least 1.   margin: above 0.
    Better is a loss that is more than ``margin`` below the best so far. Training ends
    when ``patience`` losses in a row have not been better, or when there are no more.
    The best by then is kept; the first loss is the best to begin with.
    """
    best = 0
    for i, loss in enumerate(losses):
        if loss < losses[best] - margin:
            best = i
        elif i - best == patience:
            break
    return best


def _by(better, reset=None):
    """better and reset also get the margin."""

    def run(losses, patience, margin):
        tests = (lambda *seen, f=f: f(*seen, margin) for f in (better, reset or better))
        return stopping(*tests)(losses, patience)

    return run


def _clear(loss, best, last, margin):
    return loss < best - margin


def _any(loss, best, last, margin):
    return loss < best


stop_by_margin.mistake(
    "A gain of just the margin is not more than it.",
    equal=_by(lambda loss, best, last, margin: loss <= best - margin),
)
stop_by_margin.mistake(
    "The margin turned round: a loss that is a little *higher* is better with you.",
    turned=_by(lambda loss, best, last, margin: loss < best + margin),
)
stop_by_margin.mistake(
    "The count starts again by one rule, and another is kept. One rule serves both.",
    kept_anyway=_by(_any, _clear),
    counted_anyway=_by(_clear, _any),
)
stop_by_margin.mistake(
    "You compare with the loss before. The margin is below the best so far.",
    last=_by(lambda loss, best, last, margin: loss < last - margin),
    last_resets=_by(_clear, lambda loss, best, last, margin: loss < last - margin),
)
stop_by_margin.mistake(
    "You look at all losses. What comes after the stop was never measured.",
    all_of_them=lambda losses, patience, margin: int(losses.argmin()),
)
