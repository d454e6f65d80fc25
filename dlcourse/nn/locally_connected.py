"""Locally connected layers: a convolution's windows, each with a kernel of its own.

What is left of a convolution when its weights are not shared (LeCun, *Generalization
and network design strategies*, 1989). For output channel o at the position (r, s)

    Y[o, r, s] = b[o, r, s] + sum over c, i, j of W[o, r, s, c, i, j] X[c, r + i, s + j]

The window of each position is a column of K = C kh kw numbers, as in ``im2col``; but
here each position p multiplies its own column by its own matrix, and with G = dL/dY

    dL/dW_p = G_p columns_pᵀ,    dL/dcolumns_p = W_pᵀ G_p ,

where a convolution, whose W is one, sums dL/dW_p over the positions.
"""

import math

import numpy as np

from dlcourse.autograd import expect_tensors, record, shared
from dlcourse.checks import expect_flags, expect_sizes
from dlcourse.nn.im2col import windows
from dlcourse.nn.module import Module, uniform_parameter
from dlcourse.nn.sliding import output_shape, per_axis

NONE, ONE = [(0, 0), (0, 0)], [1, 1]  # padding; stride and dilation


class LocallyConnected2d(Module):
    """A layer of windows without padding, stride 1: (N, C, H, W) -> (N, out, H', W').

    H' = H - kh + 1, and W' alike.

    Both parameters start uniform in +-1/sqrt(n), n = C kh kw being the numbers that
    each output adds up, as those of ``Conv2d``.

    Args:
        in_channels, out_channels: C and out.
        kernel_size: a number, or (kh, kw).
        input_size: a number, or (H, W): each position has weights of its own, so the
            layer holds for one size of images.

    Attributes:
        weight: (out H' W', C, kh, kw), a kernel in each row;
            ``weight.reshape(out, H', W', C, kh, kw)[o, r, s]`` is that of channel o at
            (r, s).
        bias: (out H' W',), or None.

    Raises ValueError where the kernel is larger than the images, and for images of
    another shape; TypeError for another dtype.
    """

    def __init__(self, in_channels, out_channels, kernel_size, input_size, bias=True):
        super().__init__()
        who = type(self).__name__
        expect_sizes(who, in_channels=in_channels, out_channels=out_channels)
        expect_flags(who, bias=bias)
        self.in_channels, self.out_channels = in_channels, out_channels
        self.kernel_size = tuple(per_axis(who, "kernel_size", kernel_size, 2))
        self.input_size = tuple(per_axis(who, "input_size", input_size, 2))
        slide = self.kernel_size, ONE, ONE
        self.output_size = tuple(output_shape(who, self.input_size, NONE, *slide))
        rows = out_channels * math.prod(self.output_size)
        bound = 1 / math.sqrt(in_channels * math.prod(self.kernel_size))
        shape = rows, in_channels, *self.kernel_size
        self.weight = uniform_parameter(bound, *shape)
        self.bias = uniform_parameter(bound, rows) if bias else None

    def forward(self, input):
        self._expect_fit(input)
        n, size = len(input.data), math.prod(self.output_size)
        k = math.prod(self.weight.shape[1:])
        x = input.data.transpose(1, 2, 3, 0)
        columns = windows(x, self.kernel_size, ONE, ONE).transpose(3, 4, 0, 1, 2, 5)
        columns = columns.reshape(size, k, n)
        w = self.weight.data.reshape(self.out_channels, size, k).swapaxes(0, 1)
        y = w @ columns  # (positions, out, N)
        if self.bias is not None:
            y += self.bias.data.reshape(self.out_channels, size, 1).swapaxes(0, 1)

        def gradients(g):
            g = g.reshape(n, self.out_channels, size).transpose(2, 1, 0)
            dw = (g @ columns.mT).swapaxes(0, 1).reshape(self.weight.shape)
            dx, answers = np.zeros_like(x, order="C"), w.mT @ g
            answers = answers.reshape(*self.output_size, *self.weight.shape[1:], n)
            there = windows(dx, self.kernel_size, ONE, ONE)
            for i, j in np.ndindex(self.kernel_size):
                there[:, i, j] += answers[:, :, :, i, j].transpose(2, 0, 1, 3)
            return dx.transpose(3, 0, 1, 2), dw, g.sum(axis=2).T.reshape(-1)

        y = y.transpose(2, 1, 0).reshape(n, self.out_channels, *self.output_size)
        operands = [t for t in (input, self.weight, self.bias) if t is not None]
        return record("LocallyConnected2d", y, *shared(gradients, *operands))

    def _expect_fit(self, input):
        expect_tensors("LocallyConnected2d", input)
        expected = self.in_channels, *self.input_size
        if input.shape[1:] != expected or input.ndim != 4:
            raise ValueError(
                f"LocallyConnected2d expects (N, {', '.join(map(str, expected))}), got "
                f"{input.shape}"
            )
        if input.dtype != self.weight.dtype:
            raise TypeError(
                f"LocallyConnected2d expects {self.weight.dtype}, like its weight, got "
                f"{input.dtype}"
            )

    def extra_repr(self):
        text = (
            f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, "
            f"input_size={self.input_size}"
        )
        return text if self.bias is not None else f"{text}, bias=False"
