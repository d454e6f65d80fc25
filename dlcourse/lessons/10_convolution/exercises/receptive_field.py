import numpy as np

from dlcourse.teach.exercise import exercise


def _layers(rng):
    depth = rng.integers(1, 7)
    kernels, choices = rng.integers(1, 6, size=depth), ([1, 1, 2, 3], [1, 1, 2, 4])
    layers = kernels, *(rng.choice(few, size=depth) for few in choices)
    return ([tuple(int(n) for n in layer) for layer in zip(*layers, strict=True)],)


@exercise(
    section="Deeper: What an output sees",
    inputs=_layers,
    edge_cases=tuple(
        ([tuple(int(n) for n in layer) for layer in layers.split()],)
        for layers in ("311", "321 311", "311 312 314", "511 221 511 221", "132", "")
    ),
    trials=20,
    returns="an integer",
)
def receptive_field(layers):
    """How many pixels of the input, first to last, one output of the last layer sees.

    layers: a list of (kernel, stride, dilation), the layer next to the input first;
    kernel: its entries along the one axis. Pooling counts as a layer, too.
    Pixels that it skips in between count. Without layers it is 1.
    """
    return _by()(layers)


def _by(
    span=lambda kernel, dilation: dilation * (kernel - 1),
    step=lambda jump, stride, dilation: jump * stride,
    first=1,
    early=False,
):
    """span: steps from a kernel's first entry to its last. jump: pixels to a step."""

    def seen(layers):
        field, jump = first, 1
        for kernel, stride, dilation in layers:
            before, jump = jump, step(jump, stride, dilation)
            field += span(kernel, dilation) * (jump if early else before)
        return field

    return seen


receptive_field.mistake(
    "Kernels do not multiply: a second layer of 3 adds two pixels, 5 in all.",
    kernels=lambda layers: int(np.prod([k for k, _, _ in layers])),
)
receptive_field.mistake(
    "A layer's own stride comes too early: it spreads what the layers *after* it see.",
    own_stride=_by(early=True),
)
receptive_field.mistake(
    "Steps multiply: behind strides of 2 and 2, neighbours are 4 pixels apart.",
    last_stride=_by(step=lambda jump, stride, _: stride),
    sums=_by(step=lambda jump, stride, _: jump + stride),
)
receptive_field.mistake(
    "The strides have no effect with you.", no_strides=_by(step=lambda *_: 1)
)
receptive_field.mistake(
    "Dilation spreads its own layer's entries. Only strides set outputs apart.",
    spread_on=_by(step=lambda jump, stride, dilation: jump * stride * dilation),
)
receptive_field.mistake(
    "The dilation is forgotten, or counted wrong: 3 entries, 2 apart, reach over 5.",
    no_dilation=_by(lambda kernel, dilation: kernel - 1),
    times=_by(lambda kernel, dilation: dilation * kernel - 1),
)
receptive_field.mistake(
    "Without layers one pixel is seen, and a kernel of 3 adds two to it: 3 - 1.",
    from_0=_by(first=0),
    whole_kernels=_by(lambda kernel, dilation: dilation * (kernel - 1) + 1, first=0),
)
receptive_field.mistake(
    "The list begins at the input: you go through it from the other end.",
    backwards=lambda layers: _by()(layers[::-1]),
)
