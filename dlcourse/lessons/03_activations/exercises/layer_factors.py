import numpy as np

from dlcourse.lab import rms
from dlcourse.teach.exercise import exercise


def _layer(rng):
    n, inputs, outputs = (int(k) for k in rng.integers(2, 7, size=3))
    slope = rng.uniform(0.05, 0.9, size=(n, outputs))
    if rng.integers(2):  # a ReLU's: some are off, and some are on
        slope = rng.permuted(np.arange(slope.size) % 3 > 0).reshape(slope.shape) * 1.0
    G = rng.normal(scale=0.1, size=slope.shape)
    return G, slope, rng.normal(size=(outputs, inputs))


@exercise(
    section="The product, taken apart",
    inputs=_layer,
    edge_cases=(
        (np.array([[0.3, -0.1]]), np.array([[0.25, 0.5]]), np.array([[1.0], [-2]])),
        (np.ones((2, 3)), np.full((2, 3), 0.25), np.ones((3, 5))),
        (np.ones((4, 1)), np.full((4, 1), 0.5), np.ones((1, 2))),
    ),
    returns=("the factor of the slopes", "the factor of the weights"),
)
def layer_factors(G, slope, W):
    """By how much slopes (N, m), then weights (m, n) change the size (rms) of G."""
    return _by(rms)(G, slope, W)


def _by(size):
    """The two factors, with this measure of size."""
    return lambda G, slope, W: (
        size(dZ := G * slope) / size(G),
        size(dZ @ W) / size(dZ),
    )


def _second(factor):
    """The slopes' factor is right, the weights' is factor(G, dZ, W)."""
    return lambda G, slope, W: (rms(G * slope) / rms(G), factor(G, G * slope, W))


layer_factors.mistake(
    "The second factor begins and ends in different places: what you multiply by W "
    "must be what you divide by, dL/dZ, in which the slopes are.",
    weights_from_the_start=_second(lambda G, dZ, W: rms(dZ @ W) / rms(G)),
    slopes_below_only=_second(lambda G, dZ, W: rms(G @ W) / rms(dZ)),
)
layer_factors.mistake(
    "G goes through W without the slopes: dL/dX is dL/dZ times W.",
    slopes_left_out=_second(lambda G, dZ, W: rms(G @ W) / rms(G)),
    and_alone=lambda G, slope, W: (rms(slope), rms(G @ W) / rms(G)),
)
layer_factors.mistake(
    "The weights' factor is made of W alone. Asked is what W does to *this* gradient: "
    "the rms after the product over the rms before. (The slopes' is a ratio, too.)",
    size_of_the_weights=_second(lambda G, dZ, W: rms(W)),
    what_to_expect=_second(lambda G, dZ, W: np.sqrt(len(W)) * rms(W)),
    both_to_expect=lambda G, slope, W: (rms(slope), np.sqrt(len(W)) * rms(W)),
    sizes_as_rms=lambda G, slope, W: (rms(slope), rms(W)),
    both_with_std=lambda G, slope, W: (rms(slope), np.sqrt(len(W)) * W.std()),
)
layer_factors.mistake(
    "The slopes' factor is made of the slopes alone. (dL/dZ divided by dL/dH, entry by "
    "entry, gives the slopes back.) Asked is a ratio: first each rms, then divide.",
    mean_of_slopes=lambda G, slope, W: (slope.mean(), _by(rms)(G, slope, W)[1]),
    entry_by_entry=lambda G, slope, W: (rms(slope), _by(rms)(G, slope, W)[1]),
)
layer_factors.mistake(
    "These are sizes. Asked is by how much they change: divide each by the one before.",
    not_divided=lambda G, slope, W: (rms(G * slope), rms(G * slope @ W)),
)
layer_factors.mistake(
    "That is another measure of size. rms squares the entries, takes the mean (not "
    "the sum: that gives lengths), and then the root; std takes the mean off, too.",
    lengths=_by(np.linalg.norm),
    mean_of_sizes=_by(lambda a: np.abs(a).mean()),
    std_for_rms=_by(np.std),
)
layer_factors.mistake(
    "The two are exchanged: the slopes' factor comes first, then the weights'.",
    factors_exchanged=lambda G, slope, W: _by(rms)(G, slope, W)[::-1],
)
