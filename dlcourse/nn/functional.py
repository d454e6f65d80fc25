"""The functions of the layers under PyTorch's names: ``nn.functional``, often ``F``."""

from dlcourse.autograd import relu, sigmoid, tanh
from dlcourse.nn.activation import log_softmax, softmax
from dlcourse.nn.attention import scaled_dot_product_attention
from dlcourse.nn.conv import conv1d, conv2d
from dlcourse.nn.dropout import drop_connect, dropout, dropout2d
from dlcourse.nn.embedding import embedding
from dlcourse.nn.linear import linear
from dlcourse.nn.loss import cross_entropy, mse_loss
from dlcourse.nn.normalization import batch_norm, group_norm, layer_norm
from dlcourse.nn.pooling import (
    adaptive_avg_pool2d,
    avg_pool1d,
    avg_pool2d,
    max_pool1d,
    max_pool2d,
)
from dlcourse.nn.upsampling import interpolate

__all__ = [
    "adaptive_avg_pool2d",
    "avg_pool1d",
    "avg_pool2d",
    "batch_norm",
    "conv1d",
    "conv2d",
    "cross_entropy",
    "drop_connect",
    "dropout",
    "dropout2d",
    "embedding",
    "group_norm",
    "interpolate",
    "layer_norm",
    "linear",
    "log_softmax",
    "max_pool1d",
    "max_pool2d",
    "mse_loss",
    "relu",
    "scaled_dot_product_attention",
    "sigmoid",
    "softmax",
    "tanh",
]
