import numpy as np

from dlcourse.teach.exercise import exercise

from ..answers.states import (
    RUNS,
    by_lag,
    by_step,
    from_lag,
    lagged,
    last_step,
    shares,
    sizes,
)


@exercise(
    section="Deeper: Cut off in time",
    inputs=lagged,
    edge_cases=RUNS,
    atol=1e-7,
    returns="an array (T,)",
)
def lag_shares(G, h, h0, W):
    """Entry k of an array (T,): ||part of dL/dW from lags of k or more|| / ||dL/dW||.

    The arguments are those of bptt: G (T, N, n), h (T, N, n), h0 (N, n), W (n, n).
    Lag 0: what G[t] does to W as it is used in step t itself, the step that made h[t].
    The norm is the root of the sum of squares. Entry 0 is 1; others may be above 1.
    """
    return shares()(G, h, h0, W)


def _states(**changes):
    """The norms of what comes back to the states, in place of dL/dW."""
    return by_lag(lambda z, states: z, **changes)


lag_shares.mistake(
    "Sizes are added up. Matrices are to be, and then measured: they may cancel.",
    sizes_added=shares(far=lambda parts: from_lag(sizes(parts))),
    by_example=shares(by_lag(lambda z, states: np.einsum("tni,tnj->nij", z, states))),
)
lag_shares.mistake(
    "A lag counts from where the loss looks to where W is used. You count from an end "
    "of the sequence.",
    from_the_end=shares(by_step),
    from_the_start=shares(lambda *given: by_step(*given)[::-1]),
)
lag_shares.mistake(
    "Off by one: entry k is to have lag k itself, too, and entry 0 all there is.",
    above_divided=lambda G, h, h0, W: np.append(shares()(G, h, h0, W)[1:], 0.0),
    below=lambda G, h, h0, W: np.append(1.0, shares()(G, h, h0, W)[:-1]),
)
lag_shares.mistake(
    "That is one lag, or those up to k. Lags of k *or more* are asked for.",
    one_lag=lambda G, h, h0, W: (
        sizes(by_lag()(G, h, h0, W)) / sizes(from_lag(by_lag()(G, h, h0, W)))[0]
    ),
    one_lag_of_first=shares(far=sizes),
    up_to=shares(
        far=lambda parts: sizes(np.cumsum(parts, axis=0)), of=lambda far: far[-1]
    ),
)
lag_shares.mistake(
    "Not divided by the size of dL/dW.", not_divided=shares(of=lambda far: 1.0)
)
lag_shares.mistake(
    "Squares of sizes are compared, or another norm than the root of their sum.",
    squares=lambda G, h, h0, W: shares()(G, h, h0, W) ** 2,
    spectral=shares(far=lambda parts: np.linalg.norm(from_lag(parts), 2, (1, 2))),
)
lag_shares.mistake(
    "What comes back from step t arrives at t - 1, and at the last step nothing does.",
    not_moved=shares(by_lag(move=lambda back: back)),
    rolled=shares(by_lag(move=lambda back: np.roll(back, -1, axis=0))),
)
lag_shares.mistake(
    "That is measured at the states. dL/dW has each state before as a factor, too.",
    at_states=shares(_states(), far=sizes),
    at_states_added=shares(_states()),
)
lag_shares.mistake(
    "A part is not what `bptt` gives: the slopes, the state before, W's way round, or "
    "G, of which the last step has not all.",
    last_alone=shares(by_lag(given=last_step)),
    rolled_states=shares(by_lag(meets=lambda h, h0: np.roll(h, 1, axis=0))),
    no_slopes=shares(by_lag(slopes=np.ones_like)),
    own_state=shares(by_lag(meets=lambda h, h0: h)),
    from_zeros=shares(lambda G, h, h0, W: by_lag()(G, h, 0 * h0, W)),
    turned=shares(by_lag(back=lambda z, W: z @ W.T)),
)
