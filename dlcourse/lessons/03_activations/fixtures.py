"""What lesson 03 is given to debug."""

import numpy as np

from dlcourse import manual_seed, nn, no_grad


def silent_network():
    """Twenty layers of ReLU whose loss does not move: the one to be debugged."""
    manual_seed(7)
    layers = []
    for _ in range(20):
        linear = nn.Linear(64, 64)
        nn.init.normal_(linear.weight, 0, np.sqrt(2 / 64))
        nn.init.zeros_(linear.bias)
        layers += [linear, nn.ReLU()]
    with no_grad():
        layers[2 * 12].bias[...] = -25.0
    return nn.Sequential(*layers, nn.Linear(64, 10))
