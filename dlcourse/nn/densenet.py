"""Other short paths to the early layers: dense connections, and auxiliary heads.

This text runs on PyTorch too, as residual.py does.
"""

from dlcourse.autograd import cat
from dlcourse.checks import expect_in, expect_kind, expect_sizes
from dlcourse.nn.activation import ReLU
from dlcourse.nn.container import ModuleList, Sequential
from dlcourse.nn.conv import Conv2d
from dlcourse.nn.module import Module
from dlcourse.nn.normalization import BatchNorm2d
from dlcourse.nn.pooling import AvgPool2d
from dlcourse.nn.residual import conv3x3, pooled_linear


class DenseLayer(Module):
    """x, and conv ReLU BN x beside it: ``growth_rate`` channels more.

    So every layer sees what all layers before it gave.
    """

    def __init__(self, in_channels, growth_rate):
        super().__init__()
        self.new = Sequential(
            BatchNorm2d(in_channels), ReLU(), conv3x3(in_channels, growth_rate)
        )

    def forward(self, input):
        return cat([input, self.new(input)], 1)


class Transition(Sequential):
    """Between dense blocks: a 1x1 convolution, and half the height and width."""

    def __init__(self, in_channels, out_channels):
        super().__init__(
            BatchNorm2d(in_channels),
            ReLU(),
            Conv2d(in_channels, out_channels, 1, bias=False),
            AvgPool2d(2),
        )


class DenseNet(Module):
    """A densely connected network (Huang et al., 2017), small and without bottlenecks.

    Args:
        growth_rate: how many channels each layer adds.
        block_config: how many layers each dense block has; transitions between them
            halve height and width.
        num_init_features: channels after the first convolution.
        compression: share of the channels that a transition keeps.
        in_channels, num_classes: of the images; of the logits (N, num_classes).
    """

    def __init__(
        self,
        growth_rate=12,
        block_config=(4, 4, 4),
        num_init_features=16,
        compression=0.5,
        in_channels=1,
        num_classes=10,
    ):
        super().__init__()
        expect_in("DenseNet", "compression", compression, "(0, 1]")
        expect_kind("DenseNet", "block_config", block_config, list, tuple)
        for layers in block_config:
            expect_sizes("DenseNet", block_config=layers)
        expect_sizes(
            "DenseNet", growth_rate=growth_rate, num_init_features=num_init_features
        )
        width, modules = num_init_features, []
        for i, layers in enumerate(block_config):
            if i > 0:
                modules.append(Transition(width, int(width * compression)))
                width = int(width * compression)
            for _ in range(layers):
                modules.append(DenseLayer(width, growth_rate))
                width += growth_rate
        self.stem = conv3x3(in_channels, num_init_features)
        self.blocks = Sequential(*modules)
        self.head = Sequential(
            BatchNorm2d(width), ReLU(), *pooled_linear(width, num_classes)
        )

    def forward(self, input):
        return self.head(self.blocks(self.stem(input)))


class AuxiliaryHeads(Module):
    """A network cut in stages, and a head on each: the early ones hear of the loss too.

    In training the result is a list, one output of each head, the last one's last; the
    loss is a weighted sum of theirs. In evaluation it is the last head's output alone
    (Lee et al., 2015; Szegedy et al., 2015).

    Args:
        stages: modules, each fed with what the one before gives.
        heads: as many modules; head i is fed with what stage i gives.

    Raises ValueError for unequal or no numbers of them.
    """

    def __init__(self, stages, heads):
        super().__init__()
        self.stages, self.heads = ModuleList(stages), ModuleList(heads)
        if len(self.stages) != len(self.heads) or not len(self.heads):
            raise ValueError(
                "AuxiliaryHeads expects a head for each stage, got "
                f"{len(self.stages)} stages and {len(self.heads)} heads"
            )

    def forward(self, input):
        outputs, last = [], len(self.heads) - 1
        for i, (stage, head) in enumerate(zip(self.stages, self.heads, strict=True)):
            input = stage(input)
            if self.training or i == last:
                outputs.append(head(input))
        return outputs if self.training else outputs[-1]
