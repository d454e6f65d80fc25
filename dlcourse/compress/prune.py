"""Pruning: weights, or whole units, that are taken away for good.

A mask is 1 where a weight stays. Which go: the smallest in magnitude (LeCun, Denker and
Solla, 1990, ask for the second derivative too; Han et al., 2015, found magnitude
enough), random ones as the control, the smallest over all layers, or whole rows.
"""

import math

import numpy as np

from dlcourse.autograd import Tensor, expect_tensors
from dlcourse.checks import expect_axis, expect_flags, expect_in


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


def structured_mask(parameter, sparsity, p=2, axis=0):
    """A mask that takes whole slices along ``axis``: those with the smallest p-norm.

    For a weight, axis 0 takes units (filters), axis 1 inputs (channels).
    """
    expect_tensors("structured_mask", parameter)
    expect_in("structured_mask", "p", p, "(0, inf]")
    expect_axis("structured_mask", "axis", axis, parameter.ndim)
    w = np.abs(np.moveaxis(parameter.data, axis, 0)).reshape(parameter.shape[axis], -1)
    norms = w.max(axis=1) if math.isinf(p) else (w**p).sum(axis=1) ** (1 / p)
    kept = _all_but_lowest(norms, sparsity)
    shape = [1] * parameter.ndim
    shape[axis] = -1
    return np.broadcast_to(kept.reshape(shape), parameter.shape).copy()


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
    kept = np.ones(scores.size, bool)
    lowest_first = np.argsort(scores, axis=None, kind="stable")
    kept[lowest_first[: round(sparsity * scores.size)]] = False
    return kept.reshape(scores.shape)


def _listed(parameters):
    parameters = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    expect_tensors("pruning", *parameters)
    if not parameters:
        raise ValueError("pruning expects parameters, got none")
    return parameters


class Pruned:
    """Parameters under masks: zero now, and after every step of training.

        pruned = Pruned(weights, magnitude_masks(weights, 0.9))
        pruned.follow(optimizer)

    ``follow`` makes each ``optimizer.step()`` mask the gradients before and the weights
    after: momentum and weight decay cannot bring a pruned weight back. The numbers are
    those of PyTorch's reparametrisation weight_orig * mask.

    Attributes: ``parameters``, ``masks``, and ``original``, the weights before.
    """

    def __init__(self, parameters, masks):
        self.parameters, masks = _listed(parameters), list(map(np.asarray, masks))
        shapes = [p.shape for p in self.parameters], [m.shape for m in masks]
        if shapes[0] != shapes[1]:
            raise ValueError(f"Pruned expects masks {shapes[0]}, got {shapes[1]}")
        if not all(np.isin(mask, (0, 1)).all() for mask in masks):
            raise ValueError("Pruned expects masks of 0 and 1 only")
        self.masks = [mask.astype(bool) for mask in masks]
        self.original = [p.data.copy() for p in self.parameters]
        self.apply()

    @property
    def sparsity(self):
        """The share of weights that are gone."""
        return 1 - sum(m.sum() for m in self.masks) / sum(m.size for m in self.masks)

    def apply(self):
        """Set the pruned weights to 0 (again)."""
        for p, mask in zip(self.parameters, self.masks, strict=True):
            p.data *= mask
            p._version[0] += 1  # the tape must notice

    def follow(self, optimizer):
        """Keep the masks through every ``optimizer.step()`` from now on."""
        step = optimizer.step

        def masked_step():
            for p, mask in zip(self.parameters, self.masks, strict=True):
                if p.grad is not None:
                    p.grad.data *= mask
            step()
            self.apply()

        optimizer.step = masked_step
        return optimizer

    def undo(self):
        """Give the weights the values back that they had before."""
        for p, values in zip(self.parameters, self.original, strict=True):
            p.data[...] = values
            p._version[0] += 1
