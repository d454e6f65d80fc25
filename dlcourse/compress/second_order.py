"""Saliency: what a loss would gain from a weight's absence, to second order.

Near a minimum the gradient is 0, and w set to 0 changes the loss by about h w^2 / 2, h
being the second derivative (LeCun, Denker and Solla, *Optimal brain damage*, 1990).
The square of the gradient stands in for h: for a likelihood its mean over examples is
near it (Theis et al., *Faster gaze prediction with dense networks and Fisher pruning*,
2018).
"""

import numpy as np

from dlcourse.autograd import tensor
from dlcourse.checks import expect_kind
from dlcourse.nn.functional import cross_entropy
from dlcourse.nn.measuring import measuring
from dlcourse.nn.module import Module


def saliency(model, batches, loss=cross_entropy):
    """{path: w^2 times the mean over the batches of g^2}, for every matrix of weights.

    A score for :func:`score_masks`. Unlike w^2 it is the same for the same function in
    other ranges (:func:`rescaled`): where w is c times as large, its gradient g is c
    times as small.

    Args:
        model: a Module, measured in evaluation; it stays as it is.
        batches: pairs (x, y), at least one. Each batch's mean gradient is squared:
            large batches see less of what single examples need.
        loss: of ``model(x)`` and y, the mean over the batch.

    Raises ValueError where there is no batch, or nothing but frozen weights.
    """
    expect_kind("saliency", "model", model, Module)
    weights = {
        path: weight
        for path, weight in model.named_parameters()
        if weight.ndim > 1 and weight.requires_grad
    }
    if not weights:
        raise ValueError("saliency expects a model with weights to train, got none")
    squares = {path: np.zeros(weight.shape) for path, weight in weights.items()}
    count = 0
    with measuring(model, training=False):
        for batch in batches:
            if not isinstance(batch, (tuple, list)) or len(batch) != 2:
                raise TypeError(
                    f"saliency expects batches of pairs (x, y), got {type(batch)}"
                )
            x, y = batch
            loss(model(tensor(x)), tensor(y)).backward()
            for path, weight in weights.items():
                if weight.grad is not None:
                    squares[path] += np.square(weight.grad.data, dtype=float)
            for parameter in model.parameters():
                parameter.grad = None
            count += 1
    if not count:
        raise ValueError("saliency expects batches of (x, y), got none")
    return {
        path: np.square(weight.data, dtype=float) * squares[path] / count
        for path, weight in weights.items()
    }
