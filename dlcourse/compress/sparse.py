"""What pruning saves: sparse products, and models that are really smaller."""

import math

import numpy as np

from dlcourse.autograd import Tensor, expect_tensors
from dlcourse.checks import expect_in, expect_kind
from dlcourse.compress.changed import changed, converted
from dlcourse.nn.container import Sequential
from dlcourse.nn.conv import Conv2d
from dlcourse.nn.linear import Linear
from dlcourse.nn.module import Module, Parameter
from dlcourse.nn.normalization import BatchNorm1d, BatchNorm2d


class SparseLinear(Module):
    """A Linear whose weights are kept in compressed sparse rows (CSR); for inference.

    ``weight`` holds the weights that are not 0, row after row, ``columns`` where in
    their row they stand, and row j's are those from ``starts[j]`` to ``starts[j + 1]``:
    buffers, with indices of 16 bits where they suffice. In NumPy it only pays where
    nearly all weights are 0: the dense product runs at the processor's full speed, this
    one fetches each input through an index.
    """

    def __init__(self, layer):
        super().__init__()
        expect_kind("SparseLinear", "layer", layer, Linear)
        weight = layer.weight.data
        rows, columns = np.nonzero(weight)
        starts = np.searchsorted(rows, np.arange(len(weight) + 1))
        index = np.uint16 if max(weight.shape) < 2**16 else np.uint32
        self.register_buffer("weight", Tensor(weight[rows, columns]))
        self.register_buffer("columns", Tensor(columns.astype(index)))
        self.register_buffer("starts", Tensor(starts.astype(np.int32)))
        self.bias, self.shape = layer.bias, weight.shape

    def forward(self, input):
        expect_tensors("SparseLinear", input)
        x, n = input.data, self.shape[1]
        if x.shape[-1:] != (n,):
            raise ValueError(f"SparseLinear expects (..., {n}), got {x.shape}")
        products = x[..., self.columns.data] * self.weight.data
        y = np.zeros((*x.shape[:-1], self.shape[0]), x.dtype)
        starts = self.starts.data
        filled = np.diff(starts) > 0  # reduceat knows no empty rows
        if filled.any():
            starts = starts[:-1][filled]
            y[..., filled] = np.add.reduceat(products, starts, axis=-1)
        if self.bias is not None:
            y += self.bias.data
        return Tensor(y)

    @property
    def nbytes(self):
        """Bytes of values and indices."""
        return sum(buffer.data.nbytes for buffer in self.buffers())

    def extra_repr(self):
        return f"{self.weight.data.size} of {math.prod(self.shape)} weights"


def remove_units(model, index, keep):
    """A Sequential without some units of layer ``index``, and what belonged to them.

    Where a unit's weights and bias are 0 and its activation keeps 0 at 0, the new model
    gives the same outputs with fewer numbers (Li et al., *Pruning filters*, 2017).

    Args:
        model: a Sequential of Linear, Conv2d, batch norms, activations, pooling and
            Flatten; it stays as it is.
        index: of a Linear or Conv2d that another one follows.
        keep: which units (filters) stay: booleans (units,) or their numbers.

    Raises ValueError where no layer follows, or nothing would be left.
    """
    expect_kind("remove_units", "model", model, Sequential)
    layers = list(converted(model))
    expect_in("remove_units", "index", index, f"[0, {len(layers)})")
    first = layers[index]
    expect_kind("remove_units", f"layer {index}", first, Linear, Conv2d)
    units = len(first.weight)
    try:
        keep = np.unique(np.arange(units)[keep])
    except IndexError as error:
        raise ValueError(
            f"remove_units expects keep to choose from {units} units, got {keep}"
        ) from error
    if not len(keep):
        raise ValueError(f"all {units} units of layer {index} would go")
    layers[index] = _part(first, 0, keep)
    for i in range(index + 1, len(layers)):
        layer = layers[i]
        is_norm = isinstance(layer, BatchNorm1d | BatchNorm2d)
        if is_norm or isinstance(layer, Linear | Conv2d):
            width = layer.num_features if is_norm else layer.weight.shape[1]
            if width % units:
                raise ValueError(
                    f"layer {i} takes {width} inputs, layer {index} has {units} units"
                )
            places = width // units  # after Flatten each channel is several inputs
            inputs = (keep[:, None] * places + np.arange(places)).ravel()
            if is_norm:
                layers[i] = _part_of_norm(layer, inputs)
                continue
            layers[i] = _part(layer, 1, inputs)
            out = Sequential(*layers)
            out.training = model.training
            return out
        elif list(layer.parameters()):
            raise ValueError(
                f"layer {i}, {type(layer).__name__}, can't be made smaller"
            )
    raise ValueError(f"no layer follows layer {index}: its units are the outputs")


def _part(layer, axis, keep):
    """The Linear or Conv2d with only some of its outputs (axis 0) or inputs (1)."""
    if getattr(layer, "groups", 1) != 1:
        raise ValueError("a convolution in groups can't be made smaller one by one")
    weight, bias = layer.weight.data.take(keep, axis), layer.bias
    if axis == 0 and bias is not None:
        bias = Parameter(bias.data[keep])
    kind = "features" if isinstance(layer, Linear) else "channels"
    sizes = {f"out_{kind}": weight.shape[0], f"in_{kind}": weight.shape[1]}
    return changed(layer, weight=Parameter(weight), bias=bias, **sizes)


def _part_of_norm(norm, keep):
    names = ("weight", "bias", "running_mean", "running_var")
    parts = {name: getattr(norm, name) for name in names}
    parts = {k: type(x)(x.data[keep]) for k, x in parts.items() if x is not None}
    return changed(norm, num_features=len(keep), **parts)
