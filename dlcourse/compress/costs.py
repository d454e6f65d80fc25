"""What a model costs: bytes on disk, and arithmetic by layer."""

import math
from contextlib import ExitStack
from functools import partial
from typing import NamedTuple

import numpy as np

from dlcourse.autograd import no_grad
from dlcourse.checks import expect_kind
from dlcourse.compress.integer import IntegerConv2d, IntegerLinear
from dlcourse.compress.quantization import Quantized
from dlcourse.compress.sparse import SparseLinear
from dlcourse.nn.conv import Conv2d
from dlcourse.nn.linear import Linear
from dlcourse.nn.measuring import measuring
from dlcourse.nn.module import Module, Parameter

LAYERS = Linear, Conv2d, IntegerLinear, IntegerConv2d, SparseLinear
STORED = "weight", "bias", "weight_scale", "columns", "starts"


class LayerCost(NamedTuple):
    """One layer: its path and kind, its weights, their bytes, and FLOPs per example."""

    name: str
    kind: str
    weights: int
    nonzero: int
    bytes: int
    flops: int


class Cost(tuple):
    """The layers' costs; printed, a table with its sums."""

    weights = property(lambda self: sum(layer.weights for layer in self))
    nonzero = property(lambda self: sum(layer.nonzero for layer in self))
    bytes = property(lambda self: sum(layer.bytes for layer in self))
    flops = property(lambda self: sum(layer.flops for layer in self))

    def __repr__(self):
        total = ("total", "", self.weights, self.nonzero, self.bytes, self.flops)
        rows = [("layer", "kind", "weights", "not 0", "bytes", "FLOPs")]
        for name, kind, *numbers in (*self, total):
            rows.append((name, kind, *(f"{n:,}" for n in numbers)))
        wide = [max(map(len, column)) for column in zip(*rows, strict=True)]
        cells = [f"{{:{'<' if i < 2 else '>'}{w}}}" for i, w in enumerate(wide)]
        return "\n".join("  ".join(cells).format(*row) for row in rows)


def cost(model, x):
    """The :class:`Cost` of the layers with weights, for one example of the batch ``x``.

    A Linear (n to m) takes 2 n m operations, a convolution 2 for each weight and place:
    one product and one sum; of integers where the layer computes in them. Biases, norms
    and activations are left out: they take a share of 1/n of it. Under masks or with
    rounding in place the weights are counted as they are used.

    Raises TypeError for other layers with matrices of weights, such as recurrent ones.
    """
    expect_kind("cost", "model", model, Module)
    found = []

    def note(name, layer, args, output):
        weight, shape = layer.weight, output.shape
        places = math.prod(shape[2:] if weight.ndim > 2 else shape[1:-1])
        tensors = {name: getattr(layer, name, None) for name in STORED}
        stored = {name: t.data for name, t in tensors.items() if t is not None}
        arrays = [stored[name] for name in ("weight", "bias") if name in stored]
        found.append(
            LayerCost(
                name,
                type(layer).__name__,
                weights=sum(a.size for a in arrays),
                nonzero=sum(int(np.count_nonzero(a)) for a in arrays),
                bytes=sum(a.nbytes for a in stored.values()),
                flops=2 * weight.data.size * places,
            )
        )

    with ExitStack() as afterwards, measuring(model), no_grad():
        for name, layer in model.named_modules():
            if isinstance(layer, LAYERS):
                # behind a mask or a rounding, it is called with other weights
                handle = layer.register_forward_hook(partial(note, name))
                afterwards.callback(handle.remove)
            elif any(
                isinstance(p, Parameter) and p.ndim > 1 for p in vars(layer).values()
            ):
                kinds = ", ".join(kind.__name__ for kind in LAYERS)
                raise TypeError(
                    f"cost counts {kinds}: not {type(layer).__name__} at {name!r}"
                )
        model(x)
    return Cost(found)


# ---------------------------------------------------------------------------- on disk


def save(path, state):
    """Write {name: Tensor, array or Quantized} to an .npz file; returns its bytes.

    Integers of b bits take b bits each, whatever b.
    """
    expect_kind("save", "state", state, dict)
    arrays = {}
    for name, value in state.items():
        if isinstance(value, Quantized):
            arrays[f"{name}/bits"], low = pack(value.values, value.bits)
            arrays[f"{name}/shape"] = np.array(value.values.shape, np.int32)
            arrays[f"{name}/scale"] = np.asarray(value.scale)
            zero_point = np.asarray(value.zero_point, np.int32)
            fits = np.abs(zero_point).max(initial=0) < 2**15
            arrays[f"{name}/zero_point"] = zero_point.astype(
                np.int16 if fits else np.int32
            )
            arrays[f"{name}/layout"] = np.array([value.bits, low], np.int16)
        else:
            arrays[name] = np.asarray(getattr(value, "data", value))
            if arrays[name].dtype.kind not in "fiub":
                raise TypeError(f"save expects numbers as {name!r}, got {value!r}")
    with open(path, "wb") as file:
        np.savez(file, **arrays)
        return file.tell()


def load(path):
    """What :func:`save` wrote: {name: array or Quantized}."""
    with np.load(path) as file:
        arrays = dict(file)
    state = {}
    for key in arrays:
        name, _, part = key.rpartition("/")
        if f"{name}/layout" not in arrays:
            state[key] = arrays[key]
        elif part == "bits":
            bits, low = arrays[f"{name}/layout"].tolist()
            shape = arrays[f"{name}/shape"].tolist()
            values = unpack(arrays[key], bits, math.prod(shape), low)
            state[name] = Quantized(
                values.reshape(shape),
                arrays[f"{name}/scale"],
                arrays[f"{name}/zero_point"].astype(np.int32),
                bits,
            )
    return state


def pack(values, bits):
    """(bytes, low): integers less the lowest, one after the other, ``bits`` bits each.

    With one bit, +-1 are kept as their sign.
    """
    flat = np.asarray(values).ravel().astype(np.int64)
    low, high = flat.min(initial=0), flat.max(initial=0)
    flat = (flat - low) // (2 if bits == 1 and low < 0 else 1)
    if flat.max(initial=0) >= 2**bits:
        raise ValueError(f"values from {low} to {high} do not fit in {bits} bits")
    ones = (flat[:, None] >> np.arange(bits)) & 1
    return np.packbits(ones.astype(np.uint8).ravel()), low


def unpack(packed, bits, count, low):
    """The ``count`` integers that :func:`pack` made bytes of."""
    ones = np.unpackbits(packed, count=bits * count).reshape(count, bits)
    values = (ones.astype(np.int16) << np.arange(bits)).sum(axis=1)
    values *= 2 if bits == 1 and low < 0 else 1
    return (values + low).astype(np.int16)
