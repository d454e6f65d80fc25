"""Normalisation: over the batch, over each example's features, over groups of channels.

All three take rows of numbers, each to mean 0 and variance 1, and differ in what a row
is. For the row x of n numbers with mean m and (biased) variance v,

    x̂ = (x - m) / s,   s = sqrt(v + eps),   y = weight x̂ + bias.

x̂ does not change when x is shifted, nor (but for eps) when it is stretched, so
moving x along 1 or along x̂ does nothing, and the gradient has no part there. With
g = dL/dx̂, and means over the row,

    dL/dx = (g - mean(g) - x̂ mean(g x̂)) / s :

g without its projections on 1 and on x̂. ``weight`` gets the sum of dL/dy x̂, ``bias``
the sum of dL/dy, over all the entries that used them.
"""

import math

import numpy as np

from dlcourse.autograd import Tensor, expect_tensors, record, shared
from dlcourse.nn.module import Module, Parameter


def batch_norm(
    input,
    running_mean,
    running_var,
    weight=None,
    bias=None,
    training=False,
    momentum=0.1,
    eps=1e-5,
):
    """A row is a channel: all its values in the batch (Ioffe and Szegedy, 2015).

    Args:
        input: (N, C) or (N, C, ...).
        running_mean, running_var: (C,), or None for both. In training they move
            towards the batch's by the share ``momentum``, the variance towards the
            unbiased one; in evaluation they are m and v, and constant.
        weight, bias: (C,), or None for 1 and 0.

    Raises ValueError for a shape that does not fit, ``eps`` not above 0, and in training
    for channels of one value: that value is its own mean, x̂ = 0 whatever it is.
    """
    _expect_batch(input, running_mean, running_var, weight, bias, training, eps)
    order, back = _rows_are_channels(input.data)
    shape = [input.shape[axis] for axis in order]

    def rows(array):
        return array.transpose(order).reshape(shape[0], -1)

    x = rows(input.data)
    if training:
        mean = _mean(x)
        y = x - mean
        var = _mean_square(y)
        if running_mean is not None and x.size:
            n = x.shape[1]
            _move(running_mean, mean, momentum)
            _move(running_var, var * (n / (n - 1)), momentum)
    else:
        mean, var = (_column(r.data.copy()) for r in (running_mean, running_var))
        y = x - mean
    over_s = 1 / np.sqrt(var + y.dtype.type(eps))
    slope = over_s if weight is None else over_s * _column(weight.data)
    y *= slope
    if bias is not None:
        y += _column(bias.data)

    def gradients(g):
        g, centred = rows(g), rows(input.data) - mean
        bias_grad, dot = _sums(g, centred)
        weight_grad = dot * over_s
        if training:
            dx = _projected(g, centred, bias_grad, weight_grad, over_s)
            dx *= slope
        else:
            dx = g * slope
        dx = dx.reshape(shape).transpose(back)
        return dx, *_given(weight, weight_grad, bias, bias_grad)

    y = y.reshape(shape).transpose(back)
    operands = [t for t in (input, weight, bias) if t is not None]
    return record("batch_norm", y, *shared(gradients, *operands))


class _BatchNorm(Module):
    """Normalise each channel over the batch; see :func:`batch_norm`.

    Args:
        num_features: C, the number of channels.
        eps: added to the variance: a constant channel stays finite.
        momentum: share of the new batch in the running moments; None: their mean over
            all batches so far.
        affine: learn weight and bias (they start at 1 and 0).
        track_running_stats: keep running moments, for evaluation; without them the
            batch's own are used there too.
    """

    def __init__(
        self,
        num_features,
        eps=1e-5,
        momentum=0.1,
        affine=True,
        track_running_stats=True,
    ):
        super().__init__()
        _expect_positive(type(self).__name__, "num_features", num_features)
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.affine, self.track_running_stats = affine, track_running_stats
        self.weight = _ones(num_features) if affine else None
        self.bias = _zeros(num_features) if affine else None
        kept = (
            ("running_mean", np.zeros(num_features, np.float32)),
            ("running_var", np.ones(num_features, np.float32)),
            ("num_batches_tracked", np.array(0)),
        )
        for name, start in kept:
            self.register_buffer(name, Tensor(start) if track_running_stats else None)

    def forward(self, input):
        if input.ndim not in self.ndims:
            raise ValueError(
                f"{type(self).__name__} expects {self.expected}, got {input.shape}"
            )
        momentum = self.momentum
        if self.training and self.track_running_stats:
            self.num_batches_tracked += 1
            if momentum is None:
                momentum = 1 / self.num_batches_tracked.item()
        return batch_norm(
            input,
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            self.training or not self.track_running_stats,
            momentum,
            self.eps,
        )

    def extra_repr(self):
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, "
            f"affine={self.affine}, track_running_stats={self.track_running_stats}"
        )


class BatchNorm1d(_BatchNorm):
    __doc__ = _BatchNorm.__doc__
    ndims, expected = (2, 3), "(N, C) or (N, C, L)"


class BatchNorm2d(_BatchNorm):
    __doc__ = _BatchNorm.__doc__
    ndims, expected = (4,), "(N, C, H, W)"


def layer_norm(input, normalized_shape, weight=None, bias=None, eps=1e-5):
    """A row is the last axes, ``normalized_shape``, of one example (Ba et al., 2016).

    Args:
        input: (..., *normalized_shape).
        weight, bias: of the shape ``normalized_shape``, or None for 1 and 0.

    Raises ValueError where the shapes do not fit, or ``eps`` is below 0.
    """
    expect_tensors("layer_norm", input)
    shape = tuple(normalized_shape)
    if not shape or input.shape[-len(shape) :] != shape:
        raise ValueError(
            f"layer_norm expects input (..., *normalized_shape) with normalized_shape "
            f"{shape}, got {input.shape}"
        )
    _expect_fit("layer_norm", input, shape, weight=weight, bias=bias)
    n = math.prod(shape)
    number = math.prod(input.shape[: -len(shape)])
    return _example_norm(
        "layer_norm", input, (number, n), (number, n, 1), weight, bias, eps
    )


class LayerNorm(Module):
    """Normalise each example over its last axes; see :func:`layer_norm`.

    Args:
        normalized_shape: the sizes of those axes; a number for the last one.
        elementwise_affine: learn weight and, with ``bias``, bias, of that shape.
    """

    def __init__(self, normalized_shape, eps=1e-5, elementwise_affine=True, bias=True):
        super().__init__()
        shape = (
            (normalized_shape,) if np.isscalar(normalized_shape) else normalized_shape
        )
        self.normalized_shape, self.eps = tuple(shape), eps
        self.elementwise_affine = elementwise_affine
        for n in self.normalized_shape:
            _expect_positive("LayerNorm", "normalized_shape", n)
        self.weight = _ones(*shape) if elementwise_affine else None
        self.bias = _zeros(*shape) if elementwise_affine and bias else None

    def forward(self, input):
        return layer_norm(
            input, self.normalized_shape, self.weight, self.bias, self.eps
        )

    def extra_repr(self):
        return (
            f"{self.normalized_shape}, eps={self.eps}, "
            f"elementwise_affine={self.elementwise_affine}, "
            f"bias={self.bias is not None}"
        )


def group_norm(input, num_groups, weight=None, bias=None, eps=1e-5):
    """A row is a group of one example's channels (Wu and He, 2018).

    Args:
        input: (N, C, ...).
        num_groups: how many groups; divides C. One group normalises all of an example
            together, C groups each channel alone.
        weight, bias: (C,), or None for 1 and 0.

    Raises ValueError where the shapes do not fit, ``eps`` is below 0, or the whole batch
    has one value in each channel, as PyTorch does.
    """
    expect_tensors("group_norm", input)
    if input.ndim < 2:
        raise ValueError(f"group_norm expects input (N, C, ...), got {input.shape}")
    _expect_groups("group_norm", num_groups, input.shape[1])
    _expect_fit("group_norm", input, input.shape[1:2], weight=weight, bias=bias)
    n, c, *places = input.shape
    size = math.prod(places)
    if n * (c // num_groups) * size == 1:
        raise ValueError(
            f"group_norm expects more than one value per group, got {input.shape}"
        )
    rows = (n * num_groups, c // num_groups * size)
    return _example_norm("group_norm", input, rows, (n, c, size), weight, bias, eps)


class GroupNorm(Module):
    """Normalise each example over groups of channels; see :func:`group_norm`."""

    def __init__(self, num_groups, num_channels, eps=1e-5, affine=True):
        super().__init__()
        _expect_positive("GroupNorm", "num_channels", num_channels)
        _expect_groups("GroupNorm", num_groups, num_channels)
        self.num_groups, self.num_channels = num_groups, num_channels
        self.eps, self.affine = eps, affine
        self.weight = _ones(num_channels) if affine else None
        self.bias = _zeros(num_channels) if affine else None

    def forward(self, input):
        expect_tensors("GroupNorm", input)
        if input.shape[1:2] != (self.num_channels,):
            raise ValueError(
                f"GroupNorm expects (N, {self.num_channels}, ...), got {input.shape}"
            )
        return group_norm(input, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self):
        return (
            f"{self.num_groups}, {self.num_channels}, eps={self.eps}, "
            f"affine={self.affine}"
        )


def _example_norm(op, input, rows, channels, weight, bias, eps):
    """Normalise ``input`` as a matrix of the shape ``rows``; then, in the shape
    ``channels`` = (N, C, places), scale and shift along the middle axis."""
    if not eps >= 0:
        raise ValueError(f"{op} expects eps of at least 0, got {eps!r}")
    x = input.data.reshape(rows)
    mean = _mean(x)
    y = x - mean
    over_s = 1 / np.sqrt(_mean_square(y) + y.dtype.type(eps))
    y *= over_s
    y = y.reshape(channels)
    if weight is not None:
        y *= weight.data.reshape(-1, 1)
    if bias is not None:
        y += bias.data.reshape(-1, 1)

    def gradients(g):
        g = g.reshape(channels)
        centred = input.data.reshape(rows) - mean
        x_hat = (centred * over_s).reshape(channels)
        params = _given(weight, (g * x_hat).sum((0, 2)), bias, g.sum((0, 2)))
        if weight is not None:
            g = g * weight.data.reshape(-1, 1)
        g = g.reshape(rows)
        total, dot = _sums(g, centred)
        dx = _projected(g, centred, total, dot * over_s, over_s)
        dx *= over_s
        return dx.reshape(input.shape), *params

    operands = [t for t in (input, weight, bias) if t is not None]
    return record(op, y.reshape(input.shape), *shared(gradients, *operands))


# ---------------------------------------------------------------- on rows, as matrices


def _mean(x):
    """Each row's mean, as a column. (As sum of halves: exact enough for float32.)"""
    return x.sum(1, keepdims=True) / max(x.shape[1], 1)


def _mean_square(x):
    return np.vecdot(x, x)[:, None] / max(x.shape[1], 1)


def _sums(g, centred):
    """Each row's sum of g, and of g times ``centred``; columns."""
    return g @ np.ones((g.shape[1], 1), g.dtype), np.vecdot(g, centred)[:, None]


def _projected(g, centred, total, dot, over_s):
    """g - mean(g) - x̂ mean(g x̂), from the sums ``total`` of g and ``dot`` of g x̂.

    It is written over ``centred``, which is x - mean.
    """
    n = max(g.shape[1], 1)
    centred *= over_s * (dot / -n)
    centred += g
    centred -= total / n
    return centred


def _rows_are_channels(x):
    """An order of axes, channels first, the rest as they lie in memory; and the way back.

    Rows are then contiguous, for (N, C, H, W) and what lies as (C, H, W, N) alike.
    """
    rest = sorted({*range(x.ndim)} - {1}, key=lambda axis: -abs(x.strides[axis]))
    order = (1, *rest)
    return order, np.argsort(order)


def _column(vector):
    return vector.reshape(-1, 1)


def _move(running, column, momentum):
    running[...] = (1 - momentum) * running.data + momentum * column.ravel()


def _ones(*shape):
    return Parameter(np.ones(shape, np.float32))


def _zeros(*shape):
    return Parameter(np.zeros(shape, np.float32))


def _given(weight, weight_grad, bias, bias_grad):
    """The gradients of those of the two that there are, in their shapes."""
    pairs = ((weight, weight_grad), (bias, bias_grad))
    return [g.reshape(t.shape) for t, g in pairs if t is not None]


def _expect_fit(who, input, shape, **tensors):
    if input.dtype.kind != "f":
        raise TypeError(f"{who} expects floats, got {input.dtype}: use .float()")
    for name, tensor in tensors.items():
        if tensor is None:
            continue
        expect_tensors(who, tensor)
        if tensor.shape != shape:
            raise ValueError(f"{who} expects {name} {shape}, got {tensor.shape}")
        if tensor.dtype != input.dtype:
            raise TypeError(
                f"{who} expects {tensor.dtype}, like its {name}, got {input.dtype}"
            )


def _expect_batch(input, running_mean, running_var, weight, bias, training, eps):
    expect_tensors("batch_norm", input)
    if input.ndim < 2:
        raise ValueError(f"batch_norm expects input (N, C, ...), got {input.shape}")
    if not eps > 0:
        raise ValueError(f"batch_norm expects eps above 0, got {eps!r}")
    if (running_mean is None) != (running_var is None):
        raise ValueError("running_mean and running_var: both, or neither")
    if running_mean is None and not training:
        raise ValueError("batch_norm expects running_mean in evaluation, got None")
    _expect_fit(
        "batch_norm",
        input,
        input.shape[1:2],
        running_mean=running_mean,
        running_var=running_var,
        weight=weight,
        bias=bias,
    )
    if training and input.data.size == input.shape[1]:
        raise ValueError(
            "batch_norm expects more than one value per channel in training, got "
            f"{input.shape}: switch to .eval() for a single example"
        )


def _expect_groups(who, num_groups, num_channels):
    if num_groups != int(num_groups) or num_groups < 1 or num_channels % num_groups:
        raise ValueError(
            f"{who} expects num_groups to divide the {num_channels} channels, got "
            f"{num_groups!r}"
        )


def _expect_positive(who, name, n):
    if n != int(n) or n < 1:
        raise ValueError(f"{who} expects {name} of at least 1, got {n!r}")
