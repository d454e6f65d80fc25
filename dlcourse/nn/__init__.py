"""Layers: what a network is built of. Names, arguments and numbers are PyTorch's."""

from dlcourse.nn import functional
from dlcourse.nn.activation import ReLU, Sigmoid, Tanh
from dlcourse.nn.attention import MultiheadAttention
from dlcourse.nn.container import Flatten, Identity, ModuleList, Sequential
from dlcourse.nn.conv import Conv1d, Conv2d
from dlcourse.nn.dropout import DropConnect, Dropout, Dropout2d
from dlcourse.nn.embedding import Embedding
from dlcourse.nn.linear import Linear
from dlcourse.nn.loss import CrossEntropyLoss, MSELoss
from dlcourse.nn.module import Module, Parameter
from dlcourse.nn.normalization import BatchNorm1d, BatchNorm2d, GroupNorm, LayerNorm
from dlcourse.nn.pooling import (
    AdaptiveAvgPool2d,
    AvgPool1d,
    AvgPool2d,
    MaxPool1d,
    MaxPool2d,
)
from dlcourse.nn.recurrent import GRU, LSTM, RNN
from dlcourse.nn.recurrent_cells import GRUCell, LSTMCell, RNNCell
from dlcourse.nn.upsampling import Upsample

__all__ = [
    "GRU",
    "LSTM",
    "RNN",
    "AdaptiveAvgPool2d",
    "AvgPool1d",
    "AvgPool2d",
    "BatchNorm1d",
    "BatchNorm2d",
    "Conv1d",
    "Conv2d",
    "CrossEntropyLoss",
    "DropConnect",
    "Dropout",
    "Dropout2d",
    "Embedding",
    "Flatten",
    "GRUCell",
    "GroupNorm",
    "Identity",
    "LSTMCell",
    "LayerNorm",
    "Linear",
    "MSELoss",
    "MaxPool1d",
    "MaxPool2d",
    "Module",
    "ModuleList",
    "MultiheadAttention",
    "Parameter",
    "RNNCell",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "Tanh",
    "Upsample",
    "functional",
]
