"""Which pixels does output `i` see? Give the first and the last, where each layer may
have padding: they may lie outside the image, the first below 0. (Go from the output
back to the input: from which outputs of the layer before is one computed?)
"""

from ..receptive_field import _by, receptive_field


def _case(rng):
    depth = int(rng.integers(1, 6))
    kernels, padding = rng.integers(1, 6, size=depth), rng.integers(0, 3, size=depth)
    parts = kernels, rng.choice([1, 1, 2, 3], size=depth), padding
    layers = [tuple(int(n) for n in layer) for layer in zip(*parts, strict=True)]
    return layers, int(rng.integers(0, 9))


@receptive_field.variant(
    "That is the lesson's answer: as many pixels, but not where they lie.",
    public=lambda layers, i: _by()(layers),
    inputs=_case,
    edge_cases=(
        ([(3, 1, 0)], 4),
        ([(3, 2, 1), (3, 1, 1)], 0),
        ([(5, 1, 2), (2, 2, 0), (3, 3, 1)], 2),
        ([(1, 2, 0), (2, 1, 0)], 3),
    ),
    returns=("first", "last"),
)
def seen_pixels(layers, i):
    """(first, last): the first and the last pixel of the input that output i sees.

    layers: a list of (kernel, stride, padding), the layer next to the input first.
    i: the index of an output of the last layer, from 0. Pixels count from 0, too; those
    of the padding are before 0, or behind the end.
    """
    first = last = i
    for kernel, stride, padding in layers[::-1]:
        first = first * stride - padding
        last = last * stride - padding + kernel - 1
    return first, last


def _of(
    first=lambda at, kernel, stride, padding: at * stride - padding,
    last=lambda at, kernel, stride, padding: at * stride - padding + kernel - 1,
    order=-1,
):
    def seen(layers, i):
        a = b = i
        for layer in layers[::order]:
            a, b = first(a, *layer), last(b, *layer)
        return a, b

    return seen


seen_pixels.mistake(
    "The padding moves the first pixel to the left: subtract it, at both ends.",
    none=_of(lambda at, k, s, p: at * s, lambda at, k, s, p: at * s + k - 1),
    added=_of(lambda at, k, s, p: at * s + p, lambda at, k, s, p: at * s + p + k - 1),
    last_added=_of(last=lambda at, k, s, p: at * s + p + k - 1),
    last_forgotten=_of(last=lambda at, k, s, p: at * s + k - 1),
)
seen_pixels.mistake(
    "You go through the layers from the input. Begin with the output, at the last one.",
    from_the_input=_of(order=1),
)
seen_pixels.mistake(
    "One pixel too many at the end: a kernel of 3 reaches from 0 to 2.",
    one_too_many=_of(last=lambda at, k, s, p: at * s - p + k),
)
seen_pixels.mistake(
    "The stride multiplies where the output lies: neighbours are a stride apart.",
    no_stride=_of(lambda at, k, s, p: at - p, lambda at, k, s, p: at - p + k - 1),
)
seen_pixels.mistake(
    "Padding is pixels of its layer's input: that layer's stride does not stretch it.",
    padding_times_stride=_of(
        lambda at, k, s, p: (at - p) * s, lambda at, k, s, p: (at - p) * s + k - 1
    ),
)
