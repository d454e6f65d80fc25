"""Layers that apply a function: their settings are the function's."""

import inspect

from dlcourse.autograd import Tensor
from dlcourse.nn.module import Module


class Applied(Module):
    """After ``class ELU(Applied, function=elu)``, ``ELU(0.5)(x)`` is ``elu(x, 0.5)``.

    The settings are the function's arguments after ``input`` and ``target``, in its
    order and with its defaults. Each is an attribute; a Tensor is a buffer, so that it
    is saved with the model.
    """

    def __init_subclass__(cls, function=None):
        if function is not None:
            cls.function = staticmethod(function)
            parameters = inspect.signature(function).parameters.values()
            cls.__signature__ = inspect.Signature(
                [p for p in parameters if p.name not in ("input", "target")]
            )

    def __init__(self, *args, **settings):
        super().__init__()
        bound = self.__signature__.bind(*args, **settings)
        bound.apply_defaults()
        self._settings = tuple(bound.arguments)
        for name, value in bound.arguments.items():
            if isinstance(value, Tensor):
                self.register_buffer(name, value)
            else:
                setattr(self, name, value)

    def forward(self, *operands):
        settings = {name: getattr(self, name) for name in self._settings}
        return self.function(*operands, **settings)

    def extra_repr(self):
        return ", ".join(f"{name}={getattr(self, name)!r}" for name in self._settings)
