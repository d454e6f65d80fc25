"""The functions of the layers under PyTorch's names: ``nn.functional``, often ``F``."""

from dlcourse.autograd import relu, sigmoid, tanh
from dlcourse.nn.activation import (
    crelu,
    elu,
    gelu,
    glu,
    leaky_relu,
    logsigmoid,
    maxout,
    prelu,
    selu,
    silu,
    softplus,
)
from dlcourse.nn.attention import scaled_dot_product_attention
from dlcourse.nn.conv import conv1d, conv2d
from dlcourse.nn.dropout import drop_connect, dropout, dropout2d
from dlcourse.nn.embedding import embedding
from dlcourse.nn.linear import linear
from dlcourse.nn.loss import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    kl_div,
    l1_loss,
    mse_loss,
    nll_loss,
)
from dlcourse.nn.normalization import batch_norm, group_norm, layer_norm
from dlcourse.nn.pooling import (
    adaptive_avg_pool2d,
    avg_pool1d,
    avg_pool2d,
    max_pool1d,
    max_pool2d,
)
from dlcourse.nn.softmax import log_softmax, softmax
from dlcourse.nn.upsampling import interpolate

__all__ = [
    "adaptive_avg_pool2d",
    "avg_pool1d",
    "avg_pool2d",
    "batch_norm",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "conv1d",
    "conv2d",
    "crelu",
    "cross_entropy",
    "drop_connect",
    "dropout",
    "dropout2d",
    "elu",
    "embedding",
    "gelu",
    "glu",
    "group_norm",
    "interpolate",
    "kl_div",
    "l1_loss",
    "layer_norm",
    "leaky_relu",
    "linear",
    "log_softmax",
    "logsigmoid",
    "max_pool1d",
    "max_pool2d",
    "maxout",
    "mse_loss",
    "nll_loss",
    "prelu",
    "relu",
    "scaled_dot_product_attention",
    "selu",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
    "tanh",
]
