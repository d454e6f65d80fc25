"""Layers: what a network is built of. Names, arguments and numbers are PyTorch's."""

from dlcourse.lazy import attach

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        ".": "functional init utils",
        "dlcourse.nn.activation": (
            "ELU GELU GLU SELU CReLU LeakyReLU LogSigmoid Maxout PReLU ReLU Sigmoid "
            "SiLU Softplus Tanh"
        ),
        "dlcourse.nn.attention": "MultiheadAttention",
        "dlcourse.nn.container": "Flatten Identity ModuleList Sequential",
        "dlcourse.nn.conv": "Conv1d Conv2d",
        "dlcourse.nn.densenet": "AuxiliaryHeads DenseLayer DenseNet Transition",
        "dlcourse.nn.dropout": "DropConnect Dropout Dropout2d",
        "dlcourse.nn.embedding": "Embedding",
        "dlcourse.nn.linear": "Linear",
        "dlcourse.nn.locally_connected": "LocallyConnected2d",
        "dlcourse.nn.loss": (
            "BCELoss BCEWithLogitsLoss CrossEntropyLoss KLDivLoss L1Loss MSELoss "
            "NLLLoss"
        ),
        "dlcourse.nn.module": "Module Parameter",
        "dlcourse.nn.normalization": "BatchNorm1d BatchNorm2d GroupNorm LayerNorm",
        "dlcourse.nn.pooling": (
            "AdaptiveAvgPool2d AvgPool1d AvgPool2d MaxPool1d MaxPool2d"
        ),
        "dlcourse.nn.recurrent": "GRU LSTM RNN",
        "dlcourse.nn.recurrent_cells": "GRUCell LSTMCell RNNCell",
        "dlcourse.nn.residual": "BasicBlock PreActivationBlock Residual ResNet",
        "dlcourse.nn.softmax": "LogSoftmax Softmax",
        "dlcourse.nn.unsupervised": "RBM AutoEncoder",
        "dlcourse.nn.upsampling": "Upsample",
    },
)
