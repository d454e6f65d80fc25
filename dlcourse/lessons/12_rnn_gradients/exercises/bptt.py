import numpy as np

from dlcourse.teach.exercise import exercise

from ..answers.states import RUNS, before, last_step, run, slope, through


@exercise(
    section="What a step uses",
    inputs=run,
    edge_cases=RUNS,
    atol=1e-8,
    returns=("dW", "dh0"),
)
def bptt(G, h, h0, W):
    """(dW, dh0): dL/dW (n, n) and dL/dh_0 (N, n), of h_t = tanh(h_{t-1} @ W.T + ...).

    G (T, N, n): what each h_t gets from the loss *itself*, not by way of later steps.
    h (T, N, n): h_1 to h_T, the outputs.   h0 (N, n): the state before, seldom 0.
    W (n, n): PyTorch's weight_hh. All are floats, and stay as they are.
    """
    return through()(G, h, h0, W)


bptt.mistake(
    "What comes back from later steps is lost: is there an `=` for a `+=`?",
    no_carry=through(lambda G, g, slope: G * slope),
)
bptt.mistake(
    "What comes back comes from *later* steps: the way back begins at the last one.",
    forwards=through(order=list),
)
bptt.mistake(
    "Each step gets from the loss its own G, and once: some get none, or get it twice.",
    last_alone=through(given=last_step),
    not_the_last=through(given=lambda G: G - last_step(G)),
    last_twice=through(given=lambda G: G + last_step(G)),
)
bptt.mistake(
    "In step t, W met the state *before* it: h_{t-1}, and h0 in the first step.",
    own_state=through(meets=lambda h, h0: h),
    from_zeros=through(meets=lambda h, h0: before(h, 0 * h0)),
    rolled=through(meets=lambda h, h0: np.roll(h, 1, axis=0)),
)
bptt.mistake(
    "W, or dW, or both are the wrong way round: by W[i, j] went h_{t-1}[j] to h_t[i].",
    W_turned=through(back=lambda z, W: z @ W.T),
    dW_turned=through(dW=lambda shares: sum(shares).T),
    both_turned=through(back=lambda z, W: z @ W.T, dW=lambda shares: sum(shares).T),
)
bptt.mistake(
    "W is the same one at all steps, and for all examples: shares add up. Yours is "
    "one step's, or a mean.",
    first_step=through(dW=lambda shares: shares[-1]),
    last_step=through(dW=lambda shares: shares[0]),
    mean=through(dW=lambda shares: sum(shares) / len(shares)),
    mean_of_dW=through(end=lambda dW, dh0, G: (dW / len(dh0), dh0)),
    mean_of_both=through(given=lambda G: G / G.shape[1]),
)
bptt.mistake(
    "The tanh's slope is missing: for what the loss gives, for what comes back, or for "
    "both. All that arrives at h_t goes through it.",
    no_slope=through(lambda G, g, slope: G + g),
    G_past_it=through(lambda G, g, slope: G + g * slope),
    g_past_it=through(lambda G, g, slope: G * slope + g),
)
bptt.mistake(
    "The tanh's slope at step t, by h_t, is another number.",
    unsquared=through(slopes=lambda h, h0: 1 - h),
    sigmoid=through(slopes=lambda h, h0: h * (1 - h)),
    tanh_twice=through(slopes=lambda h, h0: slope(np.tanh(h))),
    of_the_one_before=through(slopes=lambda h, h0: slope(before(h, h0))),
)
bptt.mistake(
    "The way back ends before W, or a step too early: the first step has its share in "
    "dW, too, and hands dh0 back by W.",
    first_left_out=lambda G, h, h0, W: through()(G[1:], h[1:], h[0], W),
    at_the_tanh=through(dh0=lambda g, z: z),
)
bptt.mistake(
    "dh0 is what the first step hands back: no G is added to it (G[-1] is the last).",
    wrapped=through(end=lambda dW, dh0, G: (dW, dh0 + G[-1])),
    with_the_first=through(end=lambda dW, dh0, G: (dW, dh0 + G[0])),
)
