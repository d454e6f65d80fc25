"""Module: a function with parameters, and what is made of several."""

import numpy as np

from dlcourse.autograd import Tensor, no_grad
from dlcourse.random import default_generator


class Parameter(Tensor):
    """A Tensor that is learned: it requires a gradient, and its Module finds it."""

    __slots__ = ()

    def __init__(self, data, requires_grad=True):
        super().__init__(data.data if isinstance(data, Tensor) else data, requires_grad)


def uniform_parameter(bound, *shape):
    """A Parameter that starts uniform in +-bound."""
    values = default_generator().uniform(-bound, bound, shape)
    return Parameter(values.astype(np.float32))


class Module:
    """A part of a network: override ``forward``; parameters and parts are attributes.

    A part's name is the attribute's, and a parameter's is the path to it
    (``0.weight``): the keys of ``state_dict``, the same as PyTorch's.
    """

    training = True

    def __init__(self):
        self._forward_hooks = {}
        self._buffers = []  # their names

    def __setattr__(self, name, value):
        if isinstance(value, Module | Parameter) and "_forward_hooks" not in vars(self):
            raise AttributeError(f"call super().__init__() before setting {name!r}")
        if isinstance(vars(self).get(name), Parameter) and not (
            value is None or isinstance(value, Parameter)
        ):
            raise TypeError(
                f"{name!r} is a Parameter, a {type(value).__name__} can't replace it: "
                "change it in place inside no_grad(), or assign a Parameter"
            )
        if name in vars(self).get("_buffers", ()) and not (
            value is None or isinstance(value, Tensor)
        ):
            raise TypeError(
                f"{name!r} is a buffer, a {type(value).__name__} can't replace it: "
                "assign a Tensor or None"
            )
        super().__setattr__(name, value)

    def __delattr__(self, name):
        super().__delattr__(name)
        if name in self._buffers:
            self._buffers.remove(name)

    def forward(self, *args, **kwargs):
        raise NotImplementedError(f"{type(self).__name__} defines no forward()")

    def __call__(self, *args, **kwargs):
        output = self.forward(*args, **kwargs)
        if self._forward_hooks:
            for hook in tuple(self._forward_hooks.values()):
                changed = hook(self, args, output)
                output = output if changed is None else changed
        return output

    def register_forward_hook(self, hook):
        """Call ``hook(module, args, output)`` after each forward; returns a handle.

        What the hook returns, if anything, replaces the output. ``handle.remove()``
        takes the hook away.
        """
        handle = _Handle(self._forward_hooks)
        self._forward_hooks[handle] = hook
        return handle

    def register_buffer(self, name, tensor):
        """Keep a Tensor (or None) that is not learned, as a part of the state."""
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(
                f"register_buffer expects a Tensor or None as {name!r}, got "
                f"{type(tensor).__name__}"
            )
        setattr(self, name, tensor)
        if name not in self._buffers:
            self._buffers.append(name)

    # -------------------------------------------------------------- parts and names

    def named_children(self):
        """(name, module) for each part, once, in the order in which they were set."""
        return _once(self._parts())

    def children(self):
        return (child for _, child in self.named_children())

    def named_modules(self):
        """(path, module) for this module and, in order, all that it contains, once."""
        return _once(self._walk())

    def modules(self):
        return (module for _, module in self.named_modules())

    def named_parameters(self):
        """(path, parameter); one that is used in two places comes once."""
        return _once((n, t) for n, t in self._state() if isinstance(t, Parameter))

    def parameters(self):
        return (parameter for _, parameter in self.named_parameters())

    def named_buffers(self):
        """(path, buffer): what is kept but not learned, such as running moments."""
        return _once((n, t) for n, t in self._state() if not isinstance(t, Parameter))

    def buffers(self):
        return (buffer for _, buffer in self.named_buffers())

    def _parts(self):
        for name, value in vars(self).items():
            if isinstance(value, Module):
                yield name, value

    def _walk(self, prefix=""):
        """(path, module) along every path: again where a module is used again."""
        yield prefix, self
        for name, part in self._parts():
            yield from part._walk(f"{prefix}.{name}" if prefix else name)

    def _state(self):
        """(path, Tensor), each module's parameters before its buffers, as PyTorch."""
        for path, module in self._walk():
            own = vars(module)
            names = [
                name for name, value in own.items() if isinstance(value, Parameter)
            ]
            for name in names + module._buffers:
                if own[name] is not None:
                    yield f"{path}.{name}" if path else name, own[name]

    # ------------------------------------------------------------------------ state

    def state_dict(self):
        """{path: values} of parameters and buffers: detached, in the same memory.

        What is used in two places is there under both paths.
        """
        return {name: tensor.detach() for name, tensor in self._state()}

    @no_grad()
    def load_state_dict(self, state_dict):
        """Copy the values of ``state_dict`` (Tensors of either engine, or arrays).

        Raises RuntimeError, and changes nothing, where names or shapes differ, or where
        floats would become integers.
        """
        if not hasattr(state_dict, "items"):
            raise TypeError(f"expected a state_dict, got {type(state_dict).__name__}")
        own = dict(self._state())
        new = {
            name: np.asarray(value.detach() if hasattr(value, "detach") else value)
            for name, value in state_dict.items()
        }
        wrong = [f"missing {name!r}" for name in own.keys() - new.keys()]
        wrong += [f"unexpected {name!r}" for name in new.keys() - own.keys()]
        wrong += [
            f"{name!r} has shape {new[name].shape}, expected {own[name].shape}"
            for name in own.keys() & new.keys()
            if new[name].shape != own[name].shape
        ]
        wrong += [
            f"{name!r} is {new[name].dtype}, expected {own[name].dtype}"
            for name in own.keys() & new.keys()
            if new[name].dtype.kind == "f" and own[name].dtype.kind in "iu"
        ]
        if wrong:
            raise RuntimeError(
                f"this state_dict does not fit {type(self).__name__}: "
                + "; ".join(sorted(wrong))
            )
        for name, tensor in own.items():
            tensor[...] = new[name]

    def train(self, mode=True):
        """Switch to training (or, with False, to evaluation), all parts included."""
        for module in self.modules():
            module.training = mode
        return self

    def eval(self):
        return self.train(False)

    def zero_grad(self):
        """Forget all gradients."""
        for parameter in self.parameters():
            parameter.grad = None

    def double(self):
        """Turn all parameters and floating buffers into float64."""
        return self._cast(np.float64)

    def float(self):
        """Turn all parameters and floating buffers into float32."""
        return self._cast(np.float32)

    def _cast(self, dtype):
        for tensor in (*self.parameters(), *self.buffers()):
            if tensor.dtype.kind == "f" and tensor.dtype != dtype:
                tensor.data = tensor.data.astype(dtype)
                tensor.grad = None
        return self

    def extra_repr(self):
        return ""

    def __repr__(self):
        lines = [self.extra_repr()] if self.extra_repr() else []
        parts = [f"({name}): {part!r}" for name, part in self._parts()]
        if not parts:
            return f"{type(self).__name__}({''.join(lines)})"
        body = "\n".join(lines + parts).replace("\n", "\n  ")
        return f"{type(self).__name__}(\n  {body}\n)"


def _once(named):
    """The (name, part) pairs of ``named`` without a part that came before."""
    seen = set()
    for name, part in named:
        if part not in seen:
            seen.add(part)
            yield name, part


class _Handle:
    def __init__(self, hooks):
        self._hooks = hooks

    def remove(self):
        self._hooks.pop(self, None)
