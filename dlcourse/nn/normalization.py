"""Normalisation: over the batch, over each example's features, over groups of channels.

All three bring rows of numbers to mean 0 and variance 1; they differ in what a row is.
For a row x of n numbers with mean m and (biased) variance v,

    x̂ = (x - m) / s,   s = sqrt(v + eps),   y = weight x̂ + bias.

Shifting x leaves x̂ alone, and so (but for eps) does stretching it: moving x along 1 or
along x̂ changes nothing, and the gradient has no part there. With g = dL/dx̂ and means
over the row,

    dL/dx = (g - mean(g) - x̂ mean(g x̂)) / s :

g without its projections on 1 and on x̂. ``weight`` gets the sum of dL/dy x̂ and
``bias`` the sum of dL/dy, each over all places where it was used.
"""

import math
from itertools import compress

import numpy as np

from dlcourse.autograd import Tensor, expect_tensors, kept, record, shared
from dlcourse.checks import expect_flags, expect_floats, expect_in, expect_sizes
from dlcourse.nn.module import Module, Parameter
from dlcourse.nn.rows import mean_of, projected, root_mean_square, sums_of, x_hat_of


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
            unbiased one. In evaluation they are m and v, and constant.
        weight, bias: (C,), or None for 1 and 0.

    Raises ValueError for shapes that do not fit, ``eps`` not above 0, and in training
    for one value per channel: it is its own mean, and x̂ = 0 whatever it is.
    """
    _expect_batch(input, running_mean, running_var, weight, bias, training, eps)
    order = _channels_first(input.data)
    shape = [input.shape[axis] for axis in order]

    def rows(array):
        return array.transpose(order).reshape(shape[0], -1)

    def images(matrix):
        return matrix.reshape(shape).transpose(np.argsort(order))

    x = rows(input.data)
    if training:
        mean = mean_of(x)
        y = x - mean
        root_var = root_mean_square(y)
        n = x.shape[1]
        if running_mean is not None and n:
            _move(running_mean, mean, momentum)
            _move(running_var, root_var * root_var * (n / (n - 1)), momentum)
    else:
        mean = kept(running_mean).reshape(-1, 1)
        root_var = np.sqrt(running_var.data).reshape(-1, 1)
        y = x - mean
    over_s = 1 / np.hypot(root_var, math.sqrt(eps))
    slope = over_s if weight is None else over_s * weight.data.reshape(-1, 1)
    y *= slope
    if bias is not None:
        y += bias.data.reshape(-1, 1)

    def gradients(g):
        g, x_hat = rows(g), x_hat_of(rows(input.data), mean, over_s)
        total, dot = sums_of(g, x_hat)
        if training:
            g = projected(g, x_hat, total, dot)
        return images(np.multiply(g, slope, out=x_hat)), dot, total

    return _recorded("batch_norm", images(y), gradients, input, weight, bias)


def layer_norm(input, normalized_shape, weight=None, bias=None, eps=1e-5):
    """A row is the last axes, ``normalized_shape``, of one example (Ba et al., 2016).

    Args:
        input: (..., *normalized_shape).
        weight, bias: of the shape ``normalized_shape``, or None for 1 and 0.

    Raises ValueError for shapes that do not fit, or ``eps`` below 0.
    """
    expect_tensors("layer_norm", input)
    shape = _shape("layer_norm", normalized_shape)
    if not shape or input.shape[-len(shape) :] != shape:
        raise ValueError(
            f"layer_norm expects (..., *normalized_shape), here {shape}, got "
            f"{input.shape}"
        )
    _expect_fit("layer_norm", input, shape, weight=weight, bias=bias)
    rows = math.prod(input.shape[: -len(shape)]), math.prod(shape)
    return _example_norm("layer_norm", input, rows, (*rows, 1), weight, bias, eps)


def group_norm(input, num_groups, weight=None, bias=None, eps=1e-5):
    """A row is a group of one example's channels (Wu and He, 2018).

    Args:
        input: (N, C, ...).
        num_groups: divides C. One group takes all of an example together, C groups
            take each of its channels alone.
        weight, bias: (C,), or None for 1 and 0.

    Raises ValueError for shapes that do not fit, ``eps`` below 0, and where the whole
    input is one value per group.
    """
    expect_tensors("group_norm", input)
    if input.ndim < 2:
        raise ValueError(f"group_norm expects input (N, C, ...), got {input.shape}")
    n, c = input.shape[:2]
    places = math.prod(input.shape[2:])
    _expect_groups("group_norm", num_groups, c)
    _expect_fit("group_norm", input, (c,), weight=weight, bias=bias)
    if input.data.size == num_groups:
        raise ValueError(
            f"group_norm expects more than one value per group, got {input.shape}"
        )
    rows = n * num_groups, c // num_groups * places
    return _example_norm("group_norm", input, rows, (n, c, places), weight, bias, eps)


def _example_norm(op, input, rows, channels, weight, bias, eps):
    """Normalise the rows of ``input`` in the shape ``rows``; then scale and shift in
    the shape ``channels``, (examples, channels, places), each channel by its own."""
    expect_in(op, "eps", eps, "[0, inf)")
    w, b = (None if t is None else t.data.reshape(-1, 1) for t in (weight, bias))
    x = input.data.reshape(rows)
    mean = mean_of(x)
    y = x - mean
    over_s = 1 / np.hypot(root_mean_square(y), math.sqrt(eps))
    y = (y * over_s).reshape(channels)
    if w is not None:
        y *= w
    if b is not None:
        y += b

    def gradients(g):
        g, x_hat = g.reshape(channels), x_hat_of(input.data.reshape(rows), mean, over_s)
        dw, db = (g * x_hat.reshape(channels)).sum((0, 2)), g.sum((0, 2))
        g = (g if w is None else g * w).reshape(rows)
        dx = projected(g, x_hat, *sums_of(g, x_hat))
        dx *= over_s
        return dx, dw, db

    return _recorded(op, y.reshape(input.shape), gradients, input, weight, bias)


# ------------------------------------------------------------------ shapes and order


def _channels_first(x):
    """The axes, channels first and the others as they lie in memory.

    Rows are contiguous then, whether an image lies as (N, C, H, W) or (C, H, W, N).
    """
    others = [axis for axis in range(x.ndim) if axis != 1]
    return 1, *sorted(others, key=lambda axis: -abs(x.strides[axis]))


def _move(running, column, momentum):
    running[...] = (1 - momentum) * running.data + momentum * column.ravel()


def _recorded(op, y, gradients, *operands):
    """``record`` without the operands that are None; gradients in their shapes."""
    there = [operand is not None for operand in operands]
    operands = list(compress(operands, there))

    def shaped(g):
        arrays = compress(gradients(g), there)
        return [a.reshape(t.shape) for a, t in zip(arrays, operands, strict=True)]

    return record(op, y, *shared(shaped, *operands))


# ---------------------------------------------------------------------------- modules


class _Norm(Module):
    """What the modules share: weights of 1 and biases of 0, or None."""

    def __init__(self, eps, shape, weight, bias):
        super().__init__()
        expect_in(type(self).__name__, "eps", eps, "[0, inf)")
        self.eps = eps
        self.weight = Parameter(np.ones(shape, np.float32)) if weight else None
        self.bias = Parameter(np.zeros(shape, np.float32)) if bias else None


class _BatchNorm(_Norm):
    """Normalise each channel over the batch; see :func:`batch_norm`.

    Args:
        num_features: C, the number of channels.
        momentum: the new batch's share of the running moments; None: their mean over
            all batches so far.
        affine: learn weight and bias.
        track_running_stats: keep running moments for evaluation; else the batch's own
            are used there too.
    """

    def __init__(
        self,
        num_features,
        eps=1e-5,
        momentum=0.1,
        affine=True,
        track_running_stats=True,
    ):
        who = type(self).__name__
        expect_sizes(who, num_features=num_features)
        expect_flags(who, affine=affine, track_running_stats=track_running_stats)
        if momentum is not None:
            expect_in(who, "momentum", momentum, "[0, 1]")
        super().__init__(eps, (num_features,), affine, affine)
        self.num_features, self.momentum = num_features, momentum
        self.affine, self.track_running_stats = affine, track_running_stats
        for name, start in (
            ("running_mean", np.zeros(num_features, np.float32)),
            ("running_var", np.ones(num_features, np.float32)),
            ("num_batches_tracked", np.array(0)),
        ):
            self.register_buffer(name, Tensor(start) if track_running_stats else None)

    def forward(self, input):
        if input.ndim not in self.ndims:
            raise ValueError(
                f"{type(self).__name__} expects {self.shapes}, got {input.shape}"
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
    ndims, shapes = (2, 3), "(N, C) or (N, C, L)"


class BatchNorm2d(_BatchNorm):
    __doc__ = _BatchNorm.__doc__
    ndims, shapes = (4,), "(N, C, H, W)"


class LayerNorm(_Norm):
    """Normalise each example over its last axes; see :func:`layer_norm`.

    Args:
        normalized_shape: the sizes of those axes, or one number.
        elementwise_affine: learn weight and, with ``bias``, bias, of that shape.
    """

    def __init__(self, normalized_shape, eps=1e-5, elementwise_affine=True, bias=True):
        expect_flags("LayerNorm", elementwise_affine=elementwise_affine, bias=bias)
        shape = _shape("LayerNorm", normalized_shape)
        bias = elementwise_affine and bias
        super().__init__(eps, shape, elementwise_affine, bias)
        self.normalized_shape = shape
        self.elementwise_affine = elementwise_affine

    def forward(self, input):
        return layer_norm(
            input, self.normalized_shape, self.weight, self.bias, self.eps
        )

    def extra_repr(self):
        return (
            f"{self.normalized_shape}, eps={self.eps}, elementwise_affine="
            f"{self.elementwise_affine}, bias={self.bias is not None}"
        )


class GroupNorm(_Norm):
    """Normalise each example over groups of channels; see :func:`group_norm`."""

    def __init__(self, num_groups, num_channels, eps=1e-5, affine=True):
        expect_sizes("GroupNorm", num_channels=num_channels)
        _expect_groups("GroupNorm", num_groups, num_channels)
        expect_flags("GroupNorm", affine=affine)
        super().__init__(eps, (num_channels,), affine, affine)
        self.num_groups, self.num_channels = num_groups, num_channels
        self.affine = affine

    def forward(self, input):
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


# --------------------------------------------------------------------------- bad input


def _expect_fit(who, input, shape, **tensors):
    expect_floats(who, input)
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
    expect_in("batch_norm", "eps", eps, "(0, inf)")
    moments = {"running_mean": running_mean, "running_var": running_var}
    none = [name for name, moment in moments.items() if moment is None]
    if none and (len(none) == 1 or not training):
        raise ValueError(
            "batch_norm expects running_mean and running_var (in training, both may be "
            f"None), got None for {' and '.join(none)}"
        )
    shape = input.shape[1:2]
    _expect_fit("batch_norm", input, shape, **moments, weight=weight, bias=bias)
    if training and input.data.size == shape[0]:
        raise ValueError(
            "batch_norm expects more than one value per channel in training, got "
            f"{input.shape}: a single example needs .eval()"
        )


def _expect_groups(who, num_groups, num_channels):
    expect_sizes(who, num_groups=num_groups)
    if num_channels % num_groups:
        raise ValueError(
            f"{who} expects num_groups to divide the {num_channels} channels, got "
            f"{num_groups}"
        )


def _shape(who, normalized_shape):
    """As a tuple of sizes; one number is the size of the last axis."""
    shape = normalized_shape
    shape = tuple(shape) if isinstance(shape, tuple | list) else (shape,)
    for n in shape:
        expect_sizes(who, normalized_shape=n)
    return shape
