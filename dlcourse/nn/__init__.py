"""Layers: what a network is built of. Names, arguments and numbers are PyTorch's."""

from dlcourse.nn import functional, init, utils
from dlcourse.nn.activation import (
    ELU,
    GELU,
    GLU,
    SELU,
    CReLU,
    LeakyReLU,
    LogSigmoid,
    Maxout,
    PReLU,
    ReLU,
    Sigmoid,
    SiLU,
    Softplus,
    Tanh,
)
from dlcourse.nn.attention import MultiheadAttention
from dlcourse.nn.container import Flatten, Identity, ModuleList, Sequential
from dlcourse.nn.conv import Conv1d, Conv2d
from dlcourse.nn.densenet import AuxiliaryHeads, DenseLayer, DenseNet, Transition
from dlcourse.nn.dropout import DropConnect, Dropout, Dropout2d
from dlcourse.nn.embedding import Embedding
from dlcourse.nn.linear import Linear
from dlcourse.nn.loss import (
    BCELoss,
    BCEWithLogitsLoss,
    CrossEntropyLoss,
    KLDivLoss,
    L1Loss,
    MSELoss,
    NLLLoss,
)
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
from dlcourse.nn.residual import BasicBlock, PreActivationBlock, Residual, ResNet
from dlcourse.nn.softmax import LogSoftmax, Softmax
from dlcourse.nn.unsupervised import RBM, AutoEncoder
from dlcourse.nn.upsampling import Upsample

__all__ = [
    "ELU",
    "GELU",
    "GLU",
    "GRU",
    "LSTM",
    "RBM",
    "RNN",
    "SELU",
    "AdaptiveAvgPool2d",
    "AutoEncoder",
    "AuxiliaryHeads",
    "AvgPool1d",
    "AvgPool2d",
    "BCELoss",
    "BCEWithLogitsLoss",
    "BasicBlock",
    "BatchNorm1d",
    "BatchNorm2d",
    "CReLU",
    "Conv1d",
    "Conv2d",
    "CrossEntropyLoss",
    "DenseLayer",
    "DenseNet",
    "DropConnect",
    "Dropout",
    "Dropout2d",
    "Embedding",
    "Flatten",
    "GRUCell",
    "GroupNorm",
    "Identity",
    "KLDivLoss",
    "L1Loss",
    "LSTMCell",
    "LayerNorm",
    "LeakyReLU",
    "Linear",
    "LogSigmoid",
    "LogSoftmax",
    "MSELoss",
    "MaxPool1d",
    "MaxPool2d",
    "Maxout",
    "Module",
    "ModuleList",
    "MultiheadAttention",
    "NLLLoss",
    "PReLU",
    "Parameter",
    "PreActivationBlock",
    "RNNCell",
    "ReLU",
    "ResNet",
    "Residual",
    "Sequential",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Tanh",
    "Transition",
    "Upsample",
    "functional",
    "init",
    "utils",
]
