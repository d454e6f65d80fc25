"""Residual networks: blocks that learn what to add to their input, not all of it.

He et al., *Deep residual learning for image recognition* (2015), in the form for small
images (section 4.2), and *Identity mappings in deep residual networks* (2016).

This text runs on PyTorch too, with ``torch.nn`` and ``torch`` in the place of this
package's rooms: the tests do that, and compare.
"""

from dlcourse.autograd import cat, no_grad
from dlcourse.checks import expect_flags, expect_in, expect_sizes
from dlcourse.nn.activation import ReLU
from dlcourse.nn.container import Flatten, Identity, Sequential
from dlcourse.nn.conv import Conv2d
from dlcourse.nn.linear import Linear
from dlcourse.nn.module import Module
from dlcourse.nn.normalization import BatchNorm2d
from dlcourse.nn.pooling import AdaptiveAvgPool2d


class Residual(Module):
    """y = shortcut(x) + scale * branch(x), of any modules.

    The gradient reaches x by both ways: dL/dx = g + scale * g d(branch)/dx where the
    shortcut is the identity, so that no weight stands in the first one's way. A
    perceptron of L such blocks, with scale 1/sqrt(L) to keep the sum's size:
    ``Residual(Sequential(ReLU(), Linear(n, n)), scale=L**-0.5)``.

    Args:
        branch: a Sequential, or another module.
        shortcut: a module; default: the identity.
        residual: False for the plain twin y = branch(x), the same layers without skip.
        scale: a number; 0 takes the branch out (Veit et al., 2016).
        zero_init: set the parameters of the branch's last module to 0: the block starts
            as its shortcut (Goyal et al., 2017).
    """

    def __init__(
        self, branch, shortcut=None, residual=True, scale=1.0, zero_init=False
    ):
        super().__init__()
        expect_flags("Residual", residual=residual, zero_init=zero_init)
        expect_in("Residual", "scale", scale, "(-inf, inf)")
        if zero_init and not residual:
            raise ValueError("zero_init expects residual=True: nothing else would pass")
        self.branch = branch
        self.shortcut = (shortcut or Identity()) if residual else None
        self.scale = scale
        if zero_init:
            with no_grad():
                for parameter in branch[-1].parameters():
                    parameter[...] = 0

    def forward(self, input):
        y = self.branch(input)
        if self.scale != 1:
            y = y * self.scale
        return y if self.shortcut is None else self.shortcut(input) + y


class _Block(Residual):
    """What both kinds of block share; they differ in their ``layers``."""

    def __init__(
        self,
        in_channels,
        out_channels,
        stride=1,
        residual=True,
        shortcut="pad",
        zero_init=False,
    ):
        super().__init__(
            Sequential(*self.layers(in_channels, out_channels, stride)),
            make_shortcut(shortcut, in_channels, out_channels, stride),
            residual,
            zero_init=zero_init,
        )


class BasicBlock(_Block):
    """ReLU(shortcut(x) + BN conv ReLU BN conv x): two 3x3 convolutions (He, 2015).

    Because of the last ReLU a zeroed branch gives max(x, 0): x, where x comes out of
    such a block.

    Args:
        in_channels, out_channels: images (N, in, H, W) become (N, out, H/s, W/s).
        stride: s, of the first convolution and the shortcut.
        shortcut: "pad" or "projection", where the shape changes: see make_shortcut.
        residual, zero_init: see :class:`Residual`.
    """

    def forward(self, input):
        return super().forward(input).relu()

    @staticmethod
    def layers(in_channels, out_channels, stride):
        """The branch."""
        return (
            conv3x3(in_channels, out_channels, stride),
            BatchNorm2d(out_channels),
            ReLU(),
            conv3x3(out_channels, out_channels),
            BatchNorm2d(out_channels),
        )

    @staticmethod
    def stem(in_channels, width):
        """What stands before the first block."""
        return (conv3x3(in_channels, width), BatchNorm2d(width), ReLU())

    @staticmethod
    def end(width):
        """What stands after the last block."""
        return ()


class PreActivationBlock(_Block):
    """shortcut(x) + conv ReLU BN conv ReLU BN x: nothing after the sum (He, 2016).

    So x passes through all blocks as it is; after the last one follow BN and ReLU.
    Arguments as for :class:`BasicBlock`.
    """

    @staticmethod
    def layers(in_channels, out_channels, stride):
        return (
            BatchNorm2d(in_channels),
            ReLU(),
            conv3x3(in_channels, out_channels, stride),
            BatchNorm2d(out_channels),
            ReLU(),
            conv3x3(out_channels, out_channels),
        )

    @staticmethod
    def stem(in_channels, width):
        return (conv3x3(in_channels, width),)

    @staticmethod
    def end(width):
        return (BatchNorm2d(width), ReLU())


class ResNet(Module):
    """A residual network for small images, such as (N, 1, 8, 8) or (N, 1, 28, 28).

    A 3x3 convolution, for each width a stage of n blocks, mean over the image, linear.
    From the second stage on, the first block halves height and width.

    Args:
        depth: 2 n stages + 2 layers with weights: 6n + 2 for three stages (8, 14, 20,
            ..., 56, 110).
        widths: channels of each stage.
        in_channels, num_classes: of the images; of the logits (N, num_classes).
        block: BasicBlock, PreActivationBlock or a class with the same arguments.
        residual: False for the plain twin: the same layers without shortcuts.
        shortcut, zero_init: handed to the blocks.

    Raises ValueError for a ``depth`` of another form.
    """

    def __init__(
        self,
        depth,
        widths=(16, 32, 64),
        in_channels=1,
        num_classes=10,
        block=BasicBlock,
        residual=True,
        shortcut="pad",
        zero_init=False,
    ):
        super().__init__()
        if not isinstance(widths, list | tuple) or not widths:
            raise ValueError(f"ResNet expects widths of the stages, got {widths!r}")
        expect_sizes("ResNet", depth=depth)
        layers = 2 * len(widths)
        n = (depth - 2) // layers
        if n < 1 or depth != n * layers + 2:
            raise ValueError(f"ResNet expects depth {layers}n + 2, got {depth}")
        blocks, width = [], widths[0]
        for stage, out in enumerate(widths):
            for i in range(n):
                stride = 2 if stage > 0 and i == 0 else 1
                blocks.append(block(width, out, stride, residual, shortcut, zero_init))
                width = out
        self.stem = Sequential(*block.stem(in_channels, widths[0]))
        self.blocks = Sequential(*blocks)
        self.head = Sequential(*block.end(width), *pooled_linear(width, num_classes))

    def forward(self, input):
        return self.head(self.blocks(self.stem(input)))


def pooled_linear(channels, num_classes):
    """The modules from images to logits: each channel's mean, then linear."""
    return AdaptiveAvgPool2d(1), Flatten(), Linear(channels, num_classes)


def conv3x3(in_channels, out_channels, stride=1):
    """Without bias: batch norm would take it out again."""
    return Conv2d(in_channels, out_channels, 3, stride, padding=1, bias=False)


# -------------------------------------------------------------------------- shortcuts


def make_shortcut(kind, in_channels, out_channels, stride):
    """The identity where it fits; else "pad" (He's option A) or "projection" (B)."""
    if kind not in ("pad", "projection"):
        raise ValueError(f"shortcut expects 'pad' or 'projection', got {kind!r}")
    if (in_channels, stride) == (out_channels, 1):
        return Identity()
    if kind == "pad":
        return PaddedShortcut(in_channels, out_channels, stride)
    return Sequential(
        Conv2d(in_channels, out_channels, 1, stride, bias=False),
        BatchNorm2d(out_channels),
    )


class PaddedShortcut(Module):
    """Every ``stride``-th pixel, and channels of zeros for those that x lacks."""

    def __init__(self, in_channels, out_channels, stride):
        super().__init__()
        if out_channels < in_channels:
            raise ValueError(
                "a padded shortcut expects out_channels of at least in_channels "
                f"{in_channels}, got {out_channels}: take shortcut='projection'"
            )
        self.stride, self.lacking = stride, out_channels - in_channels

    def forward(self, input):
        x = input[:, :, :: self.stride, :: self.stride]
        parts, lacking = [x], self.lacking
        while lacking > 0:
            parts.append(x[:, :lacking] * 0)
            lacking -= parts[-1].shape[1]
        return cat(parts, 1)
