"""Do two ways to the same numbers agree? Relative errors, and one engine by another."""

import numpy as np

from dlcourse.autograd import gradcheck, tensor


def relative_error(a, b):
    """|a - b| / |b|, Euclidean norms over all entries; ``b`` is the truth.

    Args:
        a, b: arrays of one shape.

    Raises ValueError for different shapes, and where b is 0 throughout.
    """
    a, b = np.asarray(a, float), np.asarray(b, float)
    if a.shape != b.shape:
        raise ValueError(f"relative_error expects one shape, got {a.shape}, {b.shape}")
    length = np.linalg.norm(b)
    if length == 0:
        raise ValueError("relative_error: the truth is 0, there is no relative error")
    return float(np.linalg.norm(a - b) / length)


def against_torch(ours, theirs, *inputs, bound=1e-12):
    """Value and gradients of a function against PyTorch's and centred differences.

    The gradients are those of the sum of the entries of the result, each times a fixed
    number of its own, so that no two entries can make up for one another.

    Args:
        ours, theirs: the function on Tensors of dlcourse, and on those of torch.
        inputs: float64 arrays, away from kinks; both functions get one Tensor of each.
        bound: how large an absolute difference may be.

    Returns a row for ``show.agreement``: {"value": (largest difference, bound),
    "gradient": the same, "centred differences": the error that gradcheck finds, and
    what it allows}.
    """
    import torch

    mine = [tensor(x, requires_grad=True) for x in inputs]
    torches = [torch.tensor(x, requires_grad=True) for x in inputs]
    a, b = ours(*mine), theirs(*torches)
    weights = np.cos(np.arange(a.data.size)).reshape(a.shape)
    (a * tensor(weights)).sum().backward()
    (b * torch.tensor(weights)).sum().backward()
    gradients = [
        np.abs(_gradient(m) - _gradient(t)).max()
        for m, t in zip(mine, torches, strict=True)
    ]
    report = gradcheck(ours, mine, raise_exception=False)
    value = np.abs(a.detach().numpy() - b.detach().numpy()).max()
    return {
        "value": (value, bound),
        "gradient": (max(gradients), bound),
        "centred differences": (report.error, report.rtol),
    }


def _gradient(leaf):
    """What arrived at it: zeros where nothing did."""
    return np.zeros(tuple(leaf.shape)) if leaf.grad is None else leaf.grad.numpy()
