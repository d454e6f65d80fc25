"""Measuring a model without changing it."""

from contextlib import contextmanager
from copy import deepcopy


@contextmanager
def measuring(model, training=None):
    """Inside, ``model`` may run forward and backward; afterwards it is as it was.

    Each part's mode, each buffer (running moments, observed ranges) and each
    parameter's gradient are kept and put back; inside, all gradients are None. The
    random generator goes on, so that two measurements see two masks of a dropout.

    Args:
        model: a Module of dlcourse or torch.
        training: True or False for that mode in all parts; None leaves each its own.
    """
    modules = dict(model.named_modules())
    modes = [(module, module.training) for module in modules.values()]
    gradients = [(parameter, parameter.grad) for parameter in model.parameters()]
    buffers = []
    for path, buffer in model.named_buffers():
        owner, _, name = path.rpartition(".")
        buffers.append((modules[owner], name, buffer, deepcopy(buffer.data)))
    try:
        if training is not None:
            model.train(training)
        for parameter, _ in gradients:
            parameter.grad = None  # or else backward would add to it in place
        yield model
    finally:
        for module, mode in modes:
            module.training = mode
        for parameter, gradient in gradients:
            parameter.grad = gradient
        for module, name, buffer, values in buffers:
            if (buffer.data != values).any():  # else a tape may still need it untouched
                buffer[...] = values
            setattr(module, name, buffer)
