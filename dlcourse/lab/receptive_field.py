"""Receptive fields: which pixels an entry of a deep layer sees."""

from dataclasses import dataclass

import numpy as np

# Layers whose entries see what lies at their own place. (In training batch norm looks
# at all places, but only at their mean and variance.)
POINTWISE = set(
    "BatchNorm1d BatchNorm2d Dropout Dropout2d ELU GELU Identity LeakyReLU PReLU ReLU "
    "SELU SiLU Sigmoid Softplus Tanh".split()
)


@dataclass(frozen=True)
class ReceptiveField:
    """What the entries of a layer's output see of the network's input, along each axis.

    Attributes:
        layer: the layer's path in the model.
        size: pixels one entry sees (with dilation: from the first to the last).
        jump: pixels from the field of one entry to the field of the next.
        start: the first pixel of the first entry's field; below 0 it is padding.
    """

    layer: str
    size: tuple
    jump: tuple
    start: tuple


def receptive_fields(model):
    """A :class:`ReceptiveField` for each layer of a Sequential, the last one last.

    A window of k entries, d apart, in steps of s, with p entries of padding, makes of
    size r, jump j and start a (1, 1 and 0 in the input itself)

        r + d (k - 1) j,   s j   and   a - p j

    (Araujo et al., *Computing receptive fields*, Distill, 2019).

    Args:
        model: a Sequential of dlcourse or torch, of convolutions, poolings, and layers
            that act on each entry by itself; Sequentials within it too.

    Raises TypeError for any other layer, which may see everything: cut it off first,
    ``receptive_fields(model[:6])``.
    """
    layers = list(_layers(model))
    windows = [layer for _, layer in layers if hasattr(layer, "kernel_size")]
    dims = int(type(windows[0]).__name__[-2]) if windows else 2  # Conv1d: 1
    r, j, a = np.ones(dims, int), np.ones(dims, int), np.zeros(dims, int)
    fields = []
    for path, layer in layers:
        if hasattr(layer, "kernel_size"):
            k, s, p, d = _window(layer)
            r, a, j = r + d * (k - 1) * j, a - p * j, s * j
        elif type(layer).__name__ not in POINTWISE:
            raise TypeError(
                "receptive_fields expects convolutions, poolings and layers that act "
                f"on single entries, got {type(layer).__name__} at {path}: leave it "
                "out, as in model[:6]"
            )
        fields.append(ReceptiveField(path, *(tuple(v.tolist()) for v in (r, j, a))))
    return fields


def _layers(model, prefix=""):
    """(path, layer) in the order of computing; one that is used twice comes twice."""
    for i, layer in enumerate(model):
        if type(layer).__name__ == "Sequential":
            yield from _layers(layer, f"{prefix}{i}.")
        else:
            yield f"{prefix}{i}", layer


def _window(layer):
    """kernel, stride, padding before the first entry, dilation: numbers or arrays."""
    k, s = np.array(layer.kernel_size), np.array(layer.stride)
    p, d = layer.padding, np.array(getattr(layer, "dilation", 1))
    if isinstance(p, str):
        p = d * (k - 1) // 2 if p == "same" else 0
    return k, s, np.array(p), d
