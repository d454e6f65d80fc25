"""Seven small models and their batches, one text for dlcourse and for PyTorch.

A model is a function of ``engine.nn``; the residual and the dense network are the
package's own text, run on either engine.
"""

import importlib
import inspect
import re
from types import ModuleType, SimpleNamespace

import torch

import dlcourse

BATCH, CLASSES = 4, 3


def on_torch(name):
    """The module ``dlcourse.nn.<name>``, its text run with PyTorch's parts."""
    source = inspect.getsource(importlib.import_module(f"dlcourse.nn.{name}"))
    source = re.sub(r"from dlcourse\.autograd import", "from torch import", source)
    source = re.sub(
        r"from dlcourse\.nn\.(?!residual)\w+ import", "from torch.nn import", source
    )
    source = source.replace("dlcourse.nn.residual", "residual_on_torch")
    module = ModuleType(f"{name}_on_torch")
    importlib.sys.modules[module.__name__] = module
    exec(compile(source, f"<{name} on torch>", "exec"), vars(module))
    return module


def ours(name):
    return importlib.import_module(f"dlcourse.nn.{name}")


ENGINES = (
    SimpleNamespace(
        nn=torch.nn, optim=torch.optim, tensor=torch.tensor, text_of=on_torch
    ),
    SimpleNamespace(
        nn=dlcourse.nn, optim=dlcourse.optim, tensor=dlcourse.tensor, text_of=ours
    ),
)


# ---------------------------------------------------------------------------- models


def mlp(engine):
    nn = engine.nn
    return nn.Sequential(
        nn.Linear(6, 8), nn.Tanh(), nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, CLASSES)
    )


def cnn(engine):
    nn = engine.nn
    return nn.Sequential(
        nn.Conv2d(1, 3, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(3, 4, 3, stride=2, padding=1),
        nn.ReLU(),
        nn.AvgPool2d(2),
        nn.Flatten(),
        nn.Linear(4, CLASSES),
    )


def resnet20(engine):
    return engine.text_of("residual").ResNet(
        20, widths=(2, 3, 4), num_classes=CLASSES, shortcut="projection"
    )


def densenet(engine):
    engine.text_of("residual")
    return engine.text_of("densenet").DenseNet(
        2, (2, 2), num_init_features=3, num_classes=CLASSES
    )


def recurrent(layer):
    """Two recurrent layers, and a linear one on the last state."""

    def model(engine):
        nn = engine.nn

        class Recurrent(nn.Module):
            def __init__(self):
                super().__init__()
                self.rnn = getattr(nn, layer)(3, 4, num_layers=2)
                self.head = nn.Linear(4, CLASSES)

            def forward(self, x):
                return self.head(self.rnn(x)[0][-1])

        return Recurrent()

    return model


def attention(engine):
    """A block of a transformer over embedded tokens; the mean is classified."""
    nn = engine.nn

    class Block(nn.Module):
        def __init__(self, width=8):
            super().__init__()
            self.embedding = nn.Embedding(7, width)
            self.attention = nn.MultiheadAttention(width, 2, batch_first=True)
            self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
            self.mlp = nn.Sequential(
                nn.Linear(width, 6), nn.GELU(), nn.Linear(6, width)
            )
            self.head = nn.Linear(width, CLASSES)

        def forward(self, tokens):
            x = self.embedding(tokens)
            x = self.norm1(x + self.attention(x, x, x)[0])
            x = self.norm2(x + self.mlp(x))
            return self.head(x.mean(1))

    return Block()


def reals(*shape):
    return lambda rng: rng.normal(size=shape)


IMAGES = reals(BATCH, 1, 8, 8)
SERIES = reals(5, BATCH, 3)
MODELS = {
    "MLP": (mlp, reals(BATCH, 6)),
    "CNN": (cnn, IMAGES),
    "ResNet-20": (resnet20, IMAGES),
    "DenseNet": (densenet, IMAGES),
    "LSTM": (recurrent("LSTM"), SERIES),
    "GRU": (recurrent("GRU"), SERIES),
    "attention": (attention, lambda rng: rng.integers(0, 7, (BATCH, 5))),
}
