"""What lesson 02 is given to debug."""

from dlcourse import nn


def colleagues_loss(output, target):
    """The loss of the training run that is to be debugged."""
    return nn.functional.cross_entropy(output, target, reduction="sum")
