from dlcourse.teach.exercise import exercise

from ..fixtures import sizes


def _layer(rng):
    H, W, kh, kw = sizes(rng, 20)
    return int(rng.integers(1, 9)), int(rng.integers(1, 9)), (kh, kw), (H, W)


@exercise(
    section="Local and shared",
    inputs=_layer,
    edge_cases=(
        (1, 4, (5, 5), (28, 28)),
        (4, 10, (3, 2), (3, 2)),
        (3, 2, (1, 4), (7, 9)),
    ),
    returns=("weights", "connections"),
)
def weights_and_connections(in_channels, out_channels, kernel_size, input_size):
    """(weights, connections): two integers, of a convolutional layer, stride 1.

    kernel_size (kh, kw), input_size (H, W): pairs. The kernel stays within the image.
    weights: the numbers to be learnt; each output channel has one bias, which counts.
    connections: the uses of all weights and biases for one image's output, added up.
    """
    return _by()(in_channels, out_channels, kernel_size, input_size)


def _by(
    weights=lambda inputs, D, places: D * (inputs + 1),
    connections=lambda inputs, D, places: D * (inputs + 1) * places,
    fit=lambda size, k: size - k + 1,
):
    """inputs: of one output unit. places: of one output channel."""

    def count(in_channels, out_channels, kernel_size, input_size):
        (kh, kw), (H, W) = kernel_size, input_size
        found = in_channels * kh * kw, out_channels, fit(H, kh) * fit(W, kw)
        return weights(*found), connections(*found)

    return count


weights_and_connections.mistake(
    "The biases are missing, in one of the counts or in both: one more input each.",
    no_bias=_by(lambda i, D, n: D * i, lambda i, D, n: D * i * n),
    no_bias_in_connections=_by(connections=lambda i, D, n: D * i * n),
)
weights_and_connections.mistake(
    "A bias counts once per output channel in weights, in connections at each place.",
    bias_per_place=_by(lambda i, D, n: D * (i + n)),
    bias_used_once=_by(connections=lambda i, D, n: D * (i * n + 1)),
    one_bias=_by(lambda i, D, n: D * i + 1, lambda i, D, n: (D * i + 1) * n),
    one_bias_in_weights=_by(lambda i, D, n: D * i + 1),
)
weights_and_connections.mistake(
    "Each *kernel* has a bias with you. It belongs to the output channel: one each.",
    bias_per_kernel=lambda C, D, size, image: _by()(1, C * D, size, image),
)
weights_and_connections.mistake(
    "That is how often *one* weight is used. Connections: the uses of all, added up.",
    places=_by(connections=lambda i, D, n: n),
)
weights_and_connections.mistake(
    "An output channel looks at *all* input channels, with a kernel for each.",
    one_channel=lambda C, D, size, image: _by()(1, D, size, image),
)
weights_and_connections.mistake(
    "Your two counts are equal. Which of them grows with the image?",
    unshared=_by(weights=lambda i, D, n: D * (i + 1) * n),
    shared_twice=_by(connections=lambda i, D, n: D * (i + 1)),
)
weights_and_connections.mistake(
    "At how many places does a kernel of 3 fit into 5 pixels? Three.",
    all_pixels=_by(fit=lambda size, k: size),
    one_too_few=_by(fit=lambda size, k: size - k),
    tiles=_by(fit=lambda size, k: size // k),
)
weights_and_connections.mistake(
    "The two are in the other order.",
    swapped=lambda C, D, size, image: _by()(C, D, size, image)[::-1],
)
