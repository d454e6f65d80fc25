"""The same model in PyTorch, with the same numbers in it."""

import inspect

from dlcourse import nn
from dlcourse.lab.examples import array


def torch_twin(model):
    """A PyTorch model of the same layers, with the parameters of ``model``, copied.

    The layers' names and arguments are PyTorch's, so each is made from what this one
    says of itself; then the ``state_dict`` is loaded.

    Args:
        model: a Module of dlcourse; a ``Sequential`` of ``Sequential``s and of layers
            that PyTorch has, in float32 or float64.

    Raises TypeError for another model, and for a layer that PyTorch has not or that
    does not keep its arguments.
    """
    import torch

    if not isinstance(model, nn.Module):
        raise TypeError(
            f"torch_twin expects a Module of dlcourse, got {type(model).__name__}"
        )
    twin = _made(model, torch.nn)
    state = {k: torch.tensor(array(v)) for k, v in model.state_dict().items()}
    if torch.float64 in {tensor.dtype for tensor in state.values()}:
        twin.double()
    twin.load_state_dict(state)
    return twin


def _made(module, library):
    """The layer, or the layers in their order, in the same mode."""
    if isinstance(module, nn.Sequential):
        made = library.Sequential(*(_made(part, library) for part in module))
    else:
        made = _layer(module, library)
    made.training = module.training
    return made


def _layer(module, library):
    name = type(module).__name__
    kind = getattr(library, name, None)
    if kind is None or type(module) is not getattr(nn, name, None):
        raise TypeError(f"torch_twin: torch.nn has no {name}")
    arguments = {}
    for argument in inspect.signature(type(module)).parameters:
        if not hasattr(module, argument):
            raise TypeError(f"torch_twin: a {name} does not say its {argument}")
        value = getattr(module, argument)
        if argument == "bias" and not isinstance(value, bool):
            value = value is not None  # what it was given, True, became the bias
        arguments[argument] = value
    return kind(**arguments)
