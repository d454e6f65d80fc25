"""Models with other parts, made while the model itself stays as it is."""

import copy

from dlcourse.nn.module import Module, Parameter


def changed(layer, /, **parts):
    """A copy of ``layer`` with other parts; its tensors it shares with ``layer``."""
    out = copy.copy(layer)
    vars(out).update(parts)  # past Module's check: a weight may be any Tensor here
    out._forward_hooks = dict(layer._forward_hooks)
    return out


def _keep(part, path):
    """A copy, and no more."""


def converted(model, convert=_keep):
    """A copy of ``model`` in which convert(part, path) has replaced parts.

    Where that is None a part is copied. It is asked from the inside out, with a copy
    whose own parts are converted already. Parameters and buffers are shared with
    ``model``: only modes and hooks are the copy's own. A part that is used twice
    becomes one, and a :class:`Wrapper` is one layer with what it holds.
    """
    done = {}

    def copied(part, path, convert):
        if part not in done:
            below = _keep if isinstance(part, Wrapper) else convert
            inside = {
                name: copied(p, f"{path}.{name}" if path else name, below)
                for name, p in part._parts()
            }
            copy = changed(part, **inside)
            new = convert(copy, path)
            done[part] = copy if new is None else new
        return done[part]

    return copied(model, "", convert)


class Wrapper(Module):
    """A layer that is called with other tensors than its own: ``tensors()`` says which.

    The layer's parameters are used, not copied.
    """

    def __init__(self, layer):
        super().__init__()
        self.layer, self.training = layer, layer.training

    def tensors(self):
        """{name: Tensor}, each computed from ``self.given(name)``."""
        raise NotImplementedError(f"{type(self).__name__} defines no tensors()")

    def given(self, name):
        """The layer's tensor of that name; of a wrapped one, what it makes of it."""
        if isinstance(self.layer, Wrapper):
            tensors = self.layer.tensors()
            return tensors[name] if name in tensors else self.layer.given(name)
        return getattr(self.layer, name)

    @property
    def inner(self):
        """The layer inside all wrappers."""
        return self.layer.inner if isinstance(self.layer, Wrapper) else self.layer

    def forward(self, *args, **kwargs):
        return self._with(self.tensors())(*args, **kwargs)

    def plain(self):
        """A layer of the inner kind that has these tensors for good, as parameters."""
        return self._with({k: Parameter(t.data) for k, t in self.tensors().items()})

    def _with(self, tensors):
        if isinstance(self.layer, Wrapper):
            return self.layer._with(self.layer.tensors() | tensors)
        return changed(self.layer, **tensors)


def make_permanent(model):
    """``model`` with plain layers, whose weights are what masks or rounding made them.

    A new model: the one with the masks, or the rounding, stays as it is.
    """

    def convert(part, path):
        return part.plain() if isinstance(part, Wrapper) else None

    return converted(model, convert)
