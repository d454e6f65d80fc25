"""Pruning: weights, or whole units, that are taken away for good.

A mask is 1 where a weight stays. Which go: the smallest in magnitude (LeCun, Denker and
Solla, 1990, ask for the second derivative too, as second_order.py does; Han et al.,
2015, found magnitude enough), random ones as the control, those of the lowest score, or
whole rows.
"""

import math

import numpy as np

from dlcourse.autograd import Tensor, expect_tensors
from dlcourse.checks import (
    expect_axis,
    expect_flags,
    expect_floats,
    expect_in,
    expect_kind,
    expect_sizes,
)
from dlcourse.compress.changed import Wrapper, converted
from dlcourse.nn.module import Module, Parameter


def magnitude_masks(parameters, sparsity, over_all=False):
    """Masks that take the smallest: exactly round(sparsity * n) of n weights.

    Args:
        parameters: Tensors, such as the layers' weights; or one.
        sparsity: the share that goes, 0 to 1.
        over_all: choose among all layers together ("global"), not in each.
    """
    sizes = [np.abs(p.data) for p in _listed(parameters)]
    return _masks(sizes, sparsity, over_all)


def random_masks(parameters, sparsity, rng, over_all=False):
    """Masks that take random weights: what magnitude must be compared with.

    ``rng`` is NumPy's generator, or a seed.
    """
    rng = np.random.default_rng(rng)
    scores = [rng.random(p.shape) for p in _listed(parameters)]
    return _masks(scores, sparsity, over_all)


def score_masks(scores, sparsity, over_all=False):
    """Masks that take the lowest scores: exactly round(sparsity * n) of n weights.

    Args:
        scores: arrays of numbers of any sign, one for each weight, such as those of
            :func:`saliency`; or one array.
        sparsity, over_all: as in :func:`magnitude_masks`.
    """
    scores = [scores] if hasattr(scores, "shape") else list(scores)
    arrays = [s.data if isinstance(s, Tensor) else np.asarray(s) for s in scores]
    if not arrays or any(a.dtype.kind not in "fiub" for a in arrays):
        raise TypeError(f"score_masks expects arrays of numbers, got {scores}")
    return _masks(arrays, sparsity, over_all)


def structured_mask(parameter, sparsity, p=2, axis=0):
    """A mask that takes whole slices along ``axis``: those with the smallest p-norm.

    For a weight, axis 0 takes units (filters), axis 1 inputs (channels).
    """
    (parameter,) = _listed([parameter])
    expect_in("structured_mask", "p", p, "(0, inf]")
    expect_axis("structured_mask", "axis", axis, parameter.ndim)
    w = np.moveaxis(parameter.data, axis, 0).reshape(parameter.shape[axis], -1)
    kept = _all_but_lowest(_log_norms(np.abs(w), p), sparsity)
    shape = [1] * parameter.ndim
    shape[axis] = -1
    return np.broadcast_to(kept.reshape(shape), parameter.shape).copy()


def n_of_m_mask(parameter, n=2, m=4):
    """A mask that keeps the n largest of every m neighbouring inputs (axis 1).

    So each output reads equally many, at places that fit in a few bits: hardware can
    use it (Mishra et al., *Accelerating sparse deep neural networks*, 2021: 2 of 4).
    Raises ValueError where the inputs are no multiple of m.
    """
    (parameter,) = _listed([parameter])
    expect_sizes("n_of_m_mask", n=n, m=m)
    if parameter.ndim < 2 or parameter.shape[1] % m or n > m:
        raise ValueError(
            "n_of_m_mask expects n <= m, and (out, in, ...) with a multiple of m as "
            f"in, got {n=}, {m=}, {parameter.shape}"
        )
    sizes = np.moveaxis(np.abs(parameter.data), 1, -1)
    order = np.argsort(sizes.reshape(-1, m), axis=1, kind="stable")
    kept = np.ones(order.shape, bool)
    np.put_along_axis(kept, order[:, : m - n], False, axis=1)
    return np.moveaxis(kept.reshape(sizes.shape), -1, 1).copy()


def _log_norms(w, p):
    """log ||row||_p, from each row over its largest entry: no power leaves the range"""
    largest = w.max(axis=1, keepdims=True).astype(float)
    w = w / np.where(largest > 0, largest, 1)
    with np.errstate(divide="ignore"):  # a row of zeros is the smallest: -inf
        logs = np.log(largest[:, 0])
        return logs if math.isinf(p) else logs + np.log((w**p).sum(axis=1)) / p


def _masks(scores, sparsity, over_all):
    """False at the lowest scores: in each array, or among all of them."""
    expect_flags("pruning", over_all=over_all)
    if not over_all:
        return [_all_but_lowest(s, sparsity) for s in scores]
    kept = _all_but_lowest(np.concatenate([s.ravel() for s in scores]), sparsity)
    parts = np.split(kept, np.cumsum([s.size for s in scores])[:-1])
    return [part.reshape(s.shape) for part, s in zip(parts, scores, strict=True)]


def _all_but_lowest(scores, sparsity):
    expect_in("pruning", "sparsity", sparsity, "[0, 1]")
    if np.isnan(scores).any():
        raise ValueError("pruning expects numbers as weights, got nan")
    kept = np.ones(scores.size, bool)
    lowest_first = np.argsort(scores, axis=None, kind="stable")
    kept[lowest_first[: round(sparsity * scores.size)]] = False
    return kept.reshape(scores.shape)


def _listed(parameters):
    parameters = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    expect_tensors("pruning", *parameters)
    if not parameters:
        raise ValueError("pruning expects parameters, got none")
    for parameter in parameters:
        expect_floats("pruning", parameter)
    return parameters


class Pruned(Wrapper):
    """A layer some of whose weights are masked: it computes with weight * mask.

    The product is on the tape. So pruned weights get the gradient 0, before clipping
    sees it, and whatever momentum and decay make of them is not used: PyTorch's
    ``torch.nn.utils.prune``, its weight_orig being ``layer.weight`` here. The masks
    are buffers, part of the state and of every copy.

    Args:
        layer: any Module; its parameters are used, not copied, and keep their values.
        masks: for parameters by name, ``Pruned(layer, weight=mask)``; 1 stays, 0 goes.
    """

    def __init__(self, layer, /, **masks):
        expect_kind("Pruned", "layer", layer, Module)
        super().__init__(layer)
        if not masks:
            raise ValueError("Pruned expects masks, such as weight=mask, got none")
        self.names = tuple(masks)
        for name, mask in masks.items():
            mask, parameter = np.asarray(mask), vars(layer).get(name)
            if not isinstance(parameter, Parameter):
                kind = type(layer).__name__
                raise ValueError(f"Pruned: {kind} has no parameter {name!r} to mask")
            if mask.shape != parameter.shape:
                raise ValueError(
                    f"Pruned expects a mask {parameter.shape} for {name!r}, got "
                    f"{mask.shape}"
                )
            if not np.isin(mask, (0, 1)).all():
                raise ValueError(f"Pruned expects a mask of 0 and 1 for {name!r}")
            mask = mask.astype(parameter.dtype)
            self.register_buffer(f"{name}_mask", Tensor(mask))

    def tensors(self):
        return {k: self.given(k) * getattr(self, f"{k}_mask") for k in self.names}

    @property
    def sparsity(self):
        """The share of the masked parameters' weights that are gone."""
        masks = [getattr(self, f"{name}_mask").data for name in self.names]
        return 1 - sum(m.sum() for m in masks) / sum(m.size for m in masks)

    def extra_repr(self):
        return f"{', '.join(self.names)}: {self.sparsity:.1%} gone"


def masked(model, masks):
    """``model`` over the same parameters, some of them under masks: see Pruned.

        weights = {k: p for k, p in model.named_parameters() if p.ndim > 1}
        masks = magnitude_masks(weights.values(), 0.9)
        model = masked(model, dict(zip(weights, masks)))

    An optimiser of the parameters goes on; ``make_permanent`` ends it.

    Args:
        model: a Module; it stays as it is.
        masks: {path of a parameter: mask}.

    Raises ValueError where there is no such parameter, or it is in a wrapper already.
    """
    expect_kind("masked", "model", model, Module)
    expect_kind("masked", "masks", masks, dict)
    by_layer = {}
    for path, mask in masks.items():
        layer, _, name = path.rpartition(".")
        by_layer.setdefault(layer, {})[name] = mask

    def convert(layer, path):
        own = by_layer.pop(path, None)
        return None if own is None else Pruned(layer, **own)

    out = converted(model, convert)
    if by_layer:
        raise ValueError(f"masked: no layer {sorted(by_layer)} to mask in this model")
    return out
